"""A MetricQuery as the JSON of the public contract, both ways. Strict: what is not known is refused.

What is absent is not asked for; days are inclusive and written YYYY-MM-DD.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal, get_args

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import Comparison, Grain, MetricQuery, Operator, Threshold

Order = Literal["desc", "asc"]

_KEYS = (
    *("metrics", "dimensions", "filters", "exclude", "from", "to", "grain", "compare"),
    *("order", "order_by", "limit", "other", "having", "share", "cumulative", "without"),
    "data_source",
)
_HAVING_KEYS = {"metric", "op", "value"}


def query_to_arguments(query: MetricQuery) -> dict[str, Any]:
    """The query as JSON values, with nothing but what it asks for."""
    arguments: dict[str, Any] = {
        "metrics": list(query.metrics),
        "dimensions": list(query.dimensions),
        "filters": {name: list(members) for name, members in query.filters.items()},
        "exclude": {name: list(members) for name, members in query.exclude.items()},
        "from": query.from_date.isoformat() if query.from_date else None,
        "to": query.to_date.isoformat() if query.to_date else None,
        "grain": query.grain,
        "compare": query.compare,
        "order": query.order,
        "order_by": query.order_by,
        "limit": query.limit,
        "other": query.other,
        "having": [
            {"metric": each.metric, "op": each.op, "value": _plain(each.value)}
            for each in query.having
        ],
        "share": query.share,
        "cumulative": query.cumulative,
        "without": query.without,
        "data_source": query.data_source,
    }
    return {name: value for name, value in arguments.items() if value}


def query_from_arguments(arguments: Mapping[str, Any]) -> MetricQuery:
    """The query that the arguments spell. Raises SalesQueryInvalid, naming the first wrong one.

    Whether the model defines what is named is checked where the query is compiled.
    """
    _no_other(arguments, _KEYS, "")
    metrics = _texts(arguments, "metrics")
    if not metrics:
        raise SalesQueryInvalid("'metrics' must name at least one metric")
    return MetricQuery(
        metrics=metrics,
        dimensions=_texts(arguments, "dimensions"),
        filters=_members(arguments, "filters"),
        exclude=_members(arguments, "exclude"),
        from_date=_day(arguments, "from"),
        to_date=_day(arguments, "to"),
        grain=_one_of(arguments, "grain", get_args(Grain)),
        compare=_one_of(arguments, "compare", get_args(Comparison)),
        order=_one_of(arguments, "order", get_args(Order)),
        order_by=_text(arguments, "order_by"),
        limit=_limit(arguments),
        other=_flag(arguments, "other"),
        having=_having(arguments),
        share=_flag(arguments, "share"),
        cumulative=_flag(arguments, "cumulative"),
        without=_text(arguments, "without"),
        data_source=_text(arguments, "data_source"),
    )


def _no_other(given: Mapping[Any, Any], known: tuple[str, ...] | set[str], place: str) -> None:
    unknown = sorted(str(key) for key in given if key not in known)
    if unknown:
        names = ", ".join(known if isinstance(known, tuple) else sorted(known))
        raise SalesQueryInvalid(f"unknown argument {place}{unknown[0][:64]!r}; known: {names}")


def _texts(arguments: Mapping[str, Any], name: str) -> tuple[str, ...]:
    return _list_of_texts(arguments.get(name, []), name)


def _list_of_texts(value: Any, name: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise SalesQueryInvalid(f"{name!r} must be a list of names")
    return tuple(value)


def _members(arguments: Mapping[str, Any], key: str) -> dict[str, tuple[str, ...]]:
    value = arguments.get(key, {})
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise SalesQueryInvalid(f"{key!r} must map names of dimensions to lists of members")
    return {name: _list_of_texts(members, f"{key}.{name}") for name, members in value.items()}


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


def _flag(arguments: Mapping[str, Any], name: str) -> bool:
    value = arguments.get(name)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise SalesQueryInvalid(f"{name!r} must be true or false")
    return value


def _having(arguments: Mapping[str, Any]) -> tuple[Threshold, ...]:
    value = arguments.get("having")
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, Mapping) for each in value):
        raise SalesQueryInvalid("'having' must be a list of {metric, op, value}")
    return tuple(_threshold(each) for each in value)


def _threshold(value: Mapping[str, Any]) -> Threshold:
    _no_other(value, _HAVING_KEYS, "having.")
    metric = _text(value, "metric")
    op = _one_of(value, "op", get_args(Operator))
    number = value.get("value")
    is_number = isinstance(number, int | float | Decimal) and not isinstance(number, bool)
    # By its text, so that 0.1 is a tenth and not the nearest binary fraction.
    bound = Decimal(str(number)) if is_number else Decimal("NaN")
    if metric is None or op is None or not bound.is_finite():
        raise SalesQueryInvalid("'having' must give a metric, an op and a number as value")
    return Threshold(metric=metric, op=op, value=bound)


def _plain(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
