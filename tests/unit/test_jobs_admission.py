"""A few turns work at a time, any number wait, and a new one comes in when there is room."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep
from uuid import UUID

import pytest

from backend.domain.identity import TenantId
from backend.jobs.admission import Admission
from backend.jobs.fair_share import HALF_LIFE_SECONDS, FairShare


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
    return Admission(FairShare(), room=2)


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


def test_who_comes_back_from_a_model_goes_on_before_a_new_one_is_begun(turns: Turns) -> None:
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


def test_of_those_who_come_back_the_least_served_tenant_goes_first() -> None:
    share = FairShare()
    gate = Admission(share, room=1)
    busy, quiet = TenantId(UUID(int=1)), TenantId(UUID(int=2))
    for _ in range(100):
        share.serve(busy)
    order: list[TenantId] = []
    aside, answered = threading.Barrier(4), threading.Event()

    def turn(tenant: TenantId) -> None:
        with gate.entered(), gate.serving(tenant):
            with gate.aside():
                aside.wait(10)
                answered.wait(10)
            order.append(tenant)

    with ThreadPoolExecutor(4) as threads:
        for tenant in (busy, busy, quiet):
            threads.submit(turn, tenant)
        aside.wait(10)
        with gate.entered():  # the room is taken while they come back
            answered.set()
            until(lambda: len(gate._back) == 3)
    assert order == [quiet, busy, busy]


def test_a_share_fades(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr("backend.jobs.fair_share.time.monotonic", lambda: now[0])
    share, tenant = FairShare(), TenantId(UUID(int=1))
    share.serve(tenant)
    share.serve(tenant)
    assert share.all() == {tenant: 2.0}
    now[0] += HALF_LIFE_SECONDS
    assert share.of(tenant) == 1.0
    now[0] += 5 * HALF_LIFE_SECONDS
    assert share.all() == {}


def test_work_in_the_background_waits_until_no_turn_works_and_not_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("backend.jobs.admission.GIVE_WAY_SECONDS", 10.0)
    admission = Admission(FairShare())
    went_on = threading.Event()

    def background() -> None:
        admission.give_way()
        went_on.set()

    with admission.entered():
        thread = threading.Thread(target=background)
        thread.start()
        assert not went_on.wait(0.05)
        with admission.aside():
            # The turn waits for others: that is room enough.
            assert went_on.wait(5)
    thread.join()
    monkeypatch.setattr("backend.jobs.admission.GIVE_WAY_SECONDS", 0.0)
    with admission.entered():
        admission.give_way()


def test_waiting_aside_in_the_background_takes_no_room_from_anybody() -> None:
    admission = Admission(FairShare(), room=1)
    with admission.aside_in_a_turn():
        pass
    with admission.entered() as admitted:
        assert admitted
        # Had the block above given away room that it never had, there would be two.
        let_in = threading.Event()

        def another() -> None:
            with admission.entered():
                let_in.set()

        thread = threading.Thread(target=another)
        thread.start()
        assert not let_in.wait(0.05)
    thread.join()
    assert let_in.is_set()
