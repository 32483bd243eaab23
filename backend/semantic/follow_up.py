"""A question that goes on from the one before: what it leaves unsaid is taken over.

There are four things to say: what is measured, for whom (each dimension apart), when, and broken
down how (dimensions, grain, order and limit together, since one without the others is seldom
meant: "e por região?" after the top five products is all regions).
"""

from collections.abc import Mapping
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
        filters=_members(previous.filters, but=draft.excluded) | draft.filters,
        excluded=_members(previous.exclude, but=draft.filters) | draft.excluded,
        period=draft.period or period_of(previous, today),
        compare=draft.compare or previous.compare,
        bounds=draft.bounds or list(previous.having),
        share=draft.share or previous.share,
        cumulative=draft.cumulative or previous.cumulative,
        without=draft.without or previous.without,
    )
    if not (draft.dimensions or draft.grain):
        _take_breakdown(taken, previous, said=set(draft.filters))
    if not taken.metrics:
        asked = (*taken.dimensions, *taken.filters)
        taken.metrics = list(telling(model, previous.metrics, asked))
    if taken.criterion not in taken.metrics:
        taken.criterion = None
    return taken


def _members(
    before: Mapping[str, tuple[str, ...]], *, but: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Members of the question before, without those of which the opposite is said now."""
    left = {
        name: [member for member in members if member not in but.get(name, ())]
        for name, members in before.items()
    }
    return {name: members for name, members in left.items() if members}


def _take_breakdown(taken: Draft, previous: MetricQuery, said: set[str]) -> None:
    """A dimension that is now filtered is broken down no more, and its ranking is over with it."""
    taken.dimensions = [name for name in previous.dimensions if name not in said]
    taken.grain = previous.grain
    if len(taken.dimensions) < len(previous.dimensions):
        return
    taken.criterion = taken.criterion or previous.order_by
    taken.limit = taken.limit or previous.limit
    taken.order = taken.order or previous.order
    taken.other = taken.other or previous.other
