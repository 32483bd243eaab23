"""GET /turns/{id}/trace: how a turn was answered, step by step, with what it used and cost."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.replay import failure
from backend.api.turn_reports import Trace
from backend.api.watching import find_turn
from backend.domain.identity import Scope, TurnId
from backend.domain.usage import dollars
from backend.store import views
from backend.store.views import Row

#: Enough to see what a tool gave back; the digest stands for the rest.
RESULT_CHARACTERS = 1_000


@get(
    "/turns/{turn_id:uuid}/trace",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="How a turn was answered",
)
async def turn_trace(request: DoorRequest, turn_id: FromPath[UUID]) -> Trace:
    door, tenant_id = request.door, request.auth.tenant_id
    turn = await find_turn(door, tenant_id, TurnId(turn_id))

    def read() -> tuple[Row, dict[str, list[Row]]]:
        with door.database.tenant(tenant_id) as conn:
            asked = views.asked(conn, tenant_id, TurnId(turn_id))
            return asked, views.trace(conn, tenant_id, TurnId(turn_id))

    asked, rows = await door.calls.run(read)
    answer: Any = turn.answer or {}
    return msgspec.convert(
        {
            "turn_id": turn.id,
            "conversation_id": turn.conversation_id,
            "status": turn.status,
            "attempt": turn.attempt,
            **_asked(asked),
            "response": answer.get("response"),
            "language": answer.get("language"),
            "memory": answer.get("memory") or [],
            "route": answer.get("route") or _decided(rows["steps"]),
            "error": None if turn.error_code is None else failure(turn.error_code),
            "steps": rows["steps"],
            "llm_calls": [_llm_call(row) for row in rows["llm_calls"]],
            "tool_calls": [_tool_call(row) for row in rows["tool_calls"]],
        },
        Trace,
    )


def _asked(row: Row) -> Row:
    attempts = row["attempts"] or []
    started_at = datetime.fromisoformat(attempts[0]["started_at"]) if attempts else None
    kept = ("user_id", "channel", "agent", "model", "cached", "question", "asked_at")
    return {
        **{name: row[name] for name in (*kept, "finished_at", "time_ms")},
        "attempts": attempts,
        "started_at": started_at,
        "queue_wait_ms": None if started_at is None else _milliseconds(row["asked_at"], started_at),
        "usage": {
            "llm_calls": row["llm_calls"],
            "input_tokens": row["input_tokens"],
            "cached_input_tokens": row["cached_input_tokens"],
            "output_tokens": row["output_tokens"],
            "cost_usd": dollars(row["cost_nano"]),
            "priced": row["unpriced_calls"] == 0,
        },
    }


def _milliseconds(start: datetime, end: datetime) -> int:
    return round((end - start).total_seconds() * 1000)


def _decided(steps: list[Row]) -> Any:
    """The route of a turn without an answer: what its last attempt got to decide, if it did."""
    return next((step["detail"] for step in reversed(steps) if step["name"] == "decided"), None)


def _llm_call(row: Row) -> Row:
    return {**row, "cost_usd": dollars(row["cost_nano"])}


def _tool_call(row: Row) -> Row:
    content: str = row["content"]
    return {
        **row,
        "result_digest": hashlib.sha256(content.encode()).hexdigest(),
        "result": content[:RESULT_CHARACTERS],
    }
