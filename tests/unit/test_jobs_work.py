"""What went wrong in a task decides who pays for it."""

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from backend.domain.errors import ClaimLost, ModelUnavailable, StoreUnavailable
from backend.domain.identity import ConversationId, TaskId, TenantId, new_id
from backend.jobs.work import Workbench
from backend.store import tasks
from backend.store.tasks import ATTEMPTS, Claim


def a_claim(failures: int = 0) -> Claim:
    turn_id = new_id()
    return Claim(
        id=TaskId(turn_id),
        kind="answer",
        lane="interactive",
        tenant_id=TenantId(new_id()),
        subject_id=turn_id,
        conversation_id=ConversationId(new_id()),
        attempt=1,
        failures=failures,
    )


class Nobody:
    @contextmanager
    def holding(self, claim: Claim, seconds: float) -> Any:
        yield


class Store:
    """The ends that a task may come to, as they are asked for."""

    def __init__(self, claim: Claim | None) -> None:
        self.ready = claim
        self.ends: list[str] = []

    def claim(self, database: object, lane: str, *, served: object) -> Claim | None:
        return self.ready

    def give_back(self, database: object, claim: Claim) -> None:
        self.ends.append("given_back")

    def retry(self, database: object, claim: Claim, *, delay: Any, error_code: str) -> None:
        self.ends.append(f"retry in {delay.total_seconds():.0f} s")


Bench = Callable[[Exception | None, Claim | None], Store]


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Bench:
    """Run one ring over a task whose handler raises `error`; returns what became of it."""

    def run(error: Exception | None, claim: Claim | None) -> Store:
        store = Store(claim)
        for name in ("claim", "give_back", "retry"):
            monkeypatch.setattr(tasks, name, getattr(store, name))

        def handle(_: Claim) -> None:
            if error is not None:
                raise error
            store.ends.append("done")

        def fail(_: Claim, code: str) -> None:
            store.ends.append(f"failed: {code}")

        nobody: Any = Nobody()
        database: Any = None
        workbench = Workbench(database, nobody, {"answer": (handle, fail)}, deadline_seconds=1)
        workbench.work("interactive", "test")
        return store

    return run


def test_a_ring_for_nothing_does_nothing(bench: Bench) -> None:
    assert bench(None, None).ends == []


def test_a_task_is_done_by_its_handler(bench: Bench) -> None:
    assert bench(None, a_claim()).ends == ["done"]


def test_a_database_that_is_away_is_nobodys_fault(bench: Bench) -> None:
    assert bench(StoreUnavailable(), a_claim()).ends == ["given_back"]


def test_an_error_of_ours_has_had_its_retries_and_is_final(bench: Bench) -> None:
    assert bench(ModelUnavailable(), a_claim()).ends == ["failed: model_unavailable"]


def test_a_lost_claim_is_left_to_its_successor(bench: Bench) -> None:
    assert bench(ClaimLost(), a_claim()).ends == []


@pytest.mark.parametrize("failures", range(ATTEMPTS))
def test_a_fault_is_tried_again_until_the_attempts_are_used_up(bench: Bench, failures: int) -> None:
    ends = bench(ZeroDivisionError(), a_claim(failures)).ends
    if failures + 1 < ATTEMPTS:
        assert ends == [f"retry in {2**failures} s"]
    else:
        assert ends == ["failed: attempts_exhausted"]


def test_a_database_that_is_away_at_the_claim_leaves_the_task_ready(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away(database: object, lane: str, *, served: object) -> Claim:
        raise StoreUnavailable

    monkeypatch.setattr(tasks, "claim", away)
    nobody: Any = Nobody()
    database: Any = None
    Workbench(database, nobody, {}, deadline_seconds=1).work("interactive", "test")


def test_what_a_task_leaves_to_do_the_same_thread_does(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = a_claim(), replace(a_claim(), kind="remember", lane="bulk")
    monkeypatch.setattr(tasks, "claim", Store(first).claim)
    done: list[Claim] = []

    def handle(claim: Claim) -> Claim | None:
        done.append(claim)
        return second if claim is first else None

    nobody: Any = Nobody()
    database: Any = None
    handlers: Any = {"answer": (handle, None), "remember": (handle, None)}
    Workbench(database, nobody, handlers, deadline_seconds=1).work("interactive", "test")
    assert done == [first, second]
