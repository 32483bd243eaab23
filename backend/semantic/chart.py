"""A breakdown or a series as a picture: a Vega-Lite specification that holds data and never code.

Names and members stand in the data and in titles only, as text. Nothing in it is an expression, an
address or a transformation, and `checked` refuses a specification in which something would be.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend.domain.language import Language
from backend.domain.sales import OTHER, MetricTable
from backend.semantic.model import SemanticModel
from backend.semantic.phrasebook import phrasebook

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
#: More bars than this nobody compares; a series may have more points.
MOST_BARS = 12
MOST_POINTS = 400

_KEYS = frozenset(
    {
        *("$schema", "data", "values", "mark", "encoding", "x", "y", "color", "tooltip", "title"),
        *("field", "type", "sort", "axis", "format", "point", "description", "width", "height"),
    }
)
_TYPES = frozenset({"nominal", "quantitative", "temporal"})
_MARKS = frozenset({"bar", "line"})
_X, _Y, _SERIES = "key", "value", "series"


class ChartRefused(ValueError):
    """The specification holds more than data."""


def chart_of(
    model: SemanticModel, table: MetricTable, language: Language
) -> Mapping[str, Any] | None:
    """The picture of a table; None where there is nothing to compare."""
    query = table.query
    if query.without is not None or len(table.rows) < 2 or len(query.dimensions) > 1:
        return None
    metric = query.metrics[0]
    label = model.metrics[metric].labels[language].singular
    others = phrasebook(language).say("item.others")
    if query.grain:
        series = query.dimensions[0] if query.dimensions else None
        points = [
            {
                _X: _day(row["period"]),
                _Y: float(row[metric]),
                **({_SERIES: _member(row[series], others)} if series else {}),
            }
            for row in table.rows[:MOST_POINTS]
            if row[metric] is not None
        ]
        return _spec(points, "line", "temporal", label, coloured=series is not None)
    if not query.dimensions:
        return None
    bars = [
        {_X: _member(row[query.dimensions[0]], others), _Y: float(row[metric])}
        for row in table.rows[:MOST_BARS]
        if row[metric] is not None
    ]
    return _spec(bars, "bar", "nominal", label, coloured=False)


def checked(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The specification, if it holds data and nothing that a drawer would run or fetch.

    Raises ChartRefused.
    """
    if set(spec) - _KEYS or spec.get("$schema") != SCHEMA or set(spec["data"]) != {"values"}:
        raise ChartRefused("unknown members")
    for row in spec["data"]["values"]:
        if set(row) - {_X, _Y, _SERIES} or not isinstance(row[_Y], float):
            raise ChartRefused("unknown columns")
    mark = spec["mark"]
    if mark.get("type") not in _MARKS or set(mark) - {"type", "point", "tooltip"}:
        raise ChartRefused("unknown mark")
    for channel in spec["encoding"].values():
        if set(channel) - _KEYS or channel.get("type") not in _TYPES:
            raise ChartRefused("unknown encoding")
        if channel.get("field") not in (_X, _Y, _SERIES):
            raise ChartRefused("unknown field")
    return spec


def _spec(
    points: Sequence[Mapping[str, Any]], mark: str, kind: str, label: str, *, coloured: bool
) -> Mapping[str, Any] | None:
    if len(points) < 2:
        return None
    key = {"field": _X, "type": kind, "title": None}
    value = {"field": _Y, "type": "quantitative", "title": label}
    across = {"x": key, "y": value} if mark == "line" else {"y": {**key, "sort": None}, "x": value}
    colour = {"color": {"field": _SERIES, "type": "nominal", "title": None}} if coloured else {}
    shape = {"type": mark, "tooltip": True, **({"point": True} if mark == "line" else {})}
    return checked(
        {
            "$schema": SCHEMA,
            "data": {"values": list(points)},
            "mark": shape,
            "encoding": {**across, **colour},
        }
    )


def _member(member: Any, others: str) -> str:
    return others if member == OTHER else "–" if member is None else str(member)


def _day(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)[:10]
