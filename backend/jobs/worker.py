"""A worker process from its start to its end: lanes, heartbeat, sweeper; then the drain.

SIGTERM stops the taking; what runs may finish within DRAIN_SECONDS, and what does not is given
back unharmed for another worker.
"""

import signal
import threading

import structlog

from backend.jobs.admission import Admission
from backend.jobs.held import HeldClaims
from backend.jobs.lanes import LaneWorker
from backend.jobs.rounds import Rounds
from backend.jobs.sweeper import Sweeper
from backend.jobs.work import Workbench

log = structlog.get_logger(__name__)


class Worker:
    def __init__(
        self,
        *,
        lanes: list[LaneWorker],
        held: HeldClaims,
        sweeper: Sweeper,
        rounds: Rounds,
        workbench: Workbench,
        admission: Admission,
        drain_seconds: float,
    ) -> None:
        self._admission = admission
        self._lanes = lanes
        self._held = held
        self._sweeper = sweeper
        self._rounds = rounds
        self._workbench = workbench
        self._drain_seconds = drain_seconds
        self._stopping = threading.Event()

    def run(self) -> None:
        """Work until SIGTERM or SIGINT."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stopping.set())
        self._held.start()
        self._sweeper.start()
        self._rounds.start()
        for lane in self._lanes:
            lane.start()
        log.info("worker.started")
        self._stopping.wait()
        self._drain()

    def _drain(self) -> None:
        log.info("worker.draining", running=len(self._held.claims()))
        self._sweeper.stop()
        self._rounds.stop()
        self._admission.close()
        drains = [
            threading.Thread(target=lane.drain, args=(self._drain_seconds,)) for lane in self._lanes
        ]
        for drain in drains:
            drain.start()
        for drain in drains:
            drain.join()
        for claim in self._held.claims():
            self._workbench.give_back(claim)
        self._held.stop()
        log.info("worker.stopped")
