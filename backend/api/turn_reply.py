"""A turn as callers get it: the body of `/chat`, where it stands, or why it failed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response

from backend.api import problems
from backend.api.problems import Problem
from backend.api.replay import failure, in_order
from backend.api.replies import StillOpen
from backend.domain.events import EventKind, TurnEvent
from backend.domain.turns import TurnStatus
from backend.store.turns import TurnRow


def of_event(event: TurnEvent, turn_id: UUID) -> Response[bytes]:
    """The answer to a caller who waited until this closing event."""
    if event.kind is EventKind.TURN_ANSWERED:
        return json_response(event.data)
    return problems.response(problem_of_turn(event, turn_id))


def problem_of_turn(event: TurnEvent, turn_id: UUID) -> Problem:
    """Why the turn failed, from the event that closed it."""
    error = event.data["error"]
    return problems.problem(
        problems.status_of_turn(error["code"]),
        error["code"],
        error["message"],
        turn_id=str(turn_id),
    )


def still_open(turn_id: UUID, status: TurnStatus) -> Response[bytes]:
    """202: accepted, and where to look."""
    location = f"/turns/{turn_id}"
    body = StillOpen(
        turn_id=turn_id,
        status=status,
        status_url=location,
        events_url=f"{location}/events",
    )
    return json_response(body, status_code=202, headers={"Location": location})


def of_row(turn: TurnRow) -> Response[bytes]:
    """`GET /turns/{id}`: the status, and the whole body or the error when it is over."""
    body: dict[str, Any] = {
        "turn_id": turn.id,
        "conversation_id": turn.conversation_id,
        "status": turn.status.value,
        "asked_at": turn.asked_at,
        "finished_at": turn.finished_at,
    }
    if turn.answer is not None:
        body = {**body, **in_order(turn.answer)}
    elif turn.error_code is not None:
        body["error"] = failure(turn.error_code)
    return json_response(body)


def json_response(
    body: Any, *, status_code: int = 200, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        status_code=status_code,
        media_type=MediaType.JSON,
        headers=dict(headers or {}),
    )
