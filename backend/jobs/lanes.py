"""The lanes of a worker process: each a queue with threads of its own, so bulk never delays talk."""

import time
from collections.abc import Callable

import dramatiq
import structlog
from dramatiq.worker import Worker

from backend.live.doorbell import ACTOR, DoorbellBroker
from backend.store.tasks import Lane

log = structlog.get_logger(__name__)

#: An idle consumer looks up once a second (doorbell.BLOCK_SECONDS).
CLOSING_SECONDS = 1.5


class LaneWorker:
    """Dramatiq's worker on one lane. `work` takes the lane and who rang; it must not raise."""

    def __init__(
        self, redis_url: str, lane: Lane, threads: int, work: Callable[[Lane, str], None]
    ) -> None:
        self.lane = lane
        self._broker = DoorbellBroker(redis_url, lane)
        dramatiq.Actor(
            lambda rung_by="": work(lane, rung_by),
            broker=self._broker,
            actor_name=ACTOR,
            queue_name=lane,
            priority=0,
            options={},
        )
        self._worker = Worker(self._broker, queues={lane}, worker_threads=threads)
        # One message a thread: a worker that hoards leaves its neighbours idle.
        self._worker.queue_prefetch = threads

    def start(self) -> None:
        self._broker.declare_queue(self.lane)
        self._worker.start()
        log.info("lane.opened", lane=self.lane, threads=self._worker.worker_threads)

    def drain(self, seconds: float) -> None:
        """Stop taking, and wait for what runs; what is still running then is left to others."""
        deadline = time.monotonic() + seconds
        for thread in self._worker.workers:
            thread.stop()
        # Dramatiq's own wait (`join_all`) subtracts all the time so far again for each thread:
        # with 64 of them, 25 s are over after two.
        for thread in self._worker.workers:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._worker.stop(timeout=round(CLOSING_SECONDS * 1000))
        log.info("lane.closed", lane=self.lane)
