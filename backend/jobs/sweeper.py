"""Find what was lost: leases that ran out, tasks that nobody was told of. And make the coming months.

Every worker sweeps about once a second; rows are taken with SKIP LOCKED, so they share the work.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence

import structlog

from backend.domain.errors import StoreUnavailable
from backend.live.doorbell import Doorbell
from backend.observe import metrics
from backend.store import errands, maintenance, tasks
from backend.store.database import Database
from backend.store.tasks import Claim, Overdue

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
#: Rung in any case: should the count of rings in Redis be wrong, no task waits for ever.
LEAST_RINGS = 1
#: Partitions are made months ahead, so a day is often enough.
HOUSEKEEPING_SECONDS = 24 * 3600
#: As long as an errand that nobody collects may lie.
FORGETTING_SECONDS = 600


class Sweeper:
    """One thread. `close_exhausted` ends a task whose every attempt fell silent."""

    def __init__(
        self,
        database: Database,
        doorbell: Doorbell,
        close_exhausted: Callable[[Claim], None],
    ) -> None:
        self._database = database
        self._doorbell = doorbell
        self._close_exhausted = close_exhausted
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)
        self._next_housekeeping = 0.0
        self._next_forgetting = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def sweep(self) -> None:
        """One round. Raises StoreUnavailable."""
        for subject_id in tasks.expire(self._database):
            metrics.SWEPT.labels("expired").inc()
            log.warning("lease.expired", subject_id=str(subject_id))
        for claim in tasks.exhausted(self._database):
            metrics.SWEPT.labels("exhausted").inc()
            self._close_exhausted(claim)
        self._ring_for(tasks.overdue(self._database))
        if time.monotonic() >= self._next_housekeeping:
            # Advanced first: what fails today is tried again tomorrow, not each second.
            self._next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
            maintenance.prepare_partitions(self._database)
        if time.monotonic() >= self._next_forgetting:
            self._next_forgetting = time.monotonic() + FORGETTING_SECONDS
            errands.forget_abandoned(self._database)

    def _ring_for(self, overdue: Sequence[Overdue]) -> None:
        """Ring for what nobody was told of; for the rest only what Redis has forgotten.

        A busy lane's tasks wait long with all their rings in Redis. Ringing again for each of them
        would be a third of a busy worker's time.
        """
        lanes = Counter(task.lane for task in overdue)
        for lane, tasks_due in lanes.items():
            untold = sum(task.lane == lane and not task.told for task in overdue)
            missing = tasks.ready_in_lane(self._database, lane) - self._doorbell.waiting(lane)
            for _ in range(min(tasks_due, max(untold, missing, LEAST_RINGS))):
                metrics.SWEPT.labels("rung").inc()
                self._doorbell.ring(lane, rung_by="sweeper")

    def _run(self) -> None:
        # Jitter keeps the workers of a deployment from sweeping in step.
        while not self._stop.wait(SWEEP_SECONDS * random.uniform(0.8, 1.2)):  # noqa: S311
            try:
                self.sweep()
            except StoreUnavailable:
                log.warning("sweep.skipped")
            except Exception:
                # The sweeper is what heals everything else: it must outlive any single fault.
                log.exception("sweep.failed")
