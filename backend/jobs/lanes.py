"""The lanes of a worker process: each a queue with threads of its own, so bulk never delays talk."""

from collections.abc import Callable

import dramatiq
import structlog
from dramatiq.worker import Worker

from backend.live.doorbell import ACTOR, DoorbellBroker
from backend.store.tasks import Lane

log = structlog.get_logger(__name__)


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
        self._worker.stop(timeout=round(seconds * 1000))
        log.info("lane.closed", lane=self.lane)
