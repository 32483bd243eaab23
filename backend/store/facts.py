"""Facts about a person as rows: current ones, and what was true before.

Of a subject and a topic at most one is current. Facts may be learnt in any order: each finds its
place by the moment at which it was said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.domain.errors import FactClosed, NotFound
from backend.domain.facts import MOST_CURRENT, NotedBy, Statement, key_of
from backend.domain.identity import PersonId, TenantId, TurnId, new_id
from backend.store.database import Conn
from backend.store.queries import statements

_SQL = statements("facts")

#: Rows of a history that are listed at once.
MOST_LISTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message of a turn, said by the person."""

    message_id: UUID
    text: str
    at: datetime
    person_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFact:
    """A statement with where and when it was said, and what it is found by."""

    statement: Statement
    said_at: datetime
    turn_id: UUID | None = None
    message_id: UUID | None = None
    terms: Sequence[int] = ()
    #: 0: no terms yet.
    terms_version: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact as it is listed."""

    id: UUID
    subject: str
    topic: str
    text: str
    said_at: datetime
    valid_from: datetime
    valid_to: datetime | None
    superseded_by: UUID | None
    noted_by: NotedBy
    source_turn_id: UUID | None


def told(conn: Conn, tenant_id: TenantId, turn_id: TurnId) -> list[Told]:
    """What the person said in a turn; nothing when it was erased. The turn stays until the commit."""
    rows = conn.execute(_SQL["told"], {"tenant_id": tenant_id, "turn_id": turn_id})
    return [Told(**row) for row in rows]


def asked_model(conn: Conn, tenant_id: TenantId, turn_id: TurnId) -> bool:
    """Whether a model was asked for this turn's facts already."""
    row = conn.execute(_SQL["asked_model"], {"tenant_id": tenant_id, "turn_id": turn_id}).fetchone()
    return row is not None and bool(row["asked"])


def note(conn: Conn, tenant_id: TenantId, person_id: PersonId, facts: Sequence[NewFact]) -> int:
    """Put facts down in the order in which they were said; how many were new.

    Of a person who was erased nothing is.
    """
    whose = {"tenant_id": tenant_id, "person_id": person_id}
    if not facts or conn.execute(_SQL["lock_person"], whose).fetchone() is None:
        return 0
    added = sum(_note(conn, whose, fact) is not None for fact in facts)
    if added:
        conn.execute(_SQL["keep_most"], {**whose, "most": MOST_CURRENT})
    return added


def listed(conn: Conn, tenant_id: TenantId, person_id: PersonId, *, history: bool) -> list[Fact]:
    """Current facts, newest first; with `history` those that were closed, after them."""
    rows = conn.execute(
        _SQL["listed"],
        {
            "tenant_id": tenant_id,
            "person_id": person_id,
            "history": history,
            "limit": MOST_LISTED,
        },
    )
    return [Fact(**row) for row in rows]


def write(conn: Conn, tenant_id: TenantId, person_id: PersonId, fact: NewFact) -> Fact:
    """Put down one fact; the one that is there already when it says the same. Raises NotFound."""
    whose = {"tenant_id": tenant_id, "person_id": person_id}
    if conn.execute(_SQL["lock_person"], whose).fetchone() is None:
        raise NotFound
    fact_id = _note(conn, whose, fact)
    if fact_id is None:
        return _current_like(conn, tenant_id, person_id, fact.statement)
    conn.execute(_SQL["keep_most"], {**whose, "most": MOST_CURRENT})
    return _one(conn, whose, fact_id)


def replace(
    conn: Conn, tenant_id: TenantId, person_id: PersonId, fact_id: UUID, text: str, *, at: datetime
) -> Fact:
    """Close a current fact and put its new text in its place. Raises NotFound, FactClosed."""
    whose = {"tenant_id": tenant_id, "person_id": person_id}
    if conn.execute(_SQL["lock_person"], whose).fetchone() is None:
        raise NotFound
    old = _one(conn, whose, fact_id)
    if old.valid_to is not None:
        raise FactClosed
    statement = Statement(subject=old.subject, topic=old.topic, text=text, noted_by="operator")
    # Clocks may differ: what replaces another is never older.
    return write(
        conn, tenant_id, person_id, NewFact(statement=statement, said_at=max(at, old.said_at))
    )


def remove(conn: Conn, tenant_id: TenantId, person_id: PersonId, fact_id: UUID) -> None:
    """Delete a fact wholly. Raises NotFound."""
    names = {"tenant_id": tenant_id, "person_id": person_id, "id": fact_id}
    if conn.execute(_SQL["remove"], names).fetchone() is None:
        raise NotFound


def _note(conn: Conn, whose: dict[str, Any], fact: NewFact) -> UUID | None:
    """Put a fact in its place among those of its topic; its id, or None when it is there already."""
    said = fact.statement
    keys = {"subject_key": key_of(said.subject), "topic_key": key_of(said.topic)}
    rows = conn.execute(_SQL["of_topic"], {**whose, **keys}).fetchall()
    before = [row for row in rows if row["valid_from"] <= fact.said_at]
    after = [row for row in rows if row["valid_from"] > fact.said_at]
    earlier, later = before[-1] if before else None, after[0] if after else None
    source = {
        "said_at": fact.said_at,
        "source_turn_id": fact.turn_id,
        "source_message_id": fact.message_id,
    }
    if earlier is not None and _still_said(earlier, fact):
        conn.execute(_SQL["confirm"], {**whose, **source, "id": earlier["id"]})
        return None
    is_known = (
        later is not None
        and key_of(later["text"]) == key_of(said.text)
        and not _goes_on(earlier, fact)
    )
    fact_id = later["id"] if later is not None and is_known else new_id()
    until = {
        "valid_to": None if later is None else later["valid_from"],
        "superseded_by": None if later is None else later["id"],
    }
    if earlier is not None and (earlier["valid_to"] is None or earlier["valid_to"] > fact.said_at):
        until = _closed(conn, whose, earlier, fact, fact_id) or until
    if is_known:
        conn.execute(_SQL["said_earlier"], {**whose, **source, "id": fact_id})
        return None
    conn.execute(
        _SQL["add"],
        {
            **whose,
            **keys,
            **source,
            **until,
            "id": fact_id,
            "subject": said.subject,
            "topic": said.topic,
            "text": said.text,
            "noted_by": said.noted_by,
            "terms": list(fact.terms),
            "terms_version": fact.terms_version,
        },
    )
    return fact_id


def _closed(
    conn: Conn, whose: dict[str, Any], earlier: dict[str, Any], fact: NewFact, fact_id: UUID
) -> dict[str, Any] | None:
    """Close an earlier fact where another begins; where that one ends, if the earlier one goes on then."""
    names = {**whose, "id": earlier["id"]}
    conn.execute(_SQL["close"], {**names, "valid_to": fact.said_at, "superseded_by": fact_id})
    if not _goes_on(earlier, fact):
        return None
    second = {
        "second_id": new_id(),
        "valid_to": earlier["valid_to"],
        "superseded_by": earlier["superseded_by"],
    }
    conn.execute(_SQL["split"], {**names, **second})
    return {"valid_to": earlier["confirmed_at"], "superseded_by": second["second_id"]}


def _goes_on(earlier: dict[str, Any] | None, fact: NewFact) -> bool:
    """Whether the earlier fact was said again after this one."""
    confirmed_at = None if earlier is None else earlier["confirmed_at"]
    return confirmed_at is not None and bool(confirmed_at > fact.said_at)


def _still_said(earlier: dict[str, Any], fact: NewFact) -> bool:
    """Whether a fact says again what was valid at that moment."""
    is_valid = earlier["valid_to"] is None or earlier["valid_to"] > fact.said_at
    # A repeated task finds its own row, whatever has become of it since.
    is_same_moment = earlier["valid_from"] == fact.said_at
    return key_of(earlier["text"]) == key_of(fact.statement.text) and (is_valid or is_same_moment)


def _current_like(
    conn: Conn, tenant_id: TenantId, person_id: PersonId, statement: Statement
) -> Fact:
    for fact in listed(conn, tenant_id, person_id, history=False):
        if key_of(fact.subject) == key_of(statement.subject) and key_of(fact.topic) == key_of(
            statement.topic
        ):
            return fact
    raise NotFound


def _one(conn: Conn, whose: dict[str, Any], fact_id: UUID) -> Fact:
    row = conn.execute(_SQL["one"], {**whose, "id": fact_id}).fetchone()
    if row is None:
        raise NotFound
    return Fact(**row)
