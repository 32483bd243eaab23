"""The instant at which a model call must end, known to whatever waits on its behalf.

A read timeout starts again with each byte, so it never ends a trickle. `wire.py` asks here how
long it may still wait before *each* touch of the socket: connecting, sending and receiving all
end by the one instant, whatever the SDK above believes about timeouts.
"""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

#: A `time.monotonic()` instant. Every thread has its own, as a call never leaves its thread.
_ends_at: ContextVar[float] = ContextVar("llm_call_ends_at", default=math.inf)


@contextmanager
def ends_at(instant: float) -> Iterator[None]:
    """Everything in this block that touches a model's socket must be over by `instant`."""
    token = _ends_at.set(instant)
    try:
        yield
    finally:
        _ends_at.reset(token)


def seconds_left() -> float:
    """Until the current call must end; zero or less when it is late, infinite outside a call."""
    return _ends_at.get() - time.monotonic()
