"""Where each row stands in the order that was asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.sales import OTHER, MetricQuery
from backend.semantic.validity import key_columns


def ranked_by(query: MetricQuery) -> str | None:
    """The column of the figure that the rows are ordered by; None where they stand in no ranking."""
    if query.without is not None or (query.order is None and query.order_by is None):
        return None
    column = query.order_by or query.metrics[0]
    return None if column in key_columns(query) else column


def standings(query: MetricQuery, rows: Sequence[Mapping[str, Any]]) -> tuple[int | None, ...]:
    """Places from 1. Equals share one, and the next counts those before it: 1, 1, 3.

    None for what has no figure, for the row of the rest, and for all where there is no ranking.
    """
    column = ranked_by(query)
    if column is None:
        return (None,) * len(rows)
    found: list[int | None] = []
    before: Any = None
    for number, row in enumerate(rows, start=1):
        value = row.get(column)
        if value is None or OTHER in (row[name] for name in query.dimensions):
            found.append(None)
        elif value == before and found[-1] is not None:
            found.append(found[-1])
        else:
            found.append(number)
        before = value
    return tuple(found)
