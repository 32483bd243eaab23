"""A breakdown or a series as a picture: which kind fits, and its data.

Names and members stand in the data and in titles only, as text; see `chart_spec.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from math import isfinite
from typing import Any

from backend.domain.language import Language
from backend.domain.sales import OTHER, MetricTable
from backend.semantic.chart_spec import (
    KEY,
    LONGEST,
    MOST_POINTS,
    PERCENT,
    SCHEMA,
    SERIES,
    VALUE,
    checked,
)
from backend.semantic.model import SemanticModel
from backend.semantic.phrasebook import Phrasebook, phrasebook
from backend.semantic.row_words import told_member
from backend.semantic.validity import PERIOD

#: More bars than this nobody compares, nor more lines than these.
MOST_BARS = 12
MOST_LINES = 8


def chart_of(
    model: SemanticModel, table: MetricTable, language: Language
) -> Mapping[str, Any] | None:
    """Of the first metric: lines over time, else bars. None where there is nothing to compare."""
    query, words = table.query, phrasebook(language)
    metric = model.metrics[query.metrics[0]]
    if query.without is not None or not (query.grain or query.dimensions):
        return None
    points = [
        _point(table, row, metric.name, words)
        for row in table.rows
        if row[metric.name] is not None and isfinite(float(row[metric.name]))
    ]
    points = _largest(points)[:MOST_POINTS] if query.grain else points[:MOST_BARS]
    if len(points) < 2:
        return None
    label = metric.labels[language].singular[:LONGEST]
    value: dict[str, Any] = {"field": VALUE, "type": "quantitative", "title": label}
    if metric.format in ("percent", "ratio"):
        value["axis"] = {"format": PERCENT}
    return _lines(points, value) if query.grain else _bars(points, value)


def _lines(points: Sequence[Mapping[str, Any]], value: Mapping[str, Any]) -> Mapping[str, Any]:
    encoding = {"x": {"field": KEY, "type": "temporal", "title": None}, "y": value}
    if SERIES in points[0]:
        encoding["color"] = {"field": SERIES, "type": "nominal", "title": None}
    return _spec(points, {"type": "line", "tooltip": True, "point": True}, encoding)


def _bars(points: Sequence[Mapping[str, Any]], value: Mapping[str, Any]) -> Mapping[str, Any]:
    encoding = {"y": {"field": KEY, "type": "nominal", "title": None, "sort": None}, "x": value}
    return _spec(points, {"type": "bar", "tooltip": True}, encoding)


def _spec(
    points: Sequence[Mapping[str, Any]], mark: Mapping[str, Any], encoding: Mapping[str, Any]
) -> Mapping[str, Any]:
    return checked(
        {"$schema": SCHEMA, "data": {"values": list(points)}, "mark": mark, "encoding": encoding}
    )


def _point(
    table: MetricTable, row: Mapping[str, Any], metric: str, words: Phrasebook
) -> dict[str, Any]:
    query = table.query
    whose = words.say("keys").join(_member(row[name], words) for name in query.dimensions)
    value = float(row[metric])
    if not query.grain:
        return {KEY: whose[:LONGEST], VALUE: value}
    day = row[PERIOD]
    first = day.isoformat() if isinstance(day, date) else str(day)[:10]
    point = {KEY: first, VALUE: value}
    return {**point, SERIES: whose[:LONGEST]} if query.dimensions else point


def _largest(points: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines with the most in them, each with all its points."""
    sums: dict[str, float] = {}
    for point in points:
        name = point.get(SERIES, "")
        sums[name] = sums.get(name, 0.0) + abs(point[VALUE])
    kept = set(sorted(sums, key=lambda name: -sums[name])[:MOST_LINES])
    return [point for point in points if point.get(SERIES, "") in kept]


def _member(member: Any, words: Phrasebook) -> str:
    if member == OTHER:
        return words.say("item.others")
    return words.say("table.nothing") if member is None else told_member(member, words)
