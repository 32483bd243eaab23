"""A few turns work at a time, any number wait, and a new one comes in when there is room."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from backend.jobs.admission import Admission


class Turns:
    """Turns of one gate that work, or wait for a model, until they are told to go on."""

    def __init__(self, admission: Admission) -> None:
        self._admission = admission
        self._threads = ThreadPoolExecutor(32)
        self.started = 0
        self.ended = 0
        self.sent_away = 0
        self.answered = threading.Event()
        self.done = threading.Event()

    def come(self, *, waits_for_a_model: bool = False) -> None:
        self._threads.submit(self._turn, waits_for_a_model)

    def _turn(self, waits_for_a_model: bool) -> None:
        with self._admission.entered() as admitted:
            if not admitted:
                self.sent_away += 1
                return
            self.started += 1
            if waits_for_a_model:
                with self._admission.aside():
                    self.answered.wait(10)
            self.done.wait(10)
            self.ended += 1

    def close(self) -> None:
        self.answered.set()
        self.done.set()
        self._admission.close()
        self._threads.shutdown()


@pytest.fixture
def admission() -> Admission:
    return Admission(room=2)


@pytest.fixture
def turns(admission: Admission) -> Iterator[Turns]:
    turns = Turns(admission)
    yield turns
    turns.close()


def until(condition: Callable[[], bool]) -> None:
    deadline = monotonic() + 10
    while not condition():
        assert monotonic() < deadline
        sleep(0.001)


def test_no_more_work_at_once_than_there_is_room_for(turns: Turns) -> None:
    for _ in range(5):
        turns.come()
    until(lambda: turns.started == 2)
    sleep(0.05)
    assert turns.started == 2
    turns.done.set()
    until(lambda: turns.ended == 5)


def test_any_number_may_wait_for_models_meanwhile(turns: Turns) -> None:
    for _ in range(20):
        turns.come(waits_for_a_model=True)
    until(lambda: turns.started == 20)


def test_who_comes_back_from_a_model_goes_on_at_once_and_new_ones_wait(turns: Turns) -> None:
    for _ in range(6):
        turns.come(waits_for_a_model=True)
    until(lambda: turns.started == 6)
    turns.answered.set()
    sleep(0.05)
    turns.come()
    sleep(0.05)
    assert turns.started == 6
    turns.done.set()
    until(lambda: turns.ended == 7)


def test_whoever_waits_at_the_gate_is_sent_away_when_it_closes(
    turns: Turns, admission: Admission
) -> None:
    for _ in range(5):
        turns.come()
    until(lambda: turns.started == 2)
    admission.close()
    until(lambda: turns.sent_away == 3)


def test_a_turn_that_breaks_leaves_its_room(admission: Admission) -> None:
    for _ in range(5):
        with pytest.raises(ZeroDivisionError), admission.entered(), admission.aside():
            raise ZeroDivisionError
    with admission.entered() as admitted:
        assert admitted
