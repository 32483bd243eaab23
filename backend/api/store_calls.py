"""The way from the event loop to the store, which is sync: one bounded pool of threads.

A call that cannot be served soon is refused, so that a database that is away or slow costs the
callers an honest 503 and never an ever longer queue.
"""

import asyncio
import contextvars
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from backend.domain.errors import StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")

#: A call that waited longer than this for a thread is refused: each takes milliseconds.
QUEUE_SECONDS = 3.0
#: Beyond the time a connection is waited for and any statement may take: the database hangs.
STUCK_SECONDS = 20.0
#: What ten threads do in the time above, with room to spare.
MOST_WAITING = 500


class StoreCalls:
    """Runs store functions in threads, as many at once as there are connections."""

    def __init__(self, threads: int) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="store")
        self._open = 0

    async def run(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The call's result, or what it raised. Raises StoreUnavailable when there is no room.

        A caller that is cancelled leaves a running call to its own end: a commit is not undone.
        """
        if self._open >= MOST_WAITING:
            raise StoreUnavailable
        asked_at = time.monotonic()
        context = contextvars.copy_context()

        def work() -> T:
            if time.monotonic() - asked_at > QUEUE_SECONDS:
                raise StoreUnavailable
            return context.run(call, *args, **kwargs)

        self._open += 1
        try:
            async with asyncio.timeout(STUCK_SECONDS):
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        except TimeoutError as error:
            raise StoreUnavailable from error
        finally:
            self._open -= 1

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
