"""A late reader gets each event once, in order, and always the end."""

import json
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from backend.answering.telling import Telling
from backend.api.replay import Place, closing_of, parse_place, place_of, replay
from backend.domain.errors import InvalidRequest
from backend.domain.events import EventKind, TurnEvent
from backend.domain.identity import new_id
from backend.domain.turns import TurnStatus
from backend.store.turns import TurnRow

ROUTE = {"decision": "sales", "by": "rules", "reason": "r", "confidence": 1.0}
CALL = {
    "name": "sales_query_metrics",
    "arguments": {"metrics": ["revenue"]},
    "ok": True,
    "rows": 1,
    "time_ms": 3,
    "sql": "SELECT 1",
    "error": None,
}
ANSWER = {"response": "R$ 1", "route": ROUTE, "tool_calls": [CALL]}
TURN_ID = new_id()


def _turn(status: TurnStatus, attempt: int = 1, **values: Any) -> TurnRow:
    return TurnRow(
        id=TURN_ID,
        conversation_id=new_id(),
        status=status,
        attempt=attempt,
        asked_at=datetime.now(UTC),
        finished_at=None,
        answer=values.get("answer"),
        error_code=values.get("error_code"),
    )


def _told(attempt: int = 1) -> list[TurnEvent]:
    """What a worker publishes for ANSWER."""
    events: list[TurnEvent] = []
    telling = Telling(attempt, events.extend)
    telling.emit(EventKind.TURN_STARTED, {"turn_id": str(TURN_ID)})
    telling.emit(EventKind.ROUTE_DECIDED, ROUTE)
    begin = {"tool_call": 0, "name": CALL["name"]}
    telling.emit(EventKind.TOOL_CALLED, {**begin, "arguments": CALL["arguments"]})
    end = {name: CALL[name] for name in ("ok", "rows", "error", "time_ms")}
    telling.emit(EventKind.TOOL_FINISHED, {**begin, **end})
    telling.text("R$ 1")
    telling.emit(EventKind.TURN_ANSWERED, ANSWER)
    return events


ANSWERED = _turn(TurnStatus.ANSWERED, answer=ANSWER)


def test_what_redis_has_whole_is_what_is_told() -> None:
    assert replay(ANSWERED, _told(), Place()) == _told()


def test_what_redis_lost_is_rebuilt_as_the_worker_told_it() -> None:
    rebuilt = replay(ANSWERED, [], Place())

    spoken = [event for event in _told() if event.kind is not EventKind.ANSWER_DELTA]
    assert [(event.kind, event.data) for event in rebuilt] == [
        (event.kind, event.data) for event in spoken
    ]
    for mine, theirs in zip(rebuilt[:-1], spoken[:-1], strict=True):
        assert place_of(mine) <= place_of(theirs)
    assert place_of(rebuilt[-1]) >= place_of(spoken[-1])


@given(some.integers(0, 6), some.integers(0, 6))
def test_whoever_resumes_anywhere_after_any_loss_hears_nothing_twice_and_the_end(
    heard: int, lost: int
) -> None:
    """Heard the first few events live; then Redis lost the first few of all."""
    told = _told()
    after = place_of(told[heard - 1]) if heard else Place()

    news = replay(ANSWERED, told[lost:], after)

    places = [place_of(event) for event in news]
    assert all(place > after for place in places)
    assert all(one < other for one, other in pairwise(places))
    before = {json.dumps(event.data) for event in told[:heard] if not event.kind.closes}
    assert not before & {json.dumps(event.data) for event in news}
    if heard < len(told):
        assert news[-1].kind is EventKind.TURN_ANSWERED
        assert news[-1].data == ANSWER
    assert sum(event.kind.closes for event in news) <= 1


def test_a_turn_that_runs_is_told_as_far_as_it_is() -> None:
    running = _turn(TurnStatus.RUNNING)
    assert replay(running, _told()[:3], Place()) == _told()[:3]
    assert [event.kind for event in replay(running, [], Place())] == [EventKind.TURN_STARTED]
    assert replay(_turn(TurnStatus.QUEUED, attempt=0), [], Place()) == []
    assert closing_of(running) is None


def test_a_later_attempt_comes_after_an_earlier_one() -> None:
    second = _turn(TurnStatus.ANSWERED, attempt=2, answer=ANSWER)
    history = [*_told(2), *_told(1)[:2]]

    news = replay(second, history, Place(1, 1))

    assert [event.attempt for event in news] == [1, 2, 2, 2, 2, 2, 2]


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (TurnStatus.FAILED, "model_unavailable", "model_unavailable"),
        (TurnStatus.FAILED, "of_a_newer_version", "of_a_newer_version"),
        (TurnStatus.CANCELLED, None, "cancelled"),
    ],
)
def test_a_turn_that_failed_ends_with_its_code_and_a_message(
    status: TurnStatus, code: str | None, expected: str
) -> None:
    (end,) = [e for e in replay(_turn(status, error_code=code), [], Place()) if e.kind.closes]
    assert end.kind is EventKind.TURN_FAILED
    assert end.data["turn_id"] == str(TURN_ID)
    assert end.data["error"]["code"] == expected
    assert end.data["error"]["message"]


@given(some.integers(0, 10**9 - 1), some.integers(0, 10**9 - 1))
def test_ids_name_their_place(attempt: int, seq: int) -> None:
    event = TurnEvent(kind=EventKind.ANSWER_DELTA, attempt=attempt, seq=seq, data={})
    assert parse_place(event.id) == place_of(event) == Place(attempt, seq)


@pytest.mark.parametrize(
    "text", ["x", "1", "1-", "-1", "1-2-3", " 1-2", "1-2\n", "1" * 10 + "-1", "１-２"]
)
def test_other_ids_are_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        parse_place(text)


@pytest.mark.parametrize("text", [None, ""])
def test_without_an_id_a_reader_begins_at_the_beginning(text: str | None) -> None:
    assert parse_place(text) == Place()
