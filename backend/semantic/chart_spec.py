"""What a picture of figures may be: a Vega-Lite specification of data, refused if anything in it could
be run or fetched.

An allow-list of shapes, not a search for bad ones: a key, a value or a type that is not listed here is
refused, whatever it means to Vega-Lite.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
#: The only columns that the data has, so no name of a client's is ever read as a path.
KEY, VALUE, SERIES = "key", "value", "series"
#: A year of days, with room.
MOST_POINTS = 400
#: Of a name or a title.
LONGEST = 200
#: How an axis may write numbers: the figure as it is, or a fraction as percent.
PERCENT = ".0%"

_TYPES = frozenset({"nominal", "quantitative", "temporal"})
_MARKS: tuple[Mapping[str, Any], ...] = (
    {"type": "bar", "tooltip": True},
    {"type": "line", "tooltip": True, "point": True},
)


class ChartRefused(ValueError):
    """The specification holds more than data."""


def checked(spec: Mapping[str, Any]) -> Mapping[str, Any]:
    """The specification itself. Raises ChartRefused, naming the part."""
    _only(spec, {"$schema", "data", "mark", "encoding"}, "chart")
    if spec["$schema"] != SCHEMA:
        raise ChartRefused("chart: another schema")
    _only(spec["data"], {"values"}, "data")
    rows = spec["data"]["values"]
    if not isinstance(rows, list) or len(rows) > MOST_POINTS:
        raise ChartRefused(f"data: not a list of at most {MOST_POINTS} rows")
    for row in rows:
        _check_row(row)
    if spec["mark"] not in _MARKS:
        raise ChartRefused("mark: neither our bars nor our lines")
    channels = spec["encoding"]
    _only(channels, {"x", "y"}, "encoding", {"color"})
    for channel in channels.values():
        _check_channel(channel)
    return spec


def _check_row(row: Any) -> None:
    _only(row, {KEY, VALUE}, "data", {SERIES})
    value = row[VALUE]
    # True is an int to Python, and JSON has no infinity.
    if not isinstance(value, float) or not isfinite(value):
        raise ChartRefused("data: a value is no number")
    for name in (KEY, SERIES):
        if not _is_text(row.get(name, "")):
            raise ChartRefused("data: a name is no text, or too long")


def _check_channel(channel: Any) -> None:
    _only(channel, {"field", "type", "title"}, "encoding", {"sort", "axis"})
    if channel["field"] not in (KEY, VALUE, SERIES) or channel["type"] not in _TYPES:
        raise ChartRefused("encoding: another field or type")
    if channel["title"] is not None and not _is_text(channel["title"]):
        raise ChartRefused("encoding: a title is no text, or too long")
    if channel.get("sort") is not None:
        raise ChartRefused("encoding: rows stay in their order")
    if channel.get("axis", {"format": PERCENT}) != {"format": PERCENT}:
        raise ChartRefused("encoding: another axis")


def _only(
    part: Any, needed: set[str], where: str, allowed: set[str] | frozenset[str] = frozenset()
) -> None:
    if not isinstance(part, Mapping) or not needed <= set(part) <= needed | allowed:
        raise ChartRefused(f"{where}: more or less than {', '.join(sorted(needed))}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST
