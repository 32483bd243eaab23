"""A dead source costs a few questions their wait, and then none."""

from backend.semantic.breaker import MOST_FAILURES, OPEN_SECONDS, Breaker


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def open_breaker() -> tuple[Breaker, Clock]:
    clock = Clock()
    breaker = Breaker(clock)
    for _ in range(MOST_FAILURES):
        assert breaker.lets_through()
        breaker.failed()
    return breaker, clock


def test_after_some_failures_nobody_is_sent_for_a_while() -> None:
    breaker, clock = open_breaker()
    assert not breaker.lets_through()
    clock.now += OPEN_SECONDS - 0.1
    assert not breaker.lets_through()


def test_then_one_tries_and_the_others_wait_for_what_it_finds() -> None:
    breaker, clock = open_breaker()
    clock.now += OPEN_SECONDS
    assert breaker.lets_through()
    assert not breaker.lets_through()
    breaker.succeeded()
    assert breaker.lets_through()


def test_who_tries_in_vain_keeps_it_shut() -> None:
    breaker, clock = open_breaker()
    clock.now += OPEN_SECONDS
    assert breaker.lets_through()
    breaker.failed()
    assert not breaker.lets_through()


def test_an_accident_between_successes_shuts_nothing() -> None:
    breaker = Breaker(Clock())
    for _ in range(10):
        breaker.failed()
        breaker.succeeded()
    assert breaker.lets_through()
