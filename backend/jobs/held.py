"""What this process holds: its claims, kept alive by one heartbeat until each one's deadline.

One whose thread outstays its deadline is no longer renewed, and the sweeper takes it away. One
that another has taken over is logged as lost; what its thread still writes finds no row.
"""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from backend.domain.errors import StoreUnavailable
from backend.domain.identity import TaskId
from backend.observe import metrics
from backend.store import tasks
from backend.store.database import Database
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)

#: A fifth of the lease.
HEARTBEAT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class _Held:
    claim: Claim
    #: `time.monotonic()` instant after which the lease is left to run out.
    renew_until: float


class HeldClaims:
    """The claims of one process. Thread-safe."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        #: By attempt, too: a process that was stopped for long may claim again what its own
        #: thread still works on.
        self._held: dict[tuple[TaskId, int], _Held] = {}
        #: What the last beat did not find: lost, or finished at that very moment.
        self._missing: set[tuple[TaskId, int]] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=HEARTBEAT_SECONDS)

    @contextmanager
    def holding(self, claim: Claim, seconds: float) -> Generator[None]:
        """Keep the claim's lease alive for the length of the block, at most `seconds`."""
        with self._lock:
            self._held[_key(claim)] = _Held(claim, time.monotonic() + seconds)
            metrics.TASKS_RUNNING.set(len(self._held))
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(_key(claim))
                metrics.TASKS_RUNNING.set(len(self._held))

    def claims(self) -> list[Claim]:
        with self._lock:
            return [held.claim for held in self._held.values()]

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_SECONDS):
            try:
                self._renew()
            except StoreUnavailable:
                # Leases outlast a restart of the database; the next beat comes soon enough.
                log.warning("heartbeat.missed", held=len(self.claims()))
            except Exception:
                # All that this process holds relies on the next beat.
                log.exception("heartbeat.failed")

    def _renew(self) -> None:
        now = time.monotonic()
        with self._lock:
            held = [one.claim for one in self._held.values() if now < one.renew_until]
        renewed = tasks.renew(self._database, held) if held else frozenset()
        missing = {_key(claim) for claim in held if claim.id not in renewed}
        with self._lock:
            # Whoever finished at the moment of the beat before is not held any more by now.
            for key in missing & self._missing & self._held.keys():
                claim = self._held[key].claim
                self._held[key] = _Held(claim, renew_until=now)
                log.warning("claim.lost", task_id=str(claim.id), **claim.about)
        self._missing = missing


def _key(claim: Claim) -> tuple[TaskId, int]:
    return claim.id, claim.attempt
