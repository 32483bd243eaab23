"""Let a few turns use the processor at a time, those of the least served tenant first.

Turns mostly wait, for models and for clients' databases, and dozens may wait at once. What wants
the processor is another matter: more at once make none of them sooner, each only takes longer, and
a turn that comes new, perhaps the only one of its tenant, finds every thread taken for seconds. So
a few turns at a time may work, and any number may wait. Who comes back from a model goes on before
a new turn is begun, and among them whose tenant was served least. A thread that would claim a new
turn claims it only when it is let in: the fair choice among tenants is made as late as possible.
"""

import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar

from backend.domain.identity import TenantId
from backend.jobs.fair_share import FairShare

#: One interpreter runs one thread; the others wait for Postgres meanwhile, about a quarter of the
#: time that a turn works. With four the interpreter is hardly ever idle.
ROOM = 4

#: Longer than most turns work. Beside turns without end a history still goes on, a part of some ten
#: milliseconds at a time.
GIVE_WAY_SECONDS = 0.5

#: Whose turn this thread works on; tools that run in threads of their own inherit it.
_TENANT: ContextVar[TenantId | None] = ContextVar("tenant_at_the_gate", default=None)


class Admission:
    """The gate of one process. Turns that wait for others step aside and make room."""

    def __init__(self, share: FairShare, room: int = ROOM) -> None:
        self._share = share
        self._room = room
        self._lock = threading.Lock()
        self._nobody_works = threading.Condition(self._lock)
        self._working = 0
        self._closed = False
        self._new: deque[_Waiter] = deque()
        self._back: list[_Waiter] = []

    @contextmanager
    def entered(self) -> Generator[bool]:
        """Wait for room and hold it for the block; False when the gate was closed instead."""
        admitted = self._enter(_Waiter(tenant_id=None), new=True)
        try:
            yield admitted
        finally:
            if admitted:
                self._leave()

    @contextmanager
    def serving(self, tenant_id: TenantId) -> Generator[None]:
        """Inside `entered`, once it is known whose turn it is."""
        self._share.serve(tenant_id)
        token = _TENANT.set(tenant_id)
        try:
            yield
        finally:
            _TENANT.reset(token)

    @contextmanager
    def aside(self) -> Generator[None]:
        """Make room while this thread waits for others, and wait for room when they answered."""
        self._leave()
        try:
            yield
        finally:
            self._enter(_Waiter(tenant_id=_TENANT.get()), new=False)

    @contextmanager
    def aside_in_a_turn(self) -> Generator[None]:
        """The same for what is done in a turn or in the background: there it holds no room."""
        with self.aside() if _TENANT.get() is not None else nullcontext():
            yield

    def give_way(self) -> None:
        """For work in the background: wait while a turn works, though not for ever."""
        with self._nobody_works:
            self._nobody_works.wait_for(lambda: self._working == 0, GIVE_WAY_SECONDS)

    def close(self) -> None:
        """Begin no new turn any more; whoever waits for one is sent away."""
        with self._lock:
            self._closed = True
            for waiter in self._new:
                waiter.send_away()
            self._new.clear()

    def _enter(self, waiter: "_Waiter", *, new: bool) -> bool:
        with self._lock:
            if new and self._closed:
                return False
            if self._working < self._room:
                # Nobody waits while there is room.
                self._working += 1
                return True
            (self._new if new else self._back).append(waiter)
        return waiter.wait()

    def _leave(self) -> None:
        with self._lock:
            self._working -= 1
            first = self._first()
            if first is not None:
                self._working += 1
                first.let_in()
            elif self._working == 0:
                self._nobody_works.notify_all()

    def _first(self) -> "_Waiter | None":
        if self._back:
            # Of equals the first that came.
            first = min(self._back, key=self._served)
            self._back.remove(first)
            return first
        return self._new.popleft() if self._new else None

    def _served(self, waiter: "_Waiter") -> float:
        return 0.0 if waiter.tenant_id is None else self._share.of(waiter.tenant_id)


class _Waiter:
    def __init__(self, tenant_id: TenantId | None) -> None:
        self.tenant_id = tenant_id
        self._admitted = False
        self._decided = threading.Lock()
        self._decided.acquire()

    def wait(self) -> bool:
        self._decided.acquire()
        return self._admitted

    def let_in(self) -> None:
        self._admitted = True
        self._decided.release()

    def send_away(self) -> None:
        self._decided.release()
