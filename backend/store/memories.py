"""What can be recalled of a person: what they said and were told, and nobody else's words.

Each memory is found by its words (`memory_terms`: which of a person's memories have which term)
and by its meaning (a vector, compared exactly: an index over vectors finds few of one person's).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.domain.identity import ConversationId, PersonId, TenantId, TurnId
from backend.store.database import Conn
from backend.store.number_arrays import Bigints, Integers, Reals, Smallints
from backend.store.queries import statements
from backend.store.vectors import literal

_SQL = statements("memories")

#: Memories of a person that share a row of each term. A common word's row stays below the two
#: kilobytes past which Postgres would keep it elsewhere; a rare word's is no larger for it.
BLOCK = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Unremembered:
    """A message of an answered turn that cannot be recalled yet."""

    id: UUID
    author: Literal["user", "agent"]
    text: str
    at: datetime
    person_id: UUID
    conversation_id: UUID
    turn_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMemory:
    """What is to be kept, with the terms and the vector that it will be found by."""

    id: UUID
    conversation_id: ConversationId
    turn_id: TurnId | None
    role: Literal["user", "assistant"]
    text: str
    at: datetime
    #: Term -> how often it occurs.
    terms: Mapping[int, int]
    #: None: the encoder has not come by yet.
    vector: Sequence[float] | None
    external_id: str | None = None


def unremembered(conn: Conn, tenant_id: TenantId, turn_id: TurnId) -> list[Unremembered]:
    rows = conn.execute(_SQL["unremembered"], {"tenant_id": tenant_id, "turn_id": turn_id})
    return [Unremembered(**row) for row in rows]


def remember(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId,
    memories: Sequence[NewMemory],
    *,
    terms_version: int,
    embedding_model: str,
) -> int:
    """Keep what was said, in this order; how many were new. What is there already is left alone."""
    if not memories:
        return 0
    whose = {"tenant_id": tenant_id, "person_id": person_id}
    [reserved] = conn.execute(_SQL["reserve"], {**whose, "count": len(memories)})
    numbered = list(enumerate(memories, start=reserved["before"] + 1))
    postings = [
        (term, no, count) for no, memory in numbered for term, count in memory.terms.items()
    ]
    added = conn.execute(
        _SQL["remember"],
        {
            **whose,
            "terms_version": terms_version,
            "embedding_model": embedding_model,
            "block": BLOCK,
            "memories": Jsonb([_row(no, memory) for no, memory in numbered]),
            "terms": Bigints.of(term for term, _, _ in postings),
            "nos": Integers.of(no for _, no, _ in postings),
            "counts": Smallints.of(min(count, _MOST_COUNTED) for _, _, count in postings),
        },
    )
    return added.rowcount


@dataclass(frozen=True, slots=True, kw_only=True)
class Bare:
    """A memory that cannot be found in every way yet."""

    person_id: PersonId
    no: int
    text: str
    #: No model has made a vector of it yet.
    is_new: bool
    #: This model has.
    has_vector: bool
    terms_version: int


def bare(
    conn: Conn,
    tenant_id: TenantId,
    *,
    embedding_model: str,
    terms_version: int,
    limit: int,
    after: Bare | None = None,
) -> list[Bare]:
    """Some of the tenant's memories without a vector of this model, or without terms of this rule.

    Of those without any vector only what comes `after` that one, as this function orders them.
    """
    rows = conn.execute(
        _SQL["bare"],
        {
            "tenant_id": tenant_id,
            "embedding_model": embedding_model,
            "terms_version": terms_version,
            "after_person": after.person_id if after else UUID(int=0),
            "after_no": after.no if after else 0,
            "limit": limit,
        },
    )
    return [Bare(**row) for row in rows]


def renew(
    conn: Conn,
    tenant_id: TenantId,
    memories: Sequence[Bare],
    vectors: Sequence[Sequence[float]],
    embedding_model: str,
) -> None:
    """Give memories their vectors."""
    if not memories:
        return
    conn.execute(
        _SQL["renew"],
        {
            "tenant_id": tenant_id,
            "embedding_model": embedding_model,
            "persons": [memory.person_id for memory in memories],
            "nos": [memory.no for memory in memories],
            "embeddings": Reals.of_vectors(vectors),
            "width": len(vectors[0]),
        },
    )


def index_again(
    conn: Conn,
    tenant_id: TenantId,
    memories: Sequence[Bare],
    terms: Sequence[Mapping[int, int]],
    terms_version: int,
) -> None:
    """Give memories that have no terms theirs."""
    pairs = list(zip(memories, terms, strict=True))
    postings = [
        (memory.person_id, term, memory.no, count)
        for memory, counts in pairs
        for term, count in counts.items()
    ]
    conn.execute(
        _SQL["index_again"],
        {
            "tenant_id": tenant_id,
            "terms_version": terms_version,
            "block": BLOCK,
            "persons": [memory.person_id for memory in memories],
            "nos": [memory.no for memory in memories],
            "words": [sum(counts.values()) for counts in terms],
            "term_persons": [person for person, _, _, _ in postings],
            "terms": [term for _, term, _, _ in postings],
            "term_nos": [no for _, _, no, _ in postings],
            "counts": [min(count, _MOST_COUNTED) for _, _, _, count in postings],
        },
    )


#: What a smallint holds; BM25 hardly tells ten from a thousand.
_MOST_COUNTED = 32_767


def _row(no: int, memory: NewMemory) -> dict[str, object]:
    return {
        "no": no,
        "id": memory.id,
        "conversation_id": memory.conversation_id,
        "turn_id": memory.turn_id,
        "external_id": memory.external_id,
        "role": memory.role,
        "text": memory.text,
        "at": memory.at,
        "words": sum(memory.terms.values()),
        "embedding": None if memory.vector is None else literal(memory.vector),
    }
