"""Events are numbered in order, and text travels in few pieces without losing any."""

import time
from typing import Any

import pytest

from backend.answering import telling as telling_module
from backend.answering.telling import Telling
from backend.domain.events import EventKind, TurnEvent


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    now = {"seconds": 100.0}
    monkeypatch.setattr(time, "monotonic", lambda: now["seconds"])
    return now


def texts(events: list[TurnEvent]) -> list[Any]:
    return [event.data["text"] for event in events if event.kind == EventKind.ANSWER_DELTA]


def test_pieces_within_the_window_travel_together(clock: dict[str, float]) -> None:
    events: list[TurnEvent] = []
    telling = Telling(1, events.append)
    telling.text("a")
    telling.text("b")
    telling.text("c")
    clock["seconds"] += 2 * telling_module.COALESCE_SECONDS
    telling.text("d")
    telling.text("e")
    telling.emit(EventKind.TURN_ANSWERED, {})
    assert texts(events) == ["a", "bcd", "e"]
    assert [event.id for event in events] == ["1-1", "1-2", "1-3", "1-4"]
    assert events[-1].kind == EventKind.TURN_ANSWERED


def test_a_restart_voids_text_that_has_not_left(clock: dict[str, float]) -> None:
    events: list[TurnEvent] = []
    telling = Telling(2, events.append)
    telling.text("a")
    telling.text("unsent")
    telling.restart("checked")
    telling.emit(EventKind.TURN_ANSWERED, {})
    assert texts(events) == ["a"]
    assert [event.kind for event in events][1] == EventKind.ANSWER_RESTARTED
