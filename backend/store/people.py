"""Persons: who asks, by the caller's own name for them."""

from collections.abc import Mapping
from typing import Any

from psycopg.types.json import Jsonb

from backend.domain.identity import Asker, PersonId, Role, TenantId, new_id
from backend.store.database import Conn
from backend.store.queries import statements

_SQL = statements("people")


def lock(conn: Conn, tenant_id: TenantId, user_id: str, channel: str) -> Asker:
    """The person, made known on first contact; their row stays locked until the commit."""
    names = {"tenant_id": tenant_id, "user_id": user_id}
    row = conn.execute(_SQL["lock_person"], names).fetchone()
    if row is None:
        row = conn.execute(_SQL["add_person"], {**names, "id": new_id()}).fetchone()
        assert row is not None, "an upsert returns its row"  # noqa: S101 - a fact of the statement
        conn.execute(
            _SQL["add_identity"],
            {
                "tenant_id": tenant_id,
                "channel": channel,
                "external_id": user_id,
                "person_id": row["id"],
            },
        )
    return asker(tenant_id, row)


def find(conn: Conn, tenant_id: TenantId, user_id: str) -> Asker | None:
    row = conn.execute(_SQL["person"], {"tenant_id": tenant_id, "user_id": user_id}).fetchone()
    return None if row is None else asker(tenant_id, row)


def describe(
    conn: Conn,
    tenant_id: TenantId,
    user_id: str,
    *,
    role: Role,
    name: str | None,
    attributes: Mapping[str, str],
) -> Asker:
    """Say who a person is; replaces what was said before."""
    row = conn.execute(
        _SQL["describe_person"],
        {
            "tenant_id": tenant_id,
            "id": new_id(),
            "user_id": user_id,
            "role": role,
            "name": name,
            "attributes": Jsonb(dict(attributes)),
        },
    ).fetchone()
    assert row is not None, "an upsert returns its row"  # noqa: S101 - a fact of the statement
    return asker(tenant_id, row)


def asker(tenant_id: TenantId, row: Mapping[str, Any]) -> Asker:
    """A row with id (or person_id), user_id, role, name, attributes, as a person."""
    return Asker(
        tenant_id=tenant_id,
        person_id=PersonId(row.get("person_id") or row["id"]),
        user_id=row["user_id"],
        role=Role(row["role"]),
        name=row["name"],
        attributes=row["attributes"],
    )
