"""The one retry owner, without waiting: time is counted, not spent."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
import pytest

from backend.domain.chat import ChatReply
from backend.domain.errors import DeadlineExceeded, ModelMisconfigured, ModelUnavailable
from backend.llm import retries
from backend.llm.deadline import seconds_left
from backend.llm.failures import retry_after
from backend.llm.retries import Listener, call_with_retries

REPLY = ChatReply(text="Sim.", finish_reason="stop", model="m")


class Busy(Exception):
    """As an SDK would raise it."""

    def __init__(self, status_code: int, headers: dict[str, str] | None = None) -> None:
        super().__init__("busy")
        self.status_code = status_code
        self.response = httpx2.Response(status_code, headers=headers)


class Clock:
    """`time`, for the retries: sleeping is instant and moves the hands."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(retries, "time", clock)
    return clock


def _script(*results: Exception | ChatReply) -> tuple[Callable[[Listener], ChatReply], list[int]]:
    calls: list[int] = []

    def attempt(_: Listener) -> ChatReply:
        calls.append(len(calls))
        result = results[len(calls) - 1]
        if isinstance(result, Exception):
            raise result
        return result

    return attempt, calls


def _call(attempt: Callable[[Listener], ChatReply], *, deadline: float = 1_100.0) -> ChatReply:
    return call_with_retries(attempt, on_text=None, deadline=deadline, cap_seconds=30, model="m")


def test_a_pause_doubles_and_is_never_the_same_for_all(clock: Clock) -> None:
    attempt, calls = _script(Busy(503), Busy(503), REPLY)

    assert _call(attempt) is REPLY

    assert len(calls) == 3
    first, second = clock.slept
    assert retries.FIRST_PAUSE_SECONDS <= first <= 2 * retries.FIRST_PAUSE_SECONDS
    assert 2 * retries.FIRST_PAUSE_SECONDS <= second <= 4 * retries.FIRST_PAUSE_SECONDS


def test_a_provider_is_never_asked_before_it_said(clock: Clock) -> None:
    attempt, _ = _script(Busy(429, {"retry-after": "7"}), REPLY)

    _call(attempt)

    assert clock.slept == [7.0]


def test_a_wait_past_the_deadline_is_given_up_at_once(clock: Clock) -> None:
    attempt, calls = _script(Busy(429, {"retry-after": "101"}), REPLY)

    with pytest.raises(ModelUnavailable):
        _call(attempt)

    assert (len(calls), clock.slept) == (1, [])


def test_a_provider_that_says_do_not_is_obeyed(clock: Clock) -> None:
    attempt, calls = _script(Busy(503, {"x-should-retry": "false"}), REPLY)

    with pytest.raises(ModelUnavailable):
        _call(attempt)

    assert len(calls) == 1


def test_after_three_attempts_it_is_over(clock: Clock) -> None:
    attempt, calls = _script(*[Busy(500)] * 5)

    with pytest.raises(ModelUnavailable):
        _call(attempt)

    assert len(calls) == 3


def test_what_waiting_does_not_cure_is_not_waited_for(clock: Clock) -> None:
    attempt, calls = _script(Busy(401), REPLY)

    with pytest.raises(ModelMisconfigured):
        _call(attempt)

    assert (len(calls), clock.slept) == (1, [])


def test_a_late_call_is_not_begun(clock: Clock) -> None:
    attempt, calls = _script(REPLY)

    with pytest.raises(DeadlineExceeded):
        _call(attempt, deadline=clock.now)

    assert calls == []


def test_an_attempt_that_used_up_the_deadline_says_so(clock: Clock) -> None:
    def attempt(_: Listener) -> ChatReply:
        clock.now += 30
        raise httpx2.ReadTimeout("slow")

    with pytest.raises(DeadlineExceeded):
        _call(attempt, deadline=1_020.0)


def test_what_was_heard_is_not_said_twice(clock: Clock) -> None:
    calls: list[int] = []

    def attempt(listener: Listener) -> ChatReply:
        calls.append(1)
        listener.hear("Um ")
        raise httpx2.NetworkError("lost")

    with pytest.raises(ModelUnavailable):
        call_with_retries(
            attempt, on_text=lambda _: None, deadline=1_100, cap_seconds=30, model="m"
        )

    assert len(calls) == 1


def test_one_attempt_is_capped_and_the_deadline_bounds_it() -> None:
    left: list[float] = []

    def attempt(_: Listener) -> ChatReply:
        left.append(seconds_left())
        return REPLY

    now = time.monotonic()
    for deadline, cap in ((now + 1_000, 50.0), (now + 50, 1_000.0)):
        call_with_retries(attempt, on_text=None, deadline=deadline, cap_seconds=cap, model="m")

    assert all(0 < seconds <= 50.1 for seconds in left)
    assert seconds_left() == float("inf")


NOW = datetime(2026, 11, 24, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "3"}, 3.0),
        ({"retry-after": " 2.5 "}, 2.5),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "9", "retry-after-ms": "250"}, 0.25),
        ({"retry-after": "Tue, 24 Nov 2026 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Tue, 24 Nov 2026 09:00:30 -0300"}, 30.0),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": "1e9"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_how_long_a_provider_asks_to_wait(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=NOW) == seconds
