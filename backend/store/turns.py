"""Turns: taken up under a fence, and closed once, as answered or failed.

Closing is one commit: the answer, its trace, the follow-up tasks and the end of the task. What
an older attempt writes finds no row (ClaimLost); a repeat of a commit whose reply was lost is
recognised and is no error.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.domain.errors import ClaimLost
from backend.domain.identity import (
    Asker,
    ConversationId,
    TaskId,
    TenantId,
    TurnId,
    new_id,
)
from backend.domain.trace import Step, ToolCall
from backend.domain.turns import AgentPolicy, TurnStatus
from backend.domain.usage import Usage
from backend.store import people, tasks, traces
from backend.store.database import Conn, Database
from backend.store.queries import statements

_SQL = statements("turns")
_CONVERSATIONS = statements("conversations")


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """A turn as its claimant finds it."""

    conversation_id: ConversationId
    seq: int
    channel: str
    agent: AgentPolicy
    data_source: str | None
    streamed: bool
    asked_at: datetime
    trace_id: str
    traceparent: str | None
    question: str
    asker: Asker


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRecord:
    """What is written when a turn is answered. `body` makes the public body from the usage."""

    text: str
    body: Callable[[Usage], Mapping[str, Any]]
    query: Mapping[str, Any] | None
    model: str
    cached: bool
    time_ms: int
    steps: Sequence[Step]
    tool_calls: Sequence[ToolCall]
    #: Whether the question may tell a fact about the person, to be looked for afterwards.
    learns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The end of a turn: its public body, what the same worker goes on with, and whom to ring."""

    body: Mapping[str, Any]
    usage: Usage
    #: To remember the turn.
    follow_up: tasks.Claim | None = None
    #: The lane of the conversation's next turn, which is ready now.
    ring: tasks.Lane | None = None
    #: Whether a task to learn from it is ready in the bulk lane.
    learns: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnRow:
    """A turn as callers may see it."""

    id: UUID
    conversation_id: UUID
    status: TurnStatus
    attempt: int
    asked_at: datetime
    finished_at: datetime | None
    answer: Mapping[str, Any] | None
    error_code: str | None


def begin(database: Database, claim: tasks.Claim) -> Begun | None:
    """Take a claimed turn up; None when it is closed already or has a newer claimant."""
    with database.tenant(claim.tenant_id) as conn:
        conn.execute("SELECT set_config('synchronous_commit', 'off', true)")
        row = conn.execute(_SQL["begin"], _names(claim)).fetchone()
    if row is None:
        return None
    return Begun(
        conversation_id=ConversationId(row["conversation_id"]),
        seq=row["seq"],
        channel=row["channel"],
        agent=AgentPolicy(
            name=row["agent"],
            sales_roles=frozenset(row["sales_roles"]),
            playbook=row["playbook"],
            has_documents=row["has_documents"],
            fast_path=row["fast_path"],
        ),
        data_source=row["data_source"],
        streamed=row["streamed"],
        asked_at=row["asked_at"],
        trace_id=row["trace_id"],
        traceparent=row["traceparent"],
        question=row["question"],
        asker=people.asker(claim.tenant_id, row),
    )


def record_answer(database: Database, claim: tasks.Claim, record: AnswerRecord) -> Closed:
    """Close the turn as answered. Raises ClaimLost when a newer attempt exists."""
    with database.tenant(claim.tenant_id) as conn:
        recorded, usage = _closing(conn, claim)
        if recorded is not None:
            return Closed(body=recorded, usage=usage)
        body = record.body(usage)
        tasks.finish(conn, claim)
        answered = conn.execute(
            _SQL["answered"],
            {
                **_names(claim),
                "message_id": new_id(),
                "text": record.text,
                "answer": Jsonb(body),
                "query": None if record.query is None else Jsonb(record.query),
                "model": record.model,
                "cached": record.cached,
                "time_ms": record.time_ms,
            },
        ).fetchone()
        if answered is None:
            raise ClaimLost
        traces.add(conn, claim, record.steps, record.tool_calls)
        follow_up = tasks.add_begun(
            conn,
            tasks.NewTask(
                id=TaskId(new_id()),
                kind="remember",
                lane="bulk",
                tenant_id=claim.tenant_id,
                subject_id=claim.turn_id,
                seq=0,
                conversation_id=None,
            ),
        )
        learns = record.learns and tasks.add(
            conn,
            tasks.NewTask(
                id=TaskId(new_id()),
                kind="learn",
                lane="bulk",
                tenant_id=claim.tenant_id,
                subject_id=claim.turn_id,
            ),
        )
        successor = tasks.promote(conn, claim.conversation_id)
    return Closed(body=body, usage=usage, follow_up=follow_up, ring=successor, learns=learns)


def record_attempt(
    database: Database, claim: tasks.Claim, steps: Sequence[Step], tool_calls: Sequence[ToolCall]
) -> None:
    """Keep the trace of an attempt that made no answer; the turn stays as it is.

    Raises ClaimLost when a newer attempt exists or the turn is closed.
    """
    with database.tenant(claim.tenant_id) as conn:
        if conn.execute(_SQL["still_running"], _names(claim)).fetchone() is None:
            raise ClaimLost
        traces.add(conn, claim, steps, tool_calls)


def record_failure(database: Database, claim: tasks.Claim, error_code: str) -> tasks.Lane | None:
    """Close the turn as failed; returns the lane to ring for the next one. Raises ClaimLost."""
    with database.tenant(claim.tenant_id) as conn:
        _lock(conn, claim)
        tasks.finish(conn, claim)
        conn.execute(_SQL["failed"], {**_names(claim), "error_code": error_code})
        return tasks.promote(conn, claim.conversation_id)


def find(database: Database, tenant_id: TenantId, turn_id: TurnId) -> TurnRow | None:
    with database.tenant(tenant_id) as conn:
        row = conn.execute(_SQL["one"], {"tenant_id": tenant_id, "turn_id": turn_id}).fetchone()
    if row is None:
        return None
    return TurnRow(**{**row, "status": TurnStatus(row["status"])})


def standing(
    database: Database, tenant_id: TenantId, turn_ids: Sequence[TurnId]
) -> list[dict[str, Any]]:
    """Those of these turns that there are: id, status, attempt, answer, error_code."""
    with database.tenant(tenant_id) as conn:
        return conn.execute(
            _SQL["standing"], {"tenant_id": tenant_id, "turn_ids": list(turn_ids)}
        ).fetchall()


def _lock(conn: Conn, claim: tasks.Claim) -> None:
    """Whoever closes or opens a turn of this conversation comes one after the other."""
    conn.execute(
        _CONVERSATIONS["lock"],
        {"tenant_id": claim.tenant_id, "conversation_id": claim.conversation_id},
    )


def _closing(conn: Conn, claim: tasks.Claim) -> tuple[Mapping[str, Any] | None, Usage]:
    """The conversation, locked: what this attempt has recorded already, and what was used."""
    row = conn.execute(
        _SQL["closing"], {**_names(claim), "conversation_id": claim.conversation_id}
    ).fetchone()
    if row is None:
        # Erased meanwhile: nobody is left to answer.
        raise ClaimLost
    recorded = row.pop("recorded")
    return recorded, Usage(**row)


def _names(claim: tasks.Claim) -> dict[str, Any]:
    return {
        "tenant_id": claim.tenant_id,
        "turn_id": claim.turn_id,
        "attempt": claim.attempt,
    }
