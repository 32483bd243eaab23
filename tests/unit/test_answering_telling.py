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
    telling = Telling(1, events.extend)
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
    telling = Telling(2, events.extend)
    telling.text("a")
    telling.text("unsent")
    telling.restart("checked")
    telling.emit(EventKind.TURN_ANSWERED, {})
    assert texts(events) == ["a"]
    assert [event.kind for event in events][1] == EventKind.ANSWER_RESTARTED


def test_what_nobody_watches_travels_together_unless_it_takes_long(
    clock: dict[str, float],
) -> None:
    trips: list[list[EventKind]] = []
    telling = Telling(1, lambda events: trips.append([each.kind for each in events]), watched=False)
    telling.emit(EventKind.TURN_STARTED, {})
    telling.emit(EventKind.ROUTE_DECIDED, {})
    assert trips == []
    clock["seconds"] += telling_module.UNWATCHED_SECONDS
    telling.emit(EventKind.TOOL_CALLED, {})
    telling.emit(EventKind.TURN_ANSWERED, {})
    assert trips == [
        [EventKind.TURN_STARTED, EventKind.ROUTE_DECIDED, EventKind.TOOL_CALLED],
        [EventKind.TURN_ANSWERED],
    ]


def test_a_failure_tells_what_happened_before_it() -> None:
    events: list[TurnEvent] = []
    telling = Telling(1, events.extend, watched=False)
    telling.emit(EventKind.TURN_STARTED, {})
    with pytest.raises(RuntimeError), telling.ending():
        raise RuntimeError
    assert [event.kind for event in events] == [EventKind.TURN_STARTED]
