"""Take another turn only while the processor has room for it.

Turns mostly wait, for models and for clients' databases, and dozens may wait at once. What wants
the processor is another matter: more at once make none of them sooner, each only takes longer, and
a turn that comes new, perhaps the only one of its tenant, finds every thread taken for seconds. So
a few turns at a time may work, any number may wait, and a thread that would claim a new turn stays
at the gate until there is room. It claims afterwards: the fair choice among tenants is made as late
as possible.
"""

import threading
from collections.abc import Generator
from contextlib import contextmanager

#: One interpreter runs one thread; the others wait for Postgres meanwhile, about a quarter of the
#: time that a turn works. With six the interpreter is hardly ever idle.
ROOM = 6


class Admission:
    """The gate of one process. Turns that wait for others step aside and make room."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._working = 0
        self._closed = False
        self._changed = threading.Condition()

    @contextmanager
    def entered(self) -> Generator[bool]:
        """Wait for room and hold it for the block; False when the gate was closed instead."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._working < self._room)
            admitted = not self._closed
            self._working += admitted
        try:
            yield admitted
        finally:
            if admitted:
                self._make_room()

    @contextmanager
    def aside(self) -> Generator[None]:
        """Make room while this thread waits for others. It goes on at once when they answer."""
        self._make_room()
        try:
            yield
        finally:
            with self._changed:
                self._working += 1

    def close(self) -> None:
        """Let nobody in any more; whoever waits is sent away."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _make_room(self) -> None:
        with self._changed:
            self._working -= 1
            self._changed.notify()
