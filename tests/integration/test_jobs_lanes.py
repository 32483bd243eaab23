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
#: Far longer than idle threads need to leave.
A_WHILE = 3.0


class Work:
    """Takes as long as the test wants."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0
        self.may_end = threading.Event()
        self._lock = threading.Lock()

    def __call__(self, lane: str, rung_by: str) -> None:
        with self._lock:
            self.begun += 1
        self.may_end.wait(LONG)
        with self._lock:
            self.ended += 1


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.may_end.set()


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
    lane = LaneWorker(valkey.url, "interactive", 64, work)
    lane.start()
    doorbell.ring("interactive", rung_by="test")
    until(lambda: work.begun == 1)
    with draining(lane, LONG) as drain:
        drain.join(A_WHILE)
        assert drain.is_alive()
        work.may_end.set()
    assert work.ended == 1


def test_what_outstays_the_drain_is_left_behind(
    valkey: ValkeyUrl, doorbell: Doorbell, work: Work
) -> None:
    lane = LaneWorker(valkey.url, "interactive", 4, work)
    lane.start()
    doorbell.ring("interactive", rung_by="test")
    until(lambda: work.begun == 1)
    lane.drain(0.1)
    assert (work.begun, work.ended) == (1, 0)


def test_a_lane_that_has_drained_takes_no_more(
    valkey: ValkeyUrl, doorbell: Doorbell, work: Work
) -> None:
    work.may_end.set()
    lane = LaneWorker(valkey.url, "interactive", 4, work)
    lane.start()
    doorbell.ring("interactive", rung_by="test")
    until(lambda: work.ended == 1)
    lane.drain(LONG)
    doorbell.ring("interactive", rung_by="test")
    other = LaneWorker(valkey.url, "interactive", 4, work)
    other.start()
    # The ring is there for the next process.
    until(lambda: work.ended == 2)
    other.drain(LONG)
