"""What an attempt did, kept: its steps and its tool calls, each in order."""

from collections.abc import Sequence
from typing import Any

from psycopg.types.json import Jsonb

from backend.domain.trace import Step, ToolCall
from backend.store.database import Conn
from backend.store.queries import statements
from backend.store.tasks import Claim

_SQL = statements("turns")


def add(conn: Conn, claim: Claim, steps: Sequence[Step], tool_calls: Sequence[ToolCall]) -> None:
    """Raises psycopg's UniqueViolation when the attempt has a trace already."""
    conn.execute(
        _SQL["add_trace"],
        {
            "tenant_id": claim.tenant_id,
            "turn_id": claim.turn_id,
            "attempt": claim.attempt,
            "steps": Jsonb([_step(seq, step) for seq, step in enumerate(steps)]),
            "tool_calls": Jsonb([_tool_call(seq, call) for seq, call in enumerate(tool_calls)]),
        },
    )


def _step(seq: int, step: Step) -> dict[str, Any]:
    return {
        "seq": seq,
        "kind": step.kind,
        "name": step.name,
        "started_ms": step.started_ms,
        "time_ms": step.time_ms,
        "detail": dict(step.detail),
    }


def _tool_call(seq: int, call: ToolCall) -> dict[str, Any]:
    return {
        "seq": seq,
        "name": call.name,
        "arguments": dict(call.arguments),
        "ok": call.outcome.ok,
        "rows": call.outcome.rows,
        "sql": call.outcome.sql,
        "error_code": call.outcome.error,
        "content": call.outcome.content,
        "started_ms": call.started_ms,
        "time_ms": call.time_ms,
    }
