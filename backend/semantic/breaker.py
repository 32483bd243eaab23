"""After some failures in a row, fail at once for a while: a dead database must not cost every question
its time-outs. Then one question at a time may try.
"""

from collections.abc import Callable
from threading import Lock
from time import monotonic

#: One failure is an accident, three are a state.
MOST_FAILURES = 3
#: How long nobody is sent; a restarted database answers within it.
OPEN_SECONDS = 5.0


class Breaker:
    """Thread-safe. `clock` counts seconds, as `time.monotonic`."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failures = 0
        self._open_until = 0.0

    def lets_through(self) -> bool:
        """Whether somebody may try now. While it is open only one is sent each time it runs out."""
        with self._lock:
            if self._failures < MOST_FAILURES:
                return True
            if self._clock() < self._open_until:
                return False
            self._open_until = self._clock() + OPEN_SECONDS
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                self._open_until = self._clock() + OPEN_SECONDS
