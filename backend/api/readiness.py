"""Whether the database answers and has the shape that this code expects, asked once a second."""

import time

from backend.api.store_calls import StoreCalls
from backend.domain.errors import StoreUnavailable
from backend.store import migrate
from backend.store.database import Database

#: Several probes share one look at the database.
KEPT_SECONDS = 1.0


class Readiness:
    def __init__(self, database: Database, calls: StoreCalls) -> None:
        self._database = database
        self._calls = calls
        self._until = 0.0
        self._last = ""

    async def database(self) -> str:
        """`ok`, `away`, or `not migrated`."""
        if time.monotonic() >= self._until:
            self._last = await self._look()
            self._until = time.monotonic() + KEPT_SECONDS
        return self._last

    async def _look(self) -> str:
        try:
            unapplied = await self._calls.run(migrate.unapplied, self._database)
        except StoreUnavailable:
            return "away"
        return "not migrated" if unapplied else "ok"
