"""A person's current facts beside a question, found by their words; and those words themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.domain.facts import NotedBy
from backend.domain.identity import PersonId, TenantId
from backend.store.database import Conn
from backend.store.queries import statements

_SQL = statements("facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A current fact beside a question; `matched` words of the question are in it."""

    id: UUID
    subject: str
    topic: str
    text: str
    said_at: datetime
    noted_by: NotedBy
    #: Where it was said first and last, as far as that is known.
    message_ids: Sequence[UUID | None]
    matched: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unindexed:
    """A current fact that cannot be found by its words yet."""

    id: UUID
    subject: str
    topic: str
    text: str


def known(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId,
    *,
    terms: Sequence[int],
    words: Sequence[int],
    limit: int,
) -> list[Known]:
    """Current facts, those with most of the asked words first."""
    rows = conn.execute(
        _SQL["known"],
        {
            "tenant_id": tenant_id,
            "person_id": person_id,
            "terms": list(terms),
            "words": list(words),
            "limit": limit,
        },
    )
    return [Known(**row) for row in rows]


def unindexed(
    conn: Conn, tenant_id: TenantId, person_id: PersonId, *, terms_version: int
) -> list[Unindexed]:
    rows = conn.execute(
        _SQL["unindexed"],
        {"tenant_id": tenant_id, "person_id": person_id, "terms_version": terms_version},
    )
    return [Unindexed(**row) for row in rows]


def index(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId,
    fact_id: UUID,
    terms: Sequence[int],
    *,
    terms_version: int,
) -> None:
    """Give a fact the terms that it is found by."""
    conn.execute(
        _SQL["index"],
        {
            "tenant_id": tenant_id,
            "person_id": person_id,
            "id": fact_id,
            "terms": list(terms),
            "terms_version": terms_version,
        },
    )
