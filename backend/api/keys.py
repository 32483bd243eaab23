"""Who calls: an API key to its tenant and scopes, remembered for a moment.

The database is asked at most every two seconds for a key, so one that is revoked is refused
everywhere within five.
"""

import re
import time
from collections.abc import Iterable
from typing import Any

from backend.api.store_calls import StoreCalls
from backend.domain.errors import Unauthenticated
from backend.domain.identity import Caller
from backend.store import tenants
from backend.store.database import Database

#: With the time between two looks at an open socket, below the five seconds of the promise.
KEPT_SECONDS = 2.0
#: Keys in use at once by one process; wrong ones are kept apart, so they never push out right ones.
MOST_KEPT = 4_096
#: One visible ASCII word. What cannot be a key never reaches the database.
_KEY = re.compile(rb"[!-~]{1,512}")


class KeyRing:
    def __init__(self, database: Database, calls: StoreCalls) -> None:
        self._database = database
        self._calls = calls
        self._known: dict[bytes, tuple[Caller, float]] = {}
        self._unknown: dict[bytes, float] = {}

    async def holder(self, key: str) -> Caller:
        """The key's holder. Raises Unauthenticated, StoreUnavailable."""
        digest = tenants.key_digest(key)
        now = time.monotonic()
        known = self._known.get(digest)
        if known is not None and known[1] > now:
            return known[0]
        if self._unknown.get(digest, 0.0) > now:
            raise Unauthenticated
        caller = await self._calls.run(self._look_up, key)
        until = time.monotonic() + KEPT_SECONDS
        if caller is None:
            self._known.pop(digest, None)
            _make_room(self._unknown)
            self._unknown[digest] = until
            raise Unauthenticated
        _make_room(self._known)
        self._known[digest] = (caller, until)
        return caller

    def _look_up(self, key: str) -> Caller | None:
        with self._database.open() as conn:
            return tenants.caller(conn, key)


def bearer_key(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The key in the Authorization header. Raises Unauthenticated on anything else there."""
    values = [value for name, value in headers if name == b"authorization"]
    if len(values) != 1:
        raise Unauthenticated
    scheme, _, key = values[0].partition(b" ")
    key = key.strip()
    if scheme.lower() != b"bearer" or _KEY.fullmatch(key) is None:
        raise Unauthenticated
    return key.decode("ascii")


def _make_room(kept: dict[bytes, Any]) -> None:
    if len(kept) >= MOST_KEPT:
        kept.clear()
