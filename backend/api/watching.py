"""One turn's events, from any place to its end: the history, then what comes, then the row.

What waits for a reader is bounded by its follower's queue, however slow it reads: a gap is filled
from the history again.
"""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import structlog

from backend.api.door import Door
from backend.api.replay import CLOSED, CLOSING_SEQ, Place, erased_event, place_of, replay
from backend.domain.errors import NotFound, StoreUnavailable
from backend.domain.events import TurnEvent
from backend.domain.identity import TenantId, TurnId
from backend.live.listener import Follower
from backend.store import turns
from backend.store.turns import TurnRow

log = structlog.get_logger(__name__)

#: A silence that proxies and clients do not yet take for a dead connection.
PING_SECONDS = 15.0
#: A reader outlasts a database that restarts.
RETRY_SECONDS = 1.0


async def find_turn(door: Door, tenant_id: TenantId, turn_id: TurnId) -> TurnRow:
    """The tenant's turn. Raises NotFound, StoreUnavailable."""
    turn = await door.calls.run(turns.find, door.database, tenant_id, turn_id)
    if turn is None:
        raise NotFound
    return turn


async def past_events(door: Door, turn: TurnRow, after: Place) -> list[TurnEvent]:
    """What has happened in a turn since a place."""
    return replay(turn, await door.listener.history(TurnId(turn.id)), after)


async def events(
    door: Door, tenant_id: TenantId, turn_id: TurnId, after: Place
) -> AsyncGenerator[TurnEvent | None]:
    """The events of an open turn from a place to its end; None after each long silence.

    Ends early when this process drains: the reader resumes elsewhere from its place.
    """
    async with door.waiting.follow(tenant_id, turn_id) as follower:
        is_gap, is_over = True, False
        while not (door.waiting.draining or is_over):
            if is_gap:
                try:
                    turn = await _found_again(door, tenant_id, turn_id)
                except NotFound:
                    # It was followed, so it was there: the end of it is that nothing is left.
                    yield _after(after, erased_event(turn_id))
                    return
                news = await past_events(door, turn, after)
                is_gap, is_over = False, turn.status in CLOSED
            else:
                news, is_gap = await _next(follower)
                if not (news or is_gap):
                    yield None
            for event in news:
                if place_of(event) > after:
                    after = place_of(event)
                    yield event
                    is_over = is_over or event.kind.closes


def _after(place: Place, event: TurnEvent) -> TurnEvent:
    """The event with an id behind all that its reader has seen."""
    return replace(event, attempt=max(place.attempt, event.attempt))


async def _next(follower: Follower) -> tuple[list[TurnEvent], bool]:
    """The next event, if there is one before the next ping, and whether there is a gap to fill."""
    try:
        async with asyncio.timeout(PING_SECONDS):
            event = await follower.next()
    except TimeoutError:
        return [], False
    # An end that was read from the row says nothing of what came before it.
    if event is None or event.seq == CLOSING_SEQ:
        return [], True
    return [event], False


async def _found_again(door: Door, tenant_id: TenantId, turn_id: TurnId) -> TurnRow:
    """The turn that a reader follows already, however long the database takes.

    Raises StoreUnavailable when this process would rather leave.
    """
    while True:
        try:
            return await find_turn(door, tenant_id, turn_id)
        except StoreUnavailable:
            if door.waiting.draining:
                raise
            log.warning("stream.row_unread")
            await asyncio.sleep(RETRY_SECONDS)
