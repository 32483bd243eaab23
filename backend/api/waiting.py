"""Where callers wait for turns to end, whether Redis tells of it or not.

Followers hear of an end from the worker's own event. Once a second, one question per tenant asks
the rows for all who wait in this process, which covers an event that was lost and a Redis that is
away; what it finds is put into the same queues.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import structlog

from backend.api.replay import CLOSED, closing_event, erased_event
from backend.api.store_calls import StoreCalls
from backend.domain.errors import StoreUnavailable
from backend.domain.events import TurnEvent
from backend.domain.identity import TenantId, TurnId
from backend.domain.turns import TurnStatus
from backend.live.listener import Follower, Listener
from backend.store import turns
from backend.store.database import Database

log = structlog.get_logger(__name__)

#: The most a lost event costs a caller who waits.
POLL_SECONDS = 1.0


class WaitingRoom:
    def __init__(self, listener: Listener, database: Database, calls: StoreCalls) -> None:
        self._listener = listener
        self._database = database
        self._calls = calls
        #: Those who have not been told of an end, by turn.
        self._untold: dict[tuple[TenantId, TurnId], set[Follower]] = defaultdict(set)
        #: Of those, the turns that were in the rows once: one that is not there then was erased.
        self._stored: set[tuple[TenantId, TurnId]] = set()
        self.draining = False

    @property
    def waited_for(self) -> int:
        """How many turns somebody here waits for."""
        return len(self._untold)

    @asynccontextmanager
    async def follow(self, tenant_id: TenantId, turn_id: TurnId) -> AsyncGenerator[Follower]:
        """A follower that hears of the turn's end for certain, and of its events if Redis is there."""
        turn = (tenant_id, turn_id)
        async with self._listener.follow(turn_id) as follower:
            self._untold[turn].add(follower)
            try:
                yield follower
            finally:
                self._untold[turn].discard(follower)
                if not self._untold[turn]:
                    del self._untold[turn]
                    self._stored.discard(turn)

    async def closing(self, follower: Follower) -> TurnEvent | None:
        """The event that ends the turn; None when this process drains before it comes."""
        while not self.draining:
            event = await follower.next()
            if event is not None and event.kind.closes:
                return event
        return None

    def drain(self) -> None:
        """Wake all who wait, to leave."""
        self.draining = True
        for followers in self._untold.values():
            for follower in followers:
                follower.put(None)

    async def poll(self) -> None:
        """Ask the rows once a second, for as long as the process lives."""
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self._ask()
            except StoreUnavailable:
                log.warning("waiting.unanswered", turns=self.waited_for)
            except Exception:  # whoever waits relies on the next round
                log.exception("waiting.broke")

    async def _ask(self) -> None:
        tenants: dict[TenantId, list[TurnId]] = defaultdict(list)
        for tenant_id, turn_id in self._untold:
            tenants[tenant_id].append(turn_id)
        for tenant_id, turn_ids in tenants.items():
            rows = await self._calls.run(turns.standing, self._database, tenant_id, turn_ids)
            standing = {TurnId(row["id"]): row for row in rows}
            for turn_id in turn_ids:
                self._look(tenant_id, turn_id, standing.get(turn_id))

    def _look(self, tenant_id: TenantId, turn_id: TurnId, row: dict[str, Any] | None) -> None:
        turn = (tenant_id, turn_id)
        if turn not in self._untold:
            return
        if row is None:
            if turn in self._stored:
                self._tell(turn, erased_event(turn_id))
        elif (status := TurnStatus(row["status"])) in CLOSED:
            event = closing_event(
                turn_id,
                status=status,
                attempt=row["attempt"],
                answer=row["answer"],
                error_code=row["error_code"],
            )
            self._tell(turn, event)
        else:
            self._stored.add(turn)

    def _tell(self, turn: tuple[TenantId, TurnId], event: TurnEvent) -> None:
        self._stored.discard(turn)
        for follower in self._untold.pop(turn, ()):
            follower.put(event)
