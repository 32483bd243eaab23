"""A tenant with an agent and one key for each scope; the keys are shown once, never stored."""

import secrets

from backend.domain.identity import Scope, TenantId, new_id
from backend.domain.turns import AgentPolicy
from backend.store import tenants
from ops.containers.inside.owner import owners_view

# Sales figures are for the people whom `PUT /users/{user_id}` made sellers or managers.
AGENT = AgentPolicy(name="sales", sales_roles=frozenset({"seller", "manager"}))


def create_tenant(name: str) -> dict[str, str]:
    """Create it and return its id and keys. Raises StoreUnavailable."""
    tenant_id = TenantId(new_id())
    keys = {scope: new_key() for scope in Scope}
    with owners_view(tenant_id) as conn:
        tenants.add_tenant(conn, tenant_id, name)
        tenants.add_agent(conn, tenant_id, AGENT, is_default=True)
        for scope, key in keys.items():
            tenants.add_api_key(conn, tenant_id, key, frozenset({scope}), f"first: {scope}")
    return {"tenant_id": str(tenant_id)} | {f"{scope}_key": key for scope, key in keys.items()}


def new_key() -> str:
    """A key of 256 random bits; the prefix lets people and log filters tell what it is."""
    return f"sc_{secrets.token_urlsafe(32)}"
