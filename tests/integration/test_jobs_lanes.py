"""A lane that drains: what runs may finish, what waits stays."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from backend.jobs.lanes import LaneWorker
from backend.live.doorbell import Doorbell
from tests.conftest import ValkeyUrl
from tests.integration.patience import until

LONG = 600.0
#: As a worker has them unless it is told otherwise.
THREADS = 64
DRAIN_SECONDS = 25.0
#: Far longer than idle threads need to leave.
A_WHILE = 3.0


class Work:
    """Ends when it may, each thread's own for itself."""

    def __init__(self) -> None:
        self.begun: list[threading.Thread] = []
        self.ended: list[threading.Thread] = []
        self.may_end = threading.Event()
        #: The thread whose work takes longer than that of the others.
        self.slow: threading.Thread | None = None
        self.slow_may_end = threading.Event()

    def __call__(self, lane: str, rung_by: str) -> None:
        thread = threading.current_thread()
        self.begun.append(thread)
        self.may_end.wait(LONG)
        if thread is self.slow:
            self.slow_may_end.wait(LONG)
        self.ended.append(thread)


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.may_end.set()
    work.slow_may_end.set()


@pytest.fixture
def doorbell(valkey: ValkeyUrl) -> Iterator[Doorbell]:
    doorbell = Doorbell(valkey.url)
    yield doorbell
    doorbell.close()


@contextmanager
def draining(lane: LaneWorker, seconds: float) -> Iterator[threading.Thread]:
    drain = threading.Thread(target=lane.drain, args=(seconds,))
    drain.start()
    yield drain
    drain.join()


def test_what_runs_may_finish_however_many_threads_are_idle(
    valkey: ValkeyUrl, doorbell: Doorbell, work: Work
) -> None:
    lane = LaneWorker(valkey.url, "interactive", THREADS, work)
    lane.start()
    for _ in range(THREADS):
        doorbell.ring("interactive", rung_by="test")
    until(lambda: len(work.begun) == THREADS)
    # The one that is waited for last, when all the others have been.
    work.slow = lane._worker.workers[-1]
    work.may_end.set()
    until(lambda: len(work.ended) == THREADS - 1)
    with draining(lane, DRAIN_SECONDS) as drain:
        drain.join(A_WHILE)
        assert drain.is_alive()
        work.slow_may_end.set()
    assert len(work.ended) == THREADS


def test_what_outstays_the_drain_is_left_behind(
    valkey: ValkeyUrl, doorbell: Doorbell, work: Work
) -> None:
    lane = LaneWorker(valkey.url, "interactive", 4, work)
    lane.start()
    doorbell.ring("interactive", rung_by="test")
    until(lambda: len(work.begun) == 1)
    lane.drain(0.1)
    assert work.ended == []


def test_a_lane_that_has_drained_takes_no_more(
    valkey: ValkeyUrl, doorbell: Doorbell, work: Work
) -> None:
    work.may_end.set()
    lane = LaneWorker(valkey.url, "interactive", 4, work)
    lane.start()
    doorbell.ring("interactive", rung_by="test")
    until(lambda: len(work.ended) == 1)
    lane.drain(LONG)
    doorbell.ring("interactive", rung_by="test")
    other = LaneWorker(valkey.url, "interactive", 4, work)
    other.start()
    # The ring is there for the next process.
    until(lambda: len(work.ended) == 2)
    other.drain(LONG)
