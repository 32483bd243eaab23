"""A question that goes on from the one before: what it leaves unsaid is taken over.

There are four things to say: what is measured, for whom (each dimension apart), when, and broken
down how (dimensions, grain, order and limit together, since one without the others is seldom
meant: "e por região?" after the top five products is all regions).
"""

from dataclasses import replace
from datetime import date

from backend.domain.sales import MetricQuery
from backend.semantic.draft import Draft
from backend.semantic.measures import telling
from backend.semantic.model import SemanticModel
from backend.semantic.period import Period


def period_of(query: MetricQuery | None, today: date) -> Period | None:
    """What "the previous month" is told from. A query with a beginning only goes up to today."""
    if query is None or (query.from_date is None and query.to_date is None):
        return None
    last = query.to_date or max(query.from_date or today, today)
    return Period(from_date=query.from_date, to_date=last)


def take_over(draft: Draft, previous: MetricQuery, model: SemanticModel, today: date) -> Draft:
    """The draft with what it leaves unsaid from the query before it.

    Metrics that are taken over are told as far as they can be by what is now asked.
    """
    taken = replace(
        draft,
        filters={name: list(members) for name, members in previous.filters.items()} | draft.filters,
        period=draft.period or period_of(previous, today),
    )
    if not (draft.dimensions or draft.grain):
        _take_breakdown(taken, previous, said=set(draft.filters))
    if not taken.metrics:
        asked = (*taken.dimensions, *taken.filters)
        taken.metrics = list(telling(model, previous.metrics, asked))
    if taken.criterion not in taken.metrics:
        taken.criterion = None
    return taken


def _take_breakdown(taken: Draft, previous: MetricQuery, said: set[str]) -> None:
    """A dimension that is now filtered is broken down no more, and its ranking is over with it."""
    taken.dimensions = [name for name in previous.dimensions if name not in said]
    taken.grain = previous.grain
    if len(taken.dimensions) < len(previous.dimensions):
        return
    taken.criterion = taken.criterion or previous.order_by
    taken.limit = taken.limit or previous.limit
    taken.order = taken.order or previous.order
