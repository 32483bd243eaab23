"""What this process holds: its claims, kept alive by one heartbeat until each one's deadline.

A claim that the heartbeat finds taken over is marked lost, so that its thread can stop early;
one whose thread outstays its deadline is no longer renewed, and the sweeper takes it away.
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
        self._held: dict[TaskId, _Held] = {}
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
            self._held[claim.id] = _Held(claim, time.monotonic() + seconds)
            metrics.TASKS_RUNNING.set(len(self._held))
        try:
            yield
        finally:
            with self._lock:
                self._held.pop(claim.id, None)
                metrics.TASKS_RUNNING.set(len(self._held))

    def claims(self) -> list[Claim]:
        with self._lock:
            return [held.claim for held in self._held.values()]

    def _beat(self) -> None:
        while not self._stop.wait(HEARTBEAT_SECONDS):
            now = time.monotonic()
            with self._lock:
                held = [one.claim for one in self._held.values() if now < one.renew_until]
            if not held:
                continue
            try:
                renewed = tasks.renew(self._database, held)
            except StoreUnavailable:
                # Leases outlast a restart of the database; the next beat comes soon enough.
                log.warning("heartbeat.missed", held=len(held))
                continue
            with self._lock:
                # What was finished meanwhile is not lost.
                lost = [one for one in held if one.id in self._held and one.id not in renewed]
            for claim in lost:
                log.warning("claim.lost", task_id=str(claim.id), turn_id=str(claim.turn_id))
