"""A tenant with 90 days of much use, written by the database itself (`busy_tenant.sql`)."""

import secrets
from dataclasses import dataclass
from pathlib import Path

import psycopg

from backend.domain.identity import TenantId, new_id
from backend.store.tenants import key_digest

#: The days that its turns lie in, today included.
DAYS = 91
_SQL = Path(__file__).with_suffix(".sql")


@dataclass(frozen=True, slots=True)
class BusyTenant:
    id: TenantId
    operator_key: str


def make_busy_tenant(owner_dsn: str, turns: int) -> BusyTenant:
    """With so many turns: some 15 s for 100,000. Leaves the database vacuumed and analysed."""
    tenant = BusyTenant(TenantId(new_id()), f"sc_{secrets.token_urlsafe(32)}")
    with psycopg.connect(owner_dsn) as conn:
        conn.execute(
            "SELECT set_config('app.tenant_id', %s, true), set_config('bench.turns', %s, true)",
            [str(tenant.id), str(turns)],
        )
        conn.execute("INSERT INTO tenants (tenant_id, name) VALUES (%s, 'Busy')", [tenant.id])
        conn.execute(
            "INSERT INTO api_keys (id, tenant_id, digest, scopes, label)"
            " VALUES (%s, %s, %s, '{operator}', 'bench')",
            [new_id(), tenant.id, key_digest(tenant.operator_key)],
        )
        # Our own file, so as good as a literal; bytes are the form psycopg takes unchecked.
        conn.execute(_SQL.read_bytes())
    with psycopg.connect(owner_dsn, autocommit=True) as conn:
        # As a database that has lived with these rows for a while is.
        conn.execute("VACUUM (ANALYZE)")
    return tenant
