"""A question that goes on from the one before: what it leaves unsaid is taken over.

There are four things to say: what is measured, for whom (each dimension apart), when, and broken
down how (dimensions, grain, order and limit together, since one without the others is seldom
meant: "e por região?" after the top five products is all regions).
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from backend.domain.sales import MetricQuery, Reading
from backend.semantic.calendar_unit import Unit
from backend.semantic.draft import Draft
from backend.semantic.measures import telling
from backend.semantic.model import SemanticModel
from backend.semantic.moment import in_year
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
    filters, excluded = _restricted(draft, previous)
    taken = replace(
        draft,
        filters=filters,
        excluded=excluded,
        period=draft.period or period_of(previous, today),
        compare=draft.compare or previous.compare,
        bounds=draft.bounds or list(previous.having),
        share=draft.share or previous.share,
        cumulative=draft.cumulative or previous.cumulative,
        without=draft.without or previous.without,
    )
    if not (draft.dimensions or draft.grain):
        _take_breakdown(taken, previous, said=_told_apart_no_more(draft))
    if not taken.metrics:
        asked = (*taken.dimensions, *taken.filters)
        taken.metrics = list(telling(model, previous.metrics, asked))
    if taken.criterion not in taken.metrics:
        taken.criterion = None
    return taken


def either(followed: Reading, anew: Reading) -> Reading:
    """Of "os pedidos" alone: those of the question before, or all of them? The asker is asked.

    Where both come to the same, and where only one can be read, there is no doubt.
    """
    if not (followed.complete and anew.complete) or followed.query == anew.query:
        return anew
    if followed.query is None or anew.query is None:
        return anew
    return replace(followed, complete=False, readings=(followed.query, anew.query))


def year_in_doubt(
    reading: Reading, draft: Draft, before: Period | None, *, entire: bool
) -> Reading:
    """Of "and last year?" after October: last year's October, or all of last year? Then both.

    `draft` is the follow-up alone, `before` the period of the question before it, and `entire` is
    true where the whole year is named as such.
    """
    query, year = reading.query, draft.period
    if (
        entire
        or not reading.complete
        or query is None
        or year is None
        or year.unit is not Unit.YEAR
    ):
        return reading
    if draft.grain or draft.compare or before is None or before.from_date is None:
        return reading
    if before.from_date.year != before.to_date.year or before.unit is Unit.YEAR:
        return reading
    dates = in_year(before, year.to_date.year)
    if dates is None or before.to_date.year == year.to_date.year:
        return reading
    then = replace(query, from_date=dates.from_date, to_date=dates.to_date)
    return replace(reading, query=then, complete=False, readings=(then, query))


def _restricted(
    draft: Draft, previous: MetricQuery
) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Whom the follow-up is about, and whom it leaves out."""
    kept = {name: of for name, of in previous.filters.items() if name not in draft.opened}
    left_out = {name: of for name, of in previous.exclude.items() if name not in draft.opened}
    filters, excluded = dict(draft.filters), dict(draft.excluded)
    for name, members in draft.filters.items():
        if not draft.joined:
            continue
        # Back among those that were left out is not the only one asked for.
        returned = set(left_out.get(name, ()))
        added = [member for member in members if member not in returned]
        filters[name] = [*dict.fromkeys((*kept.get(name, ()), *added))]
        if not filters[name]:
            del filters[name]
    for name, members in draft.excluded.items():
        remaining = [member for member in kept.get(name, ()) if member not in members]
        # "Tira o Sul" of South and North is the North: nothing else was asked about.
        if remaining:
            del excluded[name]
        elif name in left_out:
            excluded[name] = [*dict.fromkeys((*left_out[name], *members))]
    return (
        _members(kept, but=draft.excluded) | filters,
        _members(left_out, but=draft.filters) | excluded,
    )


def _members(
    before: Mapping[str, tuple[str, ...]], *, but: Mapping[str, list[str]]
) -> dict[str, list[str]]:
    """Members of the question before, without those of which the opposite is said now."""
    left = {
        name: [member for member in members if member not in but.get(name, ())]
        for name, members in before.items()
    }
    return {name: members for name, members in left.items() if members}


def _told_apart_no_more(draft: Draft) -> set[str]:
    """Dimensions of which one member is asked for. "Only beverages and frozen" are still two."""
    if draft.joined:
        return set()
    return {name for name, members in draft.filters.items() if len(members) == 1}


def _take_breakdown(taken: Draft, previous: MetricQuery, said: set[str]) -> None:
    """A dimension that is now one member is broken down no more, and its ranking is over with it."""
    taken.dimensions = [name for name in previous.dimensions if name not in said]
    taken.grain = previous.grain
    if len(taken.dimensions) < len(previous.dimensions):
        return
    taken.criterion = taken.criterion or previous.order_by
    taken.order = taken.order or previous.order
    if not taken.unlimited:
        taken.limit = taken.limit or previous.limit
        taken.other = taken.other or previous.other
