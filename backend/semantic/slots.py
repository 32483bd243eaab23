"""The values of a query by the name of their place in the statement.

A statement's shape depends on which names there are; only the values differ between two questions
of the same shape.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from backend.domain.sales import MetricQuery
from backend.semantic.comparison import previous_days
from backend.semantic.model import SemanticModel, Since
from backend.semantic.parts import parts_of
from backend.semantic.running_total import first_period, start_of
from backend.semantic.values import Value, filter_values


def slot_values(model: SemanticModel, query: MetricQuery) -> dict[str, Value]:
    """Slot -> value, in the order of the statement. Raises SalesQueryInvalid."""
    return {name: value for name, value in _values(model, query) if value is not None}


def day_slots(*, since: Since | None, previous: bool) -> tuple[str, str]:
    """The slots of the first and the last day."""
    last = "previous_to" if previous else "to"
    if since is not None:
        return f"{'previous_' if previous else ''}since_{since}", last
    return "previous_from" if previous else "from", last


def member_slots(query: MetricQuery, dimension: str, *, excluded: bool) -> Iterator[str]:
    """One slot for each different member."""
    members = (query.exclude if excluded else query.filters)[dimension]
    kind = "not" if excluded else "is"
    for number, _ in enumerate(dict.fromkeys(members)):
        yield f"{kind}_{dimension}_{number}"


def _values(model: SemanticModel, query: MetricQuery) -> Iterator[tuple[str, Value | None]]:
    yield "from", query.from_date
    yield "to", query.to_date
    ranges: list[tuple[bool, date | None, date | None]] = [(False, query.from_date, query.to_date)]
    if query.compare is not None:
        ranges.append((True, *previous_days(query)))
        yield "previous_from", ranges[1][1]
        yield "previous_to", ranges[1][2]
    for since in running(model, query):
        for previous, first, last in ranges:
            slot, _ = day_slots(since=since, previous=previous)
            yield slot, start_of(model, since, first if query.grain else last)
        yield "first_period", first_period(model, query)
    for excluded, members in ((False, query.filters), (True, query.exclude)):
        for dimension, named in members.items():
            values = filter_values(model, dimension, named)
            yield from zip(member_slots(query, dimension, excluded=excluded), values, strict=False)
    for number, each in enumerate(query.having):
        yield f"having_{number}", each.value


def running(model: SemanticModel, query: MetricQuery) -> tuple[Since, ...]:
    """The beginnings of the running totals that the query asks for."""
    names = (*query.metrics, *(each.metric for each in query.having))
    parts = (part for name in names if name in model.metrics for part in parts_of(model, name))
    return tuple(dict.fromkeys(part.since for part in parts if part.since is not None))


def shape(values: Mapping[str, Value]) -> tuple[tuple[str, str], ...]:
    """What of the values a statement's text depends on."""
    return tuple((name, type(value).__name__) for name, value in values.items())
