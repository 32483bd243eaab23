"""The key by which Prometheus reads the API's /metrics, which is open to the loopback only.

It belongs to a tenant that has nothing, so it opens nobody's data.
"""

from uuid import UUID

from backend.domain.identity import Scope, TenantId
from backend.store import tenants
from ops.containers.inside import key_directory
from ops.containers.inside.owner import owners_view
from ops.containers.inside.tenant import new_key

# Made by nobody's clock, so that it is the same at every start.
TENANT_ID = TenantId(UUID(int=1))
FILE = "scrape"


def ensure_scrape_key() -> None:
    """Register the key that the volume holds; make one up if it holds none."""
    key = key_directory.read(FILE) or new_key()
    with owners_view(TENANT_ID) as conn:
        tenants.add_tenant(conn, TENANT_ID, "operations")
        tenants.add_api_key(conn, TENANT_ID, key, frozenset({Scope.OPERATOR}), "Prometheus")
    key_directory.write(FILE, key)
