"""GET /turns/{id}: where a turn stands, and its whole body or its error when it is over."""

from uuid import UUID

from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from backend.api import turn_reply
from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.replies import TurnState
from backend.api.watching import find_turn
from backend.domain.identity import Scope, TurnId


@get(
    "/turns/{turn_id:uuid}",
    guards=[needs(Scope.CHAT)],
    tags=[Scope.CHAT],
    summary="Where a turn stands, and its answer",
    responses={
        200: ResponseSpec(
            TurnState,
            description="The status; with it the members of `POST /chat`'s answer, or `error`.",
            generate_examples=False,
        )
    },
)
async def turn_state(request: DoorRequest, turn_id: FromPath[UUID]) -> Response[bytes]:
    turn = await find_turn(request.door, request.auth.tenant_id, TurnId(turn_id))
    return turn_reply.of_row(turn)
