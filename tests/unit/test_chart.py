"""Charts hold data and nothing else, whatever a client's members are called."""

from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, MetricTable
from backend.semantic.chart import MOST_BARS, ChartRefused, chart_of, checked
from backend.semantic.chart_svg import svg_of
from tests.unit.semantic_model import MODEL

HOSTILE = [
    "<script>alert(1)</script>",
    "${datum.x}",
    "]]>",
    "&lt;",
    "javascript:x",
    "\x00",
    "a" * 200,
]


def table(rows: list[dict[str, Any]], **query: Any) -> MetricTable:
    return MetricTable(
        query=MetricQuery(metrics=("revenue",), **query),
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


@given(st.lists(st.text(max_size=40) | st.sampled_from(HOSTILE), min_size=2, max_size=15))
def test_members_are_data_whatever_they_are_called(members: list[str]) -> None:
    spec = chart_of(MODEL, bars(members), Language.PORTUGUESE)
    assert spec is not None
    assert checked(spec) == spec
    root = ElementTree.fromstring(svg_of(spec))  # noqa: S314 - our own picture
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "rect", "text", "polyline"}
    names = {name for element in root.iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name}


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
    ],
)
def test_what_holds_more_than_data_is_refused(change: dict[str, Any]) -> None:
    sound = chart_of(MODEL, bars(["Sul", "Norte"]), Language.PORTUGUESE)
    assert sound is not None
    with pytest.raises(ChartRefused):
        checked({**sound, **change})
