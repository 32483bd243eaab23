"""What an attempt did, kept: its steps and its tool calls, each in order."""

from collections.abc import Sequence

from psycopg.types.json import Jsonb

from backend.domain.trace import Step, ToolCall
from backend.store.database import Conn
from backend.store.queries import statements
from backend.store.tasks import Claim

_SQL = statements("turns")


def add(conn: Conn, claim: Claim, steps: Sequence[Step], tool_calls: Sequence[ToolCall]) -> None:
    """Raises psycopg's UniqueViolation when the attempt has a trace already."""
    names = {
        "tenant_id": claim.tenant_id,
        "turn_id": claim.turn_id,
        "attempt": claim.attempt,
    }
    for seq, step in enumerate(steps):
        conn.execute(
            _SQL["add_step"],
            {
                **names,
                "seq": seq,
                "kind": step.kind,
                "name": step.name,
                "started_ms": step.started_ms,
                "time_ms": step.time_ms,
                "detail": Jsonb(dict(step.detail)),
            },
        )
    for seq, call in enumerate(tool_calls):
        conn.execute(
            _SQL["add_tool_call"],
            {
                **names,
                "seq": seq,
                "name": call.name,
                "arguments": Jsonb(dict(call.arguments)),
                "ok": call.outcome.ok,
                "rows": call.outcome.rows,
                "sql": call.outcome.sql,
                "error_code": call.outcome.error,
                "content": call.outcome.content,
                "time_ms": call.time_ms,
            },
        )
