"""A MetricQuery as the JSON of the public contract, both ways. Strict: what is not known is refused.

Keys: metrics, dimensions, filters, from, to, grain, order, order_by, limit. What is absent is not
asked for; days are inclusive and written YYYY-MM-DD.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, get_args

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import Grain, MetricQuery

Order = Literal["desc", "asc"]

_KEYS = (
    "metrics",
    "dimensions",
    "filters",
    "from",
    "to",
    "grain",
    "order",
    "order_by",
    "limit",
)


def query_to_arguments(query: MetricQuery) -> dict[str, Any]:
    """The query as JSON values, with nothing but what it asks for."""
    arguments: dict[str, Any] = {
        "metrics": list(query.metrics),
        "dimensions": list(query.dimensions),
        "filters": {name: list(members) for name, members in query.filters.items()},
        "from": query.from_date.isoformat() if query.from_date else None,
        "to": query.to_date.isoformat() if query.to_date else None,
        "grain": query.grain,
        "order": query.order,
        "order_by": query.order_by,
        "limit": query.limit,
    }
    return {name: value for name, value in arguments.items() if value}


def query_from_arguments(arguments: Mapping[str, Any]) -> MetricQuery:
    """The query that the arguments spell. Raises SalesQueryInvalid, naming the first wrong one.

    Whether the model defines what is named is checked where the query is compiled.
    """
    unknown = sorted(str(key) for key in arguments if key not in _KEYS)
    if unknown:
        raise SalesQueryInvalid(f"unknown argument {unknown[0][:64]!r}; known: {', '.join(_KEYS)}")
    metrics = _texts(arguments, "metrics")
    if not metrics:
        raise SalesQueryInvalid("'metrics' must name at least one metric")
    return MetricQuery(
        metrics=metrics,
        dimensions=_texts(arguments, "dimensions"),
        filters=_filters(arguments),
        from_date=_day(arguments, "from"),
        to_date=_day(arguments, "to"),
        grain=_one_of(arguments, "grain", get_args(Grain)),
        order=_one_of(arguments, "order", get_args(Order)),
        order_by=_text(arguments, "order_by"),
        limit=_limit(arguments),
    )


def _texts(arguments: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return _list_of_texts(arguments.get(name, []), name)


def _list_of_texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise SalesQueryInvalid(f"{name!r} must be a list of names")
    return tuple(value)


def _filters(arguments: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    value = arguments.get("filters", {})
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise SalesQueryInvalid("'filters' must map names of dimensions to lists of members")
    return {name: _list_of_texts(members, f"filters.{name}") for name, members in value.items()}


def _text(arguments: Mapping[str, Any], name: str) -> str | None:
    value = arguments.get(name)
    if value is not None and not isinstance(value, str):
        raise SalesQueryInvalid(f"{name!r} must be a name")
    return value


def _day(arguments: Mapping[str, Any], name: str) -> date | None:
    text = _text(arguments, name)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # fromisoformat also reads forms that the contract does not have ("20261031").
    if day is None or day.isoformat() != text:
        raise SalesQueryInvalid(f"{name!r} must be a day as YYYY-MM-DD")
    return day


def _one_of(arguments: Mapping[str, Any], name: str, choices: tuple[Any, ...]) -> Any:
    text = _text(arguments, name)
    if text is not None and text not in choices:
        raise SalesQueryInvalid(f"{name!r} must be one of: {', '.join(choices)}")
    return text


def _limit(arguments: Mapping[str, Any]) -> int | None:
    value = arguments.get("limit")
    if value is None:
        return None
    # True is an int to Python, and no limit to anybody.
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise SalesQueryInvalid("'limit' must be a whole number of 1 or more")
    return value
