"""The one background event loop of this process, on which every Semantic Kernel function runs.

Kernel functions are coroutines while everything around them is threads, and a pooled HTTP
client belongs to the loop that opened its connections: hence one loop for the whole process,
and never `asyncio.run` per call. What blocks goes to the loop's own threads
(`asyncio.to_thread`); the caller's context variables follow it both ways in.
"""

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

#: One for each Dramatiq thread of the largest worker we run. Python's default, cores + 4,
#: would let a handful of slow databases hold up everybody's tools.
BLOCKING_THREADS = 64


class ToolLoop:
    """An event loop in a daemon thread, with room for `BLOCKING_THREADS` blocking calls."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._loop.set_default_executor(
            ThreadPoolExecutor(BLOCKING_THREADS, thread_name_prefix="tool")
        )
        threading.Thread(target=self._loop.run_forever, name="tool-loop", daemon=True).start()

    def run(self, coroutine: Coroutine[Any, Any, T], *, seconds: float) -> T:
        """Wait for `coroutine`, from any thread but the loop's own.

        Raises TimeoutError after `seconds`, having cancelled it.
        """
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise


def shared_loop() -> ToolLoop:
    """This process's loop, started on first use, so after a worker has forked."""
    # `cache` alone would let two threads at the start build one each.
    with _starting:
        return _started()


_starting = threading.Lock()


@cache
def _started() -> ToolLoop:
    return ToolLoop()
