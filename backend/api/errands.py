"""Ask a worker what only workers can look up, and wait for what it finds.

    follow -> store -> ring -> wait -> the answer, or why there is none

Redis only wakes whoever waits; what was found is in the row, which is asked once a second all the
same. Nobody waits for ever: an errand that no worker takes is withdrawn, as are all when this
process drains.
"""

import asyncio
import contextlib
from typing import Any
from uuid import UUID

from backend.api.bodies import DoorRequest
from backend.api.door import Door
from backend.api.errors import ErrandRefused, WorkersBusy
from backend.domain.identity import TenantId, new_id
from backend.store import errands
from backend.store.errands import Ended, Errand

#: A statement on a client's database is ended after five seconds, and an examination of one asks
#: several questions; past this nobody is there to answer.
PATIENCE_SECONDS = 25.0
#: The most that a lost event costs.
POLL_SECONDS = 1.0


async def ask_worker(request: DoorRequest, errand: Errand) -> Any:
    """The worker's answer. Raises ErrandRefused, WorkersBusy, StoreUnavailable."""
    door, tenant_id, errand_id = request.door, request.auth.tenant_id, new_id()
    async with door.listener.follow(errand_id) as follower:
        await door.calls.run(_begin, door, tenant_id, errand_id, errand)
        until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while asyncio.get_running_loop().time() < until and not door.waiting.draining:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(follower.next(), POLL_SECONDS)
            ended = await _ended(request, errand_id)
            if ended is not None:
                return _told(ended)
    await door.calls.run(errands.withdraw, door.database, tenant_id, errand_id)
    raise WorkersBusy


def _begin(door: Door, tenant_id: TenantId, errand_id: UUID, errand: Errand) -> None:
    errands.begin(door.database, tenant_id, errand_id, errand)
    door.doorbell.ring("interactive", rung_by="api")


async def _ended(request: DoorRequest, errand_id: UUID) -> Ended | None:
    door = request.door
    return await door.calls.run(errands.collect, door.database, request.auth.tenant_id, errand_id)


def _told(ended: Ended) -> Any:
    if ended.refusal is not None:
        raise ErrandRefused(ended.refusal)
    return ended.answer
