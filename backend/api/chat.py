"""POST /chat: store the question, ring, and wait for its answer as long as the caller wants.

    follow -> submit -> ring -> wait -> 200, or 202 with where to look

The turn does not depend on the wait: a caller who leaves, or a process that drains, changes
nothing about it.
"""

from typing import Annotated

from litestar import Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody

from backend.api import problems, turn_reply
from backend.api.asking import ask
from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.preferences import wait_seconds
from backend.api.problems import Problem
from backend.api.questions import submission_of, submit
from backend.api.replay import closing_of
from backend.api.replies import ChatAnswer, StillOpen
from backend.api.schemas import ChatBody
from backend.api.watching import find_turn
from backend.domain.errors import StoreUnavailable
from backend.domain.events import TurnEvent
from backend.domain.identity import Scope, TurnId
from backend.domain.turns import TurnStatus


def _problem(description: str) -> ResponseSpec:
    return ResponseSpec(Problem, description=description, media_type=problems.MEDIA_TYPE)


@post(
    "/chat",
    guards=[needs(Scope.CHAT)],
    tags=[Scope.CHAT],
    status_code=200,
    summary="Ask a question for a user",
    responses={
        200: ResponseSpec(ChatAnswer, description="The answer.", generate_examples=False),
        202: ResponseSpec(StillOpen, description="Accepted; the answer follows."),
        409: _problem("The idempotency key stands for another request."),
        422: _problem("The turn failed: no retry will make this content acceptable."),
        502: _problem("The turn failed."),
        503: _problem("Not stored; try again after `Retry-After`."),
        504: _problem("The turn failed: no answer before its deadline."),
    },
)
async def chat(
    request: DoorRequest,
    data: JSONBody[ChatBody],
    idempotency_key: Annotated[
        str | None,
        HeaderParameter(
            name="Idempotency-Key",
            description="The same key and body give the same turn for 7 days.",
        ),
    ] = None,
    prefer: Annotated[
        str | None,
        HeaderParameter(
            name="Prefer",
            description="`respond-async`: 202 at once; `wait=N`: wait N seconds at most.",
        ),
    ] = None,
) -> Response[bytes]:
    door = request.door
    seconds = wait_seconds([prefer] if prefer else [], door.settings.chat_wait_seconds)
    submission = submission_of(
        data,
        request.auth,
        trace_id=request.trace_id,
        idempotency_key=idempotency_key,
        # Who does not wait is told where the events are.
        watched=seconds == 0,
    )
    if seconds == 0 or door.waiting.draining:
        accepted = await submit(door, submission)
        if not accepted.repeated:
            return turn_reply.still_open(accepted.turn_id, TurnStatus.QUEUED)
        turn = await find_turn(door, submission.tenant_id, accepted.turn_id)
        return turn_reply.still_open(accepted.turn_id, turn.status)
    turn_id, event = await ask(request, submission, seconds)
    return await _reply(request, turn_id, event)


async def _reply(request: DoorRequest, turn_id: TurnId, event: TurnEvent | None) -> Response[bytes]:
    if event is not None:
        return turn_reply.of_event(event, turn_id)
    try:
        turn = await find_turn(request.door, request.auth.tenant_id, turn_id)
    except StoreUnavailable:
        # It is stored all the same, and that is what the caller must hear.
        return turn_reply.still_open(turn_id, TurnStatus.QUEUED)
    event = closing_of(turn)
    if event is not None:
        return turn_reply.of_event(event, turn_id)
    return turn_reply.still_open(turn_id, turn.status)
