"""Charts hold data and nothing else, whatever a client's members are called."""

from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, MetricTable
from backend.semantic.chart import MOST_BARS, MOST_LINES, chart_of
from backend.semantic.chart_spec import LONGEST, MOST_POINTS, ChartRefused, checked
from backend.semantic.chart_svg import svg_of
from tests.unit.semantic_model import MODEL

HOSTILE = [
    "<script>alert(1)</script>",
    "${datum.x}",
    "]]>",
    "&lt;",
    "javascript:x",
    "\x00",
    "a" * 1_000,
    "datum.constructor.constructor('alert(1)')()",
    "signal",
    "\ud800\ufffe",
    "https://elsewhere.invalid/x.png",
    "<foreignObject/>",
    '" onload="alert(1)',
]
NAMES = st.none() | st.text(max_size=40) | st.sampled_from(HOSTILE)
VALUES = st.none() | st.decimals(allow_nan=False, allow_infinity=False) | st.integers()
VALUE_CHANNEL = {"field": "value", "type": "quantitative", "title": "x"}
#: All the attributes that our pictures have; none of them is an address or a handler.
PLAIN = {
    "xmlns",
    "viewBox",
    "font-family",
    "font-size",
    "font-weight",
    "fill",
    "width",
    "height",
} | {
    *("x", "y", "text-anchor", "points", "stroke", "stroke-width"),
}


def table(
    rows: list[dict[str, Any]], metrics: tuple[str, ...] = ("revenue",), **query: Any
) -> MetricTable:
    return MetricTable(
        query=MetricQuery(metrics=metrics, **query),
        columns=(),
        rows=tuple(rows),
        sql="",
        source="demo",
        model_version="1",
        read_at="2026-11-24T12:00:00+00:00",
    )


def bars(members: list[str]) -> MetricTable:
    rows = [{"region": each, "revenue": Decimal(number)} for number, each in enumerate(members)]
    return table(rows, dimensions=("region",))


def test_a_breakdown_is_bars_and_a_series_a_line() -> None:
    by_region = chart_of(MODEL, bars(["Sul", "Norte"]), Language.PORTUGUESE)
    assert by_region is not None
    assert by_region["mark"]["type"] == "bar"
    assert by_region["data"]["values"][0] == {"key": "Sul", "value": 0.0}

    months = [{"period": date(2026, month, 1), "revenue": Decimal(month)} for month in (1, 2, 3)]
    series = chart_of(MODEL, table(months, grain="month"), Language.PORTUGUESE)
    assert series is not None
    assert series["mark"]["type"] == "line"
    assert [row["key"] for row in series["data"]["values"]] == [
        "2026-01-01", "2026-02-01", "2026-03-01",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "nothing",
    [
        table([{"revenue": Decimal(1)}]),
        bars(["Sul"]),
        table([{"region": "Sul"}] * 3, dimensions=("region",), without="revenue"),
    ],
)
def test_where_there_is_nothing_to_compare_there_is_no_chart(nothing: MetricTable) -> None:
    assert chart_of(MODEL, nothing, Language.PORTUGUESE) is None


def test_more_bars_than_can_be_compared_are_left_out() -> None:
    spec = chart_of(MODEL, bars([f"r{n}" for n in range(50)]), Language.PORTUGUESE)
    assert spec is not None
    assert len(spec["data"]["values"]) == MOST_BARS


def test_rows_of_two_dimensions_are_bars_with_both_names() -> None:
    rows: list[dict[str, Any]] = [
        {"region": "Sul", "channel": "Portal", "revenue": 2},
        {"region": None, "channel": "Loja", "revenue": 1},
    ]
    spec = chart_of(MODEL, table(rows, dimensions=("region", "channel")), Language.PORTUGUESE)
    assert spec is not None
    assert [row["key"] for row in spec["data"]["values"]] == ["Sul · Portal", "– · Loja"]


def test_of_many_lines_the_largest_are_drawn_whole() -> None:
    rows = [
        {"period": date(2026, month, 1), "region": f"r{number}", "revenue": Decimal(number)}
        for month in (1, 2, 3)
        for number in range(20)
    ]
    spec = chart_of(MODEL, table(rows, grain="month", dimensions=("region",)), Language.ENGLISH)
    assert spec is not None
    drawn = [row["series"] for row in spec["data"]["values"]]
    assert set(drawn) == {f"r{number}" for number in range(20 - MOST_LINES, 20)}
    assert len(drawn) == 3 * MOST_LINES
    assert svg_of(spec, Language.ENGLISH).count("<polyline") == MOST_LINES


def test_a_rate_is_drawn_in_percent_and_every_picture_in_the_readers_format() -> None:
    rows: list[dict[str, Any]] = [
        {"region": "Sul", "margin_rate": Decimal("0.125")},
        {"region": "Norte", "margin_rate": 1},
    ]
    rates = table(rows, metrics=("margin_rate",), dimensions=("region",))
    spec = chart_of(MODEL, rates, Language.PORTUGUESE)
    assert spec is not None
    assert spec["encoding"]["x"]["axis"] == {"format": ".0%"}
    assert ">12,5%</text>" in svg_of(spec, Language.PORTUGUESE)
    assert ">12.5%</text>" in svg_of(spec, Language.ENGLISH)


@example([("a", "b", Decimal("1e400")), ("c", "d", 10**308), ("e", "f", -(10**308))], False, False)
@given(st.lists(st.tuples(NAMES, NAMES, VALUES), max_size=15), st.booleans(), st.booleans())
def test_any_table_makes_a_picture_of_data_or_none(
    cells: list[tuple[str | None, str | None, Any]], over_time: bool, by_two: bool
) -> None:
    rows = [
        {
            "period": date(2026, 1 + number % 12, 1),
            "region": one,
            "channel": other,
            "revenue": value,
        }
        for number, (one, other, value) in enumerate(cells)
    ]
    dimensions = ("region", "channel") if by_two else ("region",)
    answer = table(rows, dimensions=dimensions, grain="month" if over_time else None)
    spec = chart_of(MODEL, answer, Language.PORTUGUESE)
    if spec is None:
        assert len([row for row in rows if row["revenue"] is not None]) < 2 or any(
            abs(row["revenue"] or 0) > 1e300 for row in rows
        )
        return
    assert checked(spec) == spec
    picture = svg_of(spec, Language.PORTUGUESE)
    assert picture == svg_of(spec, Language.PORTUGUESE)
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own picture
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "rect", "text", "polyline"}
    assert {name for element in root.iter() for name in element.attrib} <= PLAIN


@pytest.mark.parametrize(
    "change",
    [
        {"transform": [{"calculate": "alert(1)", "as": "x"}]},
        {"data": {"url": "http://elsewhere.invalid/data.json"}},
        {"mark": {"type": "image", "url": "http://elsewhere.invalid/x.png"}},
        {"mark": {"type": "bar", "href": "x"}},
        {"encoding": {"x": {"field": "key", "type": "nominal", "condition": {"test": "1"}}}},
        {"encoding": {"x": {"field": "datum['x']", "type": "nominal"}}},
        {"params": [{"name": "p", "expr": "1"}]},
        {"$schema": "http://elsewhere.invalid/schema.json"},
        {"data": {"values": [{"key": {"expr": "1"}, "value": 1.0}]}},
        {"data": {"values": [{"key": "a", "value": {"signal": "x"}}]}},
        {"data": {"values": [{"key": "a", "value": float("nan")}]}},
        {"data": {"values": [{"key": "a", "value": 1.0, "href": "x"}]}},
        {"data": {"values": [{"key": "a" * (LONGEST + 1), "value": 1.0}]}},
        {"data": {"values": [{"key": "a", "value": 1.0}] * (MOST_POINTS + 1)}},
        {"data": {"values": {"sequence": {"start": 0, "stop": 1e9}}}},
        {"mark": "bar"},
        {"mark": {"type": "bar", "tooltip": {"signal": "alert(1)"}}},
        {"title": {"text": {"expr": "alert(1)"}}},
        {"width": {"signal": "x"}},
        {"encoding": {"x": {"field": "key", "type": "nominal", "title": {"expr": "1"}}}},
        {"encoding": {"x": {"field": "key", "type": "nominal", "title": None}}},
        {
            "encoding": {
                "x": VALUE_CHANNEL,
                "y": {**VALUE_CHANNEL, "axis": {"labelExpr": "alert(1)"}},
            }
        },
        {"encoding": {"x": VALUE_CHANNEL, "y": {**VALUE_CHANNEL, "sort": {"field": "datum"}}}},
        {"encoding": {"x": VALUE_CHANNEL, "y": VALUE_CHANNEL, "href": VALUE_CHANNEL}},
        {"encoding": {"x": VALUE_CHANNEL, "y": {**VALUE_CHANNEL, "scale": {"scheme": "x"}}}},
    ],
)
def test_what_holds_more_than_data_is_refused(change: dict[str, Any]) -> None:
    sound = chart_of(MODEL, bars(["Sul", "Norte"]), Language.PORTUGUESE)
    assert sound is not None
    assert checked({**sound}) == sound
    with pytest.raises(ChartRefused):
        checked({**sound, **change})
