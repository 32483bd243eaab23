"""Accept a question: one commit for person, conversation, message, turn and task.

What this returns is stored for good; Redis only hears of it afterwards. The same idempotency
key and request give the same turn, however often and however simultaneously they come.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from psycopg.types.json import Jsonb

from backend.domain.errors import IdempotencyConflict, InvalidRequest
from backend.domain.identity import (
    Asker,
    ConversationId,
    TaskId,
    TenantId,
    TurnId,
    new_id,
)
from backend.store import people, tasks, tenants
from backend.store.database import Conn, Database
from backend.store.queries import statements

_CONVERSATIONS = statements("conversations")
_TURNS = statements("turns")

#: A conversation that was silent this long is over; the next message starts another.
SILENCE = timedelta(hours=24)
#: As the contract promises; longer than any channel goes on repeating a delivery.
IDEMPOTENCY_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A question as it came through the door, already checked for form."""

    tenant_id: TenantId
    turn_id: TurnId
    user_id: str
    text: str
    channel: str
    trace_id: str
    #: SHA-256 of the request, told apart under one idempotency key.
    digest: bytes
    lane: Literal["interactive", "bulk"] = "interactive"
    #: Whether somebody watches the text as it is written.
    streamed: bool = False
    conversation: str | None = None
    agent: str | None = None
    data_source: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)
    idempotency_key: str | None = None
    #: The span it came through, where requests are traced (W3C).
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """The turn that answers the submission. `ready` says whether a worker may start it now."""

    turn_id: TurnId
    repeated: bool
    ready: bool


def submit(database: Database, submission: Submission) -> Accepted:
    """Store it. Raises IdempotencyConflict, InvalidRequest (unknown agent or data source), StoreUnavailable."""
    with database.tenant(submission.tenant_id) as conn:
        earlier = _earlier(conn, submission)
        if earlier is not None:
            return Accepted(turn_id=earlier, repeated=True, ready=False)
        policy = tenants.agent(conn, submission.tenant_id, submission.agent)
        if policy is None:
            raise InvalidRequest("`agent` names no agent of yours")
        if submission.data_source is not None and not tenants.data_source(
            conn, submission.tenant_id, submission.data_source
        ):
            raise InvalidRequest("`data_source` names no data source of yours")
        person = people.lock(conn, submission.tenant_id, submission.user_id, submission.channel)
        conversation_id = _conversation(conn, submission, person, policy.name)
        seq = _store_turn(conn, submission, person, conversation_id, policy.name)
        ready = tasks.add(
            conn,
            tasks.NewTask(
                id=TaskId(submission.turn_id),
                kind="answer",
                lane=submission.lane,
                tenant_id=submission.tenant_id,
                conversation_id=conversation_id,
                subject_id=submission.turn_id,
                seq=seq,
            ),
        )
    return Accepted(turn_id=submission.turn_id, repeated=False, ready=ready)


def _earlier(conn: Conn, submission: Submission) -> TurnId | None:
    """The turn that this key stands for already; None when the key is ours now, or absent."""
    if submission.idempotency_key is None:
        return None
    names = {
        "tenant_id": submission.tenant_id,
        "key": submission.idempotency_key,
        "kept": IDEMPOTENCY_KEPT,
    }
    ours = conn.execute(
        _TURNS["remember_key"],
        {**names, "digest": submission.digest, "turn_id": submission.turn_id},
    ).fetchone()
    if ours is not None:
        conn.execute(_TURNS["forget_keys"], names)
        return None
    row = conn.execute(_TURNS["idempotent"], names).fetchone()
    if row is None or row["digest"] != submission.digest:
        raise IdempotencyConflict
    return TurnId(row["turn_id"])


def _conversation(conn: Conn, submission: Submission, person: Asker, agent: str) -> ConversationId:
    """The conversation the message belongs to; the person's lock keeps twins from making two."""
    names = {
        "tenant_id": submission.tenant_id,
        "person_id": person.person_id,
        "channel": submission.channel,
        "agent": agent,
    }
    if submission.conversation is not None:
        row = conn.execute(
            _CONVERSATIONS["by_reference"], {**names, "reference": submission.conversation}
        ).fetchone()
    else:
        row = conn.execute(_CONVERSATIONS["current"], {**names, "silence": SILENCE}).fetchone()
    if row is None:
        row = conn.execute(
            _CONVERSATIONS["start"],
            {**names, "id": new_id(), "external_id": submission.conversation},
        ).fetchone()
    assert row is not None, "an upsert returns its row"  # noqa: S101 - a fact of the statement
    return ConversationId(row["id"])


def _store_turn(
    conn: Conn,
    submission: Submission,
    person: Asker,
    conversation_id: ConversationId,
    agent: str,
) -> int:
    """Store turn and message; returns the turn's number in its conversation."""
    names = {"tenant_id": submission.tenant_id, "conversation_id": conversation_id}
    numbered = conn.execute(_CONVERSATIONS["next_seq"], names).fetchone()
    assert numbered is not None, "the conversation was found above"  # noqa: S101
    conn.execute(
        _TURNS["add"],
        {
            **names,
            "id": submission.turn_id,
            "person_id": person.person_id,
            "seq": numbered["last_seq"],
            "channel": submission.channel,
            "agent": agent,
            "data_source": submission.data_source,
            "metadata": Jsonb(dict(submission.metadata)),
            "streamed": submission.streamed,
            "trace_id": submission.trace_id,
            "traceparent": submission.traceparent,
        },
    )
    conn.execute(
        _TURNS["add_message"],
        {
            **names,
            "id": new_id(),
            "turn_id": submission.turn_id,
            "author": "user",
            "text": submission.text,
        },
    )
    return int(numbered["last_seq"])
