"""Hear the events of the turns that somebody in this process waits for.

One connection a process, however many wait. Each follower has a bounded queue: one that does
not keep up, or that Redis may have left out, is told that there is a gap and reads again from
the start of the history (or from the rows).
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import redis.asyncio
import structlog
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

from backend.domain.events import TurnEvent
from backend.live.events import channel, decode, history_key

log = structlog.get_logger(__name__)

#: A reader that lags further behind than this reads the history again instead.
QUEUE_EVENTS = 256
#: How long a new follower waits for Redis to confirm; after that it relies on the rows.
CONFIRM_SECONDS = 0.5
#: What a healthy Redis needs for the longest history, many times over.
HISTORY_SECONDS = 2.0
#: Nobody publishes here: with it the connection is always subscribed, so the first follower after
#: a silence is heard at once.
_KEPT = "sales:listeners"


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

    @property
    def waiting(self) -> int:
        """How many events are not taken yet."""
        return self._queue.qsize()

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
        self._connected = False
        self._task: asyncio.Task[None] | None = None
        self._commands: set[asyncio.Task[Any]] = set()

    @property
    def longest_queue(self) -> int:
        """The most events that wait for one follower; never more than QUEUE_EVENTS."""
        queues = [each.waiting for group in self._followers.values() for each in group]
        return max(queues, default=0)

    @property
    def connected(self) -> bool:
        """Whether Redis answered when it was last spoken to."""
        return self._connected

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen(), name="turn-events")

    async def stop(self) -> None:
        # Followers that leave from now on have nothing to tell Redis.
        self._connected = False
        await asyncio.gather(*self._commands)
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        with contextlib.suppress(RedisError, OSError):
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
                if self._connected:
                    self._command(self._pubsub.unsubscribe(name))

    async def history(self, turn_id: UUID) -> list[TurnEvent]:
        """The events kept of a turn, oldest first; empty when Redis has none or is away."""
        if not self._connected:
            return []
        try:
            entries = await self._range(turn_id)
        except (RedisError, OSError):
            return []
        return [decode(fields[b"event"]) for _, fields in entries]

    async def _range(self, turn_id: UUID) -> Any:
        """The raw history; asked twice, because a pooled connection may have died unnoticed."""
        key = history_key(turn_id)
        try:
            return await asyncio.wait_for(self._client.xrange(key), HISTORY_SECONDS)
        except RedisConnectionError:
            return await asyncio.wait_for(self._client.xrange(key), HISTORY_SECONDS)

    async def _subscribe(self, name: str) -> None:
        if not self._connected:
            return  # _connect subscribes to all that is followed by then
        confirmed = self._confirmed.get(name)
        if confirmed is None:
            confirmed = self._confirmed[name] = asyncio.Event()
            self._command(self._pubsub.subscribe(name))
        try:
            await asyncio.wait_for(confirmed.wait(), CONFIRM_SECONDS)
        except TimeoutError:
            log.warning("listener.unconfirmed")

    def _command(self, command: Coroutine[Any, Any, Any]) -> None:
        """Run a command beside its caller: one that vanishes must not break the connection."""

        async def run() -> None:
            with contextlib.suppress(RedisError, OSError):
                await command

        task = asyncio.create_task(run())
        self._commands.add(task)
        task.add_done_callback(self._commands.discard)

    async def _listen(self) -> None:
        complained = False
        while True:
            try:
                await self._connect()
                complained = False
                while True:
                    message = await self._pubsub.get_message(timeout=5)
                    if message is not None:
                        self._take(message)
            except (RedisError, OSError) as error:
                self._connected = False
                if not complained:
                    complained = True
                    log.warning("listener.disconnected", error=type(error).__name__)
                await asyncio.sleep(0.5)

    async def _connect(self) -> None:
        """Subscribe anew to all that is followed, and tell the followers of the gap."""
        with contextlib.suppress(RedisError, OSError):
            await self._pubsub.aclose()
        self._pubsub = self._client.pubsub()
        subscribed: set[str] = set()
        while missing := {_KEPT, *self._followers} - subscribed:
            await asyncio.wait_for(self._pubsub.subscribe(*missing), 2)
            subscribed |= missing
        self._connected = True
        for followers in self._followers.values():
            for follower in followers:
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
