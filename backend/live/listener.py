"""Hear the events of the turns that somebody in this process waits for.

One connection a process, however many wait. Each follower has a bounded queue: one that does
not keep up, or that Redis may have left out, is told that there is a gap and reads again from
the start of the history (or from the rows).
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import redis.asyncio
import structlog
from redis.exceptions import RedisError

from backend.domain.events import TurnEvent
from backend.live.events import channel, decode, history_key

log = structlog.get_logger(__name__)

#: A reader that lags further behind than this reads the history again instead.
QUEUE_EVENTS = 256
#: How long a new follower waits for Redis to confirm; after that it relies on the rows.
CONFIRM_SECONDS = 0.5


class Follower:
    """The events of one turn as they come. `None` says that some may be missing."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[TurnEvent | None] = asyncio.Queue(QUEUE_EVENTS)

    def put(self, event: TurnEvent | None) -> None:
        """Hand over an event; a full queue is emptied and becomes a gap."""
        if self._queue.full():
            while not self._queue.empty():
                self._queue.get_nowait()
            event = None
        self._queue.put_nowait(event)

    async def next(self) -> TurnEvent | None:
        return await self._queue.get()


class Listener:
    """Follow turns over one subscription connection that heals by itself."""

    def __init__(self, url: str) -> None:
        self._client: Any = redis.asyncio.Redis.from_url(
            url, socket_connect_timeout=1, health_check_interval=15
        )
        self._pubsub: Any = self._client.pubsub()
        self._followers: dict[str, set[Follower]] = defaultdict(set)
        self._confirmed: dict[str, asyncio.Event] = {}
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen(), name="turn-events")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(RedisError):
            await self._pubsub.aclose()
        await self._client.aclose()

    @asynccontextmanager
    async def follow(self, turn_id: UUID) -> AsyncGenerator[Follower]:
        """A follower that hears all that is published from now on, if Redis is there."""
        name = channel(turn_id)
        follower = Follower()
        self._followers[name].add(follower)
        try:
            await self._subscribe(name)
            yield follower
        finally:
            self._followers[name].discard(follower)
            if not self._followers[name]:
                del self._followers[name]
                self._confirmed.pop(name, None)
                with contextlib.suppress(RedisError, OSError):
                    await self._pubsub.unsubscribe(name)

    async def history(self, turn_id: UUID) -> list[TurnEvent]:
        """The events kept of a turn, oldest first; empty when Redis has none or is away."""
        try:
            entries = await asyncio.wait_for(self._client.xrange(history_key(turn_id)), 2)
        except (RedisError, OSError, TimeoutError):
            return []
        return [decode(fields[b"event"]) for _, fields in entries]

    async def _subscribe(self, name: str) -> None:
        confirmed = self._confirmed.get(name)
        try:
            if confirmed is None:
                confirmed = self._confirmed[name] = asyncio.Event()
                await asyncio.wait_for(self._pubsub.subscribe(name), CONFIRM_SECONDS)
            await asyncio.wait_for(confirmed.wait(), CONFIRM_SECONDS)
        except (RedisError, OSError, TimeoutError) as error:
            log.warning("listener.unconfirmed", error=type(error).__name__)

    async def _listen(self) -> None:
        while True:
            try:
                if not self._pubsub.subscribed:
                    await asyncio.sleep(0.01 if self._followers else 0.05)
                    continue
                message = await self._pubsub.get_message(timeout=5)
                if message is not None:
                    self._take(message)
            except (RedisError, OSError) as error:
                log.warning("listener.disconnected", error=type(error).__name__)
                await asyncio.sleep(0.5)
                await self._again()

    async def _again(self) -> None:
        """Subscribe to all that is followed, and tell the followers of the gap."""
        names = list(self._followers)
        with contextlib.suppress(RedisError, OSError):
            await self._pubsub.aclose()
            self._pubsub = self._client.pubsub()
            if names:
                await self._pubsub.subscribe(*names)
            for name in names:
                for follower in self._followers.get(name, ()):
                    follower.put(None)

    def _take(self, message: dict[str, Any]) -> None:
        name = message["channel"].decode()
        if message["type"] == "subscribe":
            confirmed = self._confirmed.get(name)
            if confirmed is not None:
                confirmed.set()
        elif message["type"] == "message":
            event = decode(message["data"])
            for follower in self._followers.get(name, ()):
                follower.put(event)
