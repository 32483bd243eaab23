"""Find what was lost: leases that ran out, tasks that nobody was told of. And make the coming months.

Every worker sweeps about once a second; rows are taken with SKIP LOCKED, so they share the work.
"""

import random
import threading
import time
from collections.abc import Callable

import structlog

from backend.domain.errors import StoreUnavailable
from backend.observe import metrics
from backend.store import maintenance, tasks
from backend.store.database import Database
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
#: Partitions are made months ahead, so a day is often enough.
HOUSEKEEPING_SECONDS = 24 * 3600


class Sweeper:
    """One thread. `close_exhausted` ends a task whose every attempt fell silent."""

    def __init__(
        self,
        database: Database,
        ring: Callable[[str, str], object],
        close_exhausted: Callable[[Claim], None],
    ) -> None:
        self._database = database
        self._ring = ring
        self._close_exhausted = close_exhausted
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sweeper", daemon=True)
        self._next_housekeeping = 0.0

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def sweep(self) -> None:
        """One round. Raises StoreUnavailable."""
        for turn_id in tasks.expire(self._database):
            metrics.SWEPT.labels("expired").inc()
            log.warning("lease.expired", turn_id=str(turn_id))
        for claim in tasks.exhausted(self._database):
            metrics.SWEPT.labels("exhausted").inc()
            self._close_exhausted(claim)
        for lane in tasks.overdue(self._database):
            metrics.SWEPT.labels("rung").inc()
            self._ring(lane, "sweeper")
        if time.monotonic() >= self._next_housekeeping:
            # Advanced first: what fails today is tried again tomorrow, not each second.
            self._next_housekeeping = time.monotonic() + HOUSEKEEPING_SECONDS
            maintenance.prepare_partitions(self._database)

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
