"""GET /turns/{id}/trace: how a turn was answered, step by step, with what it used and cost."""

import hashlib
from typing import Any
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.replay import failure
from backend.api.reports import Trace
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

    def read() -> dict[str, list[Row]]:
        with door.database.tenant(tenant_id) as conn:
            return views.trace(conn, tenant_id, TurnId(turn_id))

    rows = await door.calls.run(read)
    answer: Any = turn.answer or {}
    return msgspec.convert(
        {
            "turn_id": turn.id,
            "conversation_id": turn.conversation_id,
            "status": turn.status,
            "attempt": turn.attempt,
            "route": answer.get("route") or _decided(rows["steps"]),
            "error": None if turn.error_code is None else failure(turn.error_code),
            "steps": rows["steps"],
            "llm_calls": [_llm_call(row) for row in rows["llm_calls"]],
            "tool_calls": [_tool_call(row) for row in rows["tool_calls"]],
        },
        Trace,
    )


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
