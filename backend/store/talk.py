"""All that is remembered of one person, as columns to be ranked, and the lines of what was chosen.

A column comes as Postgres sends an array: a person may have ten thousand memories, and a row of each
would take longer than comparing them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from psycopg import Cursor
from psycopg.rows import DictRow
from psycopg.types.multirange import TimestamptzMultirange
from psycopg.types.range import Range

from backend.domain.identity import PersonId, TenantId
from backend.store.database import Conn
from backend.store.queries import statements
from backend.store.vectors import literal

_SQL = statements("talk")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is looked for. Terms of one word are the same word in several languages' stems."""

    terms: Sequence[int]
    words: Sequence[int]
    vector: Sequence[float] | None
    embedding_model: str | None
    #: From, and until before.
    periods: Sequence[tuple[datetime, datetime]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hits:
    """A word's memories and how often each has it; one may come several times. Arrays without head."""

    word: int
    nos: bytes
    #: As int2.
    counts: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """Arrays in Postgres' binary form, one place a memory, in any order."""

    #: As int8: its number from bit 32 on; from bit 15 on sixteen that differ from one conversation
    #: to the next; below them how many terms it has.
    places: bytes
    #: Cosine, as float4; NaN without a vector of the model.
    semantic: bytes
    #: Numbers of those that are not wanted, and of those that were said in one of the periods.
    except_nos: bytes
    dated_nos: bytes
    hits: Sequence[Hits]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A memory, to be told."""

    no: int
    id: UUID
    turn_id: UUID | None
    role: Literal["user", "assistant"]
    text: str
    at: datetime
    external_id: str | None
    #: The caller's own name of its conversation, else our id.
    conversation: str


def talk(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId,
    wanted: Wanted,
    *,
    except_ids: Sequence[UUID],
) -> Talk | None:
    """None where nothing is remembered."""
    whose = {"tenant_id": tenant_id, "person_id": person_id}
    # All are sent before the first is answered: one way there and back.
    with conn.pipeline():
        columns = conn.execute(
            _SQL["talk"],
            {
                **whose,
                "embedding": None if wanted.vector is None else literal(wanted.vector),
                "embedding_model": wanted.embedding_model,
                "except_ids": list(except_ids),
            },
            binary=True,
        )
        hits = conn.execute(
            _SQL["hits"],
            {**whose, "terms": list(wanted.terms), "words": list(wanted.words)},
            binary=True,
        )
        dated = _dated(conn, whose, wanted.periods) if wanted.periods else None
    [row] = columns
    if row["places"] is None:
        return None
    dated_nos = next(iter(dated))["nos"] if dated else None
    return Talk(**row, dated_nos=dated_nos or b"", hits=[Hits(**each) for each in hits])


def _dated(
    conn: Conn, whose: Mapping[str, object], periods: Sequence[tuple[datetime, datetime]]
) -> Cursor[DictRow]:
    ranges = TimestamptzMultirange([Range(*each) for each in periods])
    return conn.execute(_SQL["dated"], {**whose, "periods": ranges}, binary=True)


def lines(
    conn: Conn, tenant_id: TenantId, person_id: PersonId, nos: Sequence[int]
) -> dict[int, Line]:
    """The memories of these numbers."""
    rows = conn.execute(
        _SQL["lines"], {"tenant_id": tenant_id, "person_id": person_id, "nos": list(nos)}
    )
    return {row["no"]: Line(**row) for row in rows}
