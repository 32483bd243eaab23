"""What the handlers of one process share, from its start through its drain to its end."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import structlog
from litestar import Litestar
from litestar.connection import ASGIConnection

from backend.api.keys import KeyRing
from backend.api.readiness import Readiness
from backend.api.store_calls import StoreCalls
from backend.api.waiting import WaitingRoom
from backend.live.doorbell import Doorbell
from backend.live.listener import Listener
from backend.settings import Settings
from backend.store.database import Database

log = structlog.get_logger(__name__)

#: Threads and connections: more than two cores can use, and few enough for many replicas.
STORE_THREADS = 10


class Door:
    """Built once a process. Raises SettingsInvalid when the database or Redis is not named."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.database = Database(settings.required("database_url"), size=STORE_THREADS, name="api")
        self.calls = StoreCalls(STORE_THREADS)
        self.doorbell = Doorbell(settings.required("app_redis_url"))
        self.listener = Listener(settings.required("app_redis_url"))
        self.keys = KeyRing(self.database, self.calls)
        self.readiness = Readiness(self.database, self.calls)
        self.waiting = WaitingRoom(self.listener, self.database, self.calls)

    @asynccontextmanager
    async def open(self, _: Litestar) -> AsyncGenerator[None]:
        """The lifespan. Nothing here waits for Postgres or Redis: readiness tells of them."""
        self.database.start()
        await self.listener.start()
        polling = asyncio.create_task(self.waiting.poll(), name="waiting-room")
        log.info("api.started")
        try:
            yield
        finally:
            self.drain()
            polling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await polling
            await self.listener.stop()
            self.calls.close()
            self.database.close()
            self.doorbell.close()
            log.info("api.stopped")

    def drain(self) -> None:
        """Stop being ready, and let those who wait go: their turns go on without them."""
        if not self.waiting.draining:
            log.info("api.draining")
            self.waiting.drain()


def door_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Door:
    """The door that a request came through."""
    return cast("Door", connection.app.state.door)
