"""A trace as bars on one clock: milliseconds since the question was asked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ui import formats
from ui.wording import say

Bar = dict[str, Any]
Trace = Mapping[str, Any]


def bars(trace: Trace) -> list[Bar]:
    """In the order in which they began; each with a label of its own."""
    begun = {each["attempt"]: _since(trace, each["started_at"]) for each in trace["attempts"]}
    inside = sorted(
        [
            *(
                _bar("step", f"{step['kind']} · {step['name']}", step, begun)
                for step in trace["steps"]
            ),
            *_calls("model", trace["llm_calls"], begun),
            *_calls("tool", trace["tool_calls"], begun),
        ],
        key=lambda bar: (bar["start"], bar["end"]),
    )
    outside = [*_wait(trace), *_attempts(trace, begun, inside)]
    whole = sorted([*outside, *inside], key=lambda bar: (bar["start"], -_rank(bar)))
    return _told_apart(whole)


def _rank(bar: Bar) -> int:
    """What holds the others comes before them."""
    return {"wait": 2, "attempt": 1}.get(bar["kind"], 0)


def _wait(trace: Trace) -> list[Bar]:
    waited = trace["queue_wait_ms"]
    return [] if waited is None else [_made("wait", say("bars.wait"), 0, waited)]


def _attempts(trace: Trace, begun: Mapping[int, int], inside: list[Bar]) -> list[Bar]:
    """Each until the next one began; the last until the turn was over, or its last bar is."""
    found = []
    for attempt, start in begun.items():
        following = begun.get(attempt + 1)
        own = [bar["end"] for bar in inside if bar["attempt"] == attempt]
        end = (
            max([start, *own])
            if trace["finished_at"] is None
            else _since(trace, trace["finished_at"])
        )
        name = f"{say('bars.attempt')} {formats.count(attempt)}"
        found.append(_made("attempt", name, start, end if following is None else following))
    return found


def _calls(kind: str, calls: list[dict[str, Any]], begun: Mapping[int, int]) -> list[Bar]:
    """Of those whose beginning is known; the tables show all."""
    return [
        _bar(
            kind,
            call["name"] if kind == "tool" else f"{call['model']} · {call['purpose']}",
            call,
            begun,
        )
        for call in calls
        if call["started_ms"] is not None
    ]


def _bar(kind: str, name: str, what: Mapping[str, Any], begun: Mapping[int, int]) -> Bar:
    start = begun.get(what["attempt"], 0) + what["started_ms"]
    failed = what.get("ok") is False or what.get("state") == "failed"
    end = start + (what["time_ms"] or 0)
    return {**_made(kind, name, start, end), "failed": failed, "attempt": what["attempt"]}


def _made(kind: str, name: str, start: int, end: int) -> Bar:
    return {
        "kind": kind,
        "label": name,
        "start": start,
        "end": end,
        "failed": False,
        "attempt": None,
        "shown": formats.duration(end - start),
    }


def _told_apart(whole: list[Bar]) -> list[Bar]:
    """An axis draws equal labels as one: the second of a name is numbered."""
    seen: dict[str, int] = {}
    for bar in whole:
        times = seen[bar["label"]] = seen.get(bar["label"], 0) + 1
        if times > 1:
            bar["label"] = f"{bar['label']} ({times})"
    return whole


def _since(trace: Trace, stamp: str) -> int:
    asked = datetime.fromisoformat(trace["asked_at"])
    return round((datetime.fromisoformat(stamp) - asked).total_seconds() * 1000)
