"""What the console makes of what it read: a trace as bars, figures in the reader's format, events."""

import pytest

from tests.unit.console_answers import empty_trace, trace
from tests.unit.console_stage import stream
from ui import formats, waterfall
from ui.days import every_day
from ui.errors import ApiFailed
from ui.event_lines import events


def test_a_trace_is_bars_on_one_clock() -> None:
    bars = waterfall.bars(trace("words"))

    assert [(bar["kind"], bar["start"], bar["end"], bar["failed"]) for bar in bars] == [
        ("wait", 0, 500, False),
        ("attempt", 500, 2000, False),
        ("model", 600, 1600, True),
        ("attempt", 2000, 5000, False),
        ("step", 2001, 2011, False),
        ("model", 2020, 2920, False),
        ("tool", 2950, 2990, True),
    ]
    assert len({bar["label"] for bar in bars}) == len(bars)


def test_a_turn_that_waits_has_no_bars() -> None:
    assert waterfall.bars(empty_trace()) == []


def test_a_call_that_is_still_open_and_one_of_unknown_beginning() -> None:
    running = trace("words")
    running["finished_at"] = None
    first, second = running["llm_calls"]
    first["started_ms"] = None
    second["time_ms"] = None

    bars = waterfall.bars(running)

    assert [(bar["start"], bar["end"]) for bar in bars if bar["kind"] == "model"] == [(2020, 2020)]
    assert [bar["end"] for bar in bars if bar["kind"] == "attempt"] == [2000, 2990]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "pt",
            [
                "1.234.567",
                "US$ 1.234,50",
                "US$ 0,002980",
                "US$ 0,00",
                "1,8 s",
                "27/11/2026",
                "798.338,59",
            ],
        ),
        (
            "en",
            [
                "1,234,567",
                "US$ 1,234.50",
                "US$ 0.002980",
                "US$ 0.00",
                "1.8 s",
                "2026-11-27",
                "798,338.59",
            ],
        ),
    ],
)
def test_figures_are_in_the_readers_format(
    monkeypatch: pytest.MonkeyPatch, language: str, expected: list[str]
) -> None:
    for module in ("ui.formats.language", "ui.wording.language"):
        monkeypatch.setattr(module, lambda: language)

    assert [
        formats.count(1234567),
        formats.money("1234.5"),
        formats.money("0.00298"),
        formats.money("0.000000"),
        formats.duration(1840.0),
        formats.day("2026-11-27"),
        formats.figure(798338.59),
    ] == expected


def test_a_plot_over_days_has_the_silent_ones_too() -> None:
    report = {"from": "2026-11-25", "to": "2026-11-27", "rows": [{"key": "2026-11-26", "turns": 4}]}

    assert [day["value"] for day in every_day(report, "turns", str)] == [0, 4, 0]


def test_events_are_read_as_they_come() -> None:
    lines = iter(stream(("turn.started", {"a": 1}), ("turn.answered", {"b": "ç\n"})).split("\n"))
    coming = events(lines)

    first = next(coming)
    assert (first.id, first.kind, first.data, first.closes) == (
        "1-1",
        "turn.started",
        {"a": 1},
        False,
    )
    # The second was not read ahead: its lines are still to come.
    assert next(lines) == "id: 1-2"
    assert [event.kind for event in coming] == ["turn.answered"]


@pytest.mark.parametrize("data", ["{", "[]"])
def test_an_event_that_is_none_is_told(data: str) -> None:
    with pytest.raises(ApiFailed):
        list(events(["event: turn.started", f"data: {data}", ""]))
