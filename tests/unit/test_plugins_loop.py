"""The shared loop: calls overlap, carry the caller's context, and end when told to."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from threading import Barrier, Event

import pytest

from backend.plugins.loop import BLOCKING_THREADS, shared_loop

asked_by: ContextVar[int] = ContextVar("asked_by")


def test_64_blocking_calls_are_in_flight_at_the_same_moment() -> None:
    # The barrier opens only when all of them have arrived; if one waited for another, it breaks.
    meeting = Barrier(BLOCKING_THREADS)

    async def meet() -> int:
        return await asyncio.to_thread(meeting.wait, 30)

    with ThreadPoolExecutor(BLOCKING_THREADS) as callers:
        places = list(
            callers.map(lambda _: shared_loop().run(meet(), seconds=40), range(BLOCKING_THREADS))
        )
    assert sorted(places) == list(range(BLOCKING_THREADS))


def test_each_call_sees_its_own_callers_context_in_the_loop_and_in_its_thread() -> None:
    async def seen() -> tuple[int, int]:
        return asked_by.get(), await asyncio.to_thread(asked_by.get)

    def ask(number: int) -> tuple[int, int]:
        asked_by.set(number)
        return shared_loop().run(seen(), seconds=10)

    with ThreadPoolExecutor(16) as callers:
        assert list(callers.map(ask, range(64))) == [(number, number) for number in range(64)]


def test_a_call_that_takes_too_long_is_cancelled() -> None:
    cancelled = Event()

    async def never() -> None:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    with pytest.raises(TimeoutError):
        shared_loop().run(never(), seconds=0.05)
    assert cancelled.wait(10)


def test_a_process_has_one_loop() -> None:
    with ThreadPoolExecutor(16) as callers:
        loops = set(callers.map(lambda _: shared_loop(), range(16)))
    assert loops == {shared_loop()}
