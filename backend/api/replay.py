"""A turn's events for somebody who comes late: from Redis, and from the row what Redis lost.

Pure. Ids order events; a rebuilt milestone never has a higher one than the worker gave it, so a
reader who resumes may miss a milestone after a loss but sees none twice. The end is never missed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.api.replies import ChatAnswer
from backend.domain.errors import InvalidRequest, PersonErased, public_message
from backend.domain.events import EventKind, TurnEvent
from backend.domain.identity import TurnId
from backend.domain.turns import TurnStatus
from backend.store.turns import TurnRow

#: After every event that a worker numbers: Redis keeps 2,000 of a turn.
CLOSING_SEQ = 1_000_000

_ID = re.compile(r"(\d{1,9})-(\d{1,9})", re.ASCII)
CLOSED = frozenset({TurnStatus.ANSWERED, TurnStatus.FAILED, TurnStatus.CANCELLED})


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """How far a reader is: the id of the last event it has."""

    attempt: int = 0
    seq: int = 0


def place_of(event: TurnEvent) -> Place:
    return Place(event.attempt, event.seq)


def parse_place(text: str | None) -> Place:
    """A `Last-Event-ID`; the beginning without one. Raises InvalidRequest."""
    if not text:
        return Place()
    found = _ID.fullmatch(text)
    if found is None:
        raise InvalidRequest("`Last-Event-ID` is not an id of these events (`attempt-seq`)")
    return Place(int(found[1]), int(found[2]))


def replay(turn: TurnRow, history: Sequence[TurnEvent], after: Place) -> list[TurnEvent]:
    """The events after a place, in order; they end with the closing one if the turn is over."""
    events = list(history)
    if not _is_whole(turn, history):
        # Text without its beginning would mislead; the end brings all of it.
        events = [*_milestones(turn), *(() if turn.status in CLOSED else history)]
    end = closing_of(turn)
    if end is not None and not any(event.kind.closes for event in events):
        events.append(end)
    by_place = {place_of(event): event for event in events}
    return [by_place[place] for place in sorted(by_place) if place > after]


def closing_of(turn: TurnRow) -> TurnEvent | None:
    """The event that ended the turn, from its row; None while it is open."""
    if turn.status not in CLOSED:
        return None
    return closing_event(
        TurnId(turn.id),
        status=turn.status,
        attempt=turn.attempt,
        answer=turn.answer,
        error_code=turn.error_code,
    )


def closing_event(
    turn_id: TurnId,
    *,
    status: TurnStatus,
    attempt: int,
    answer: Mapping[str, Any] | None,
    error_code: str | None,
) -> TurnEvent:
    """The last event of a turn that is over, from its row."""
    if status is TurnStatus.ANSWERED and answer is not None:
        kind, data = EventKind.TURN_ANSWERED, in_order(answer)
    else:
        kind, data = (
            EventKind.TURN_FAILED,
            {"turn_id": str(turn_id), "error": failure(error_code or status)},
        )
    return TurnEvent(kind=kind, attempt=attempt, seq=CLOSING_SEQ, data=data)


def erased_event(turn_id: TurnId) -> TurnEvent:
    """The end of a turn whose row is gone, because whoever asked was erased."""
    return closing_event(
        turn_id,
        status=TurnStatus.CANCELLED,
        attempt=0,
        answer=None,
        error_code=PersonErased.code,
    )


def in_order(answer: Mapping[str, Any]) -> dict[str, Any]:
    """A stored body with its members in the contract's order, which the database does not keep."""
    first = {name: answer[name] for name in ChatAnswer.__struct_fields__ if name in answer}
    return {**first, **answer}


def failure(error_code: str) -> dict[str, str]:
    """A stored error code as callers read it."""
    return {"code": error_code, "message": public_message(error_code)}


def _is_whole(turn: TurnRow, history: Sequence[TurnEvent]) -> bool:
    """Whether Redis still has the current attempt from its first event on."""
    return any(
        event.kind is EventKind.TURN_STARTED and event.attempt >= turn.attempt for event in history
    )


def _milestones(turn: TurnRow) -> list[TurnEvent]:
    """What the row says of the turn's course: as a worker tells it when it speaks no text."""
    if turn.attempt == 0:
        return []
    told: list[tuple[EventKind, Mapping[str, Any]]] = [
        (EventKind.TURN_STARTED, {"turn_id": str(turn.id)})
    ]
    if turn.answer is not None:
        told.append((EventKind.ROUTE_DECIDED, turn.answer["route"]))
        for number, call in enumerate(turn.answer["tool_calls"]):
            begun = {"tool_call": number, "name": call["name"]}
            told.append((EventKind.TOOL_CALLED, {**begun, "arguments": call["arguments"]}))
            ended = {key: call[key] for key in ("ok", "rows", "error", "time_ms")}
            told.append((EventKind.TOOL_FINISHED, {**begun, **ended}))
    return [
        TurnEvent(kind=kind, attempt=turn.attempt, seq=seq, data=data)
        for seq, (kind, data) in enumerate(told, start=1)
    ]
