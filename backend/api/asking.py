"""One question from its storing to its turn's end, for every call that waits for an answer."""

import asyncio

from backend.api.bodies import DoorRequest
from backend.api.errors import ClientGone
from backend.api.questions import submit
from backend.api.replay import closing_of
from backend.api.watching import find_turn
from backend.domain.events import TurnEvent
from backend.domain.identity import TurnId
from backend.live.listener import Follower
from backend.store.submissions import Submission


async def ask(
    request: DoorRequest, submission: Submission, seconds: float
) -> tuple[TurnId, TurnEvent | None]:
    """Store the question, ring, and wait: its turn, and the turn's end if it came in time.

    Raises ClientGone, and what `submit` raises.
    """
    # Followed from before it is stored, so that no event can come too early.
    async with request.door.waiting.follow(submission.tenant_id, submission.turn_id) as follower:
        accepted = await submit(request.door, submission)
        if not accepted.repeated:
            return accepted.turn_id, await _closing(request, follower, seconds)
    return accepted.turn_id, await end_of(request, accepted.turn_id, seconds)


async def end_of(request: DoorRequest, turn_id: TurnId, seconds: float) -> TurnEvent | None:
    """The end of a turn that is stored already, if it comes in time. Raises ClientGone, NotFound."""
    tenant_id = request.auth.tenant_id
    async with request.door.waiting.follow(tenant_id, turn_id) as follower:
        turn = await find_turn(request.door, tenant_id, turn_id)
        return closing_of(turn) or await _closing(request, follower, seconds)


async def _closing(request: DoorRequest, follower: Follower, seconds: float) -> TurnEvent | None:
    closing = asyncio.create_task(request.door.waiting.closing(follower))
    gone = asyncio.create_task(request.gone())
    try:
        await asyncio.wait((closing, gone), timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        if closing.done():
            return closing.result()
        if gone.done():
            raise ClientGone
        return None
    finally:
        closing.cancel()
        gone.cancel()
