"""The queue as one tenant may see it: what of theirs waits, runs or was given up, from the rows."""

from typing import Any

from backend.domain.identity import TenantId
from backend.store.database import Conn
from backend.store.queries import statements

SQL = statements("queue")

Row = dict[str, Any]

#: What one looks at; the list of turns has all of them.
RECENT_FAILURES = 10


def lanes(conn: Conn, tenant_id: TenantId) -> list[Row]:
    """Every lane, also an empty one; `oldest_age_seconds` is None when nothing waits."""
    return conn.execute(SQL["lanes"], {"tenant_id": tenant_id}).fetchall()


def recent_failures(conn: Conn, tenant_id: TenantId) -> list[Row]:
    """The last turns that failed, the newest first."""
    return conn.execute(
        SQL["recent_failures"], {"tenant_id": tenant_id, "limit": RECENT_FAILURES}
    ).fetchall()
