"""A person's oldest memories, to be taken away together with everything that they are found by."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from backend.domain.identity import ConversationId, PersonId, TenantId
from backend.store.database import Conn
from backend.store.memories import BLOCK
from backend.store.queries import statements

_SQL = statements("folding")


@dataclass(frozen=True, slots=True, kw_only=True)
class Old:
    """A memory that may be folded."""

    no: int
    conversation_id: ConversationId
    role: Literal["user", "assistant"]
    text: str
    at: datetime


def size(conn: Conn, tenant_id: TenantId, person_id: PersonId, *, for_update: bool = False) -> int:
    """How many memories there are of a person; with `for_update` no more come until the commit."""
    statement = _SQL["size_for_update" if for_update else "size"]
    row = conn.execute(statement, _whose(tenant_id, person_id)).fetchone()
    return 0 if row is None else int(row["memories"])


def oldest(conn: Conn, tenant_id: TenantId, person_id: PersonId, limit: int) -> list[Old]:
    """In the order in which it was said."""
    rows = conn.execute(_SQL["oldest"], {**_whose(tenant_id, person_id), "limit": limit})
    return [Old(**row) for row in rows]


def remove(conn: Conn, tenant_id: TenantId, person_id: PersonId, nos: Sequence[int]) -> None:
    """Take memories away, with their terms, and out of what is counted of the person."""
    given = {
        **_whose(tenant_id, person_id),
        "nos": list(nos),
        "blocks": sorted({no // BLOCK for no in nos}),
    }
    for name in ("remove", "remove_terms", "remove_empty_terms"):
        conn.execute(_SQL[name], given)


def mark_digests(conn: Conn, tenant_id: TenantId, person_id: PersonId, ids: Sequence[UUID]) -> None:
    """These stay when others are folded."""
    conn.execute(_SQL["mark"], {**_whose(tenant_id, person_id), "ids": list(ids)})


def _whose(tenant_id: TenantId, person_id: PersonId) -> dict[str, object]:
    return {"tenant_id": tenant_id, "person_id": person_id}
