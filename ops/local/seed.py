"""The demo tenant: a company, an agent, three keys, and its own database as a data source.

Repeatable: a tenant that exists keeps its id and keys, and gets today's model and login.
"""

import secrets
from uuid import UUID

from backend.domain.identity import Scope, TenantId, new_id
from backend.domain.turns import AgentPolicy
from backend.store import tenants
from backend.store.database import Conn, Database
from backend.store.seal import Seal
from ops.demo.company import NAME as COMPANY
from ops.local.root import ROOT
from ops.local.stack_file import DemoTenant

SOURCE = "demo"
MODEL_FILE = ROOT / "knowledge" / "demo" / "sales.yaml"
#: The demo has no directory of people, so whoever asks may see its invented figures.
AGENT = AgentPolicy(
    name="sales", sales_roles=frozenset({"seller", "manager", "unknown"}), playbook="demo"
)


def seed_demo_tenant(
    *,
    owner_dsn: str,
    demo_reader_dsn: str | None,
    secret_key: str,
    remembered: DemoTenant | None,
) -> DemoTenant:
    """Make sure that the tenant is there, and return its id and keys."""
    tenant = remembered or DemoTenant(
        tenant_id=str(new_id()), api_key=_key(), operator_key=_key(), admin_key=_key()
    )
    tenant_id = TenantId(UUID(tenant.tenant_id))
    database = Database(owner_dsn, size=1, name="seed")
    database.start()
    try:
        with database.tenant(tenant_id) as conn:
            tenants.add_tenant(conn, tenant_id, COMPANY)
            tenants.add_agent(conn, tenant_id, AGENT, is_default=True)
            for key, scopes, label in (
                (tenant.api_key, {Scope.CHAT}, "local stack: talk"),
                (tenant.operator_key, {Scope.OPERATOR}, "local stack: watch"),
                (tenant.admin_key, {Scope.ADMIN}, "local stack: configure"),
            ):
                tenants.add_api_key(conn, tenant_id, key, frozenset(scopes), label)
            if demo_reader_dsn is not None:
                _seed_source(conn, tenant_id, demo_reader_dsn, Seal(secret_key))
    finally:
        database.close()
    return tenant


def _seed_source(conn: Conn, tenant_id: TenantId, dsn: str, seal: Seal) -> None:
    tenants.add_data_source(
        conn,
        tenant_id,
        name=SOURCE,
        sealed_dsn=seal.close(dsn),
        model=MODEL_FILE.read_text(encoding="utf-8"),
        is_default=True,
    )


def _key() -> str:
    """A key of 256 random bits; the prefix lets people and log filters tell what it is."""
    return f"sc_{secrets.token_urlsafe(32)}"
