"""From a draft to the query that it spells, or to the several that it may spell.

In one form, whatever the order of the words: the same question is the same query.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from backend.domain.sales import MetricQuery
from backend.semantic.draft import Draft
from backend.semantic.joins import reaches
from backend.semantic.model import SemanticModel
from backend.semantic.span import MemberName

#: More readings than a person can choose from.
_MOST_READINGS = 4


def queries_of(draft: Draft, model: SemanticModel) -> Iterator[MetricQuery]:
    """Each query that the draft may mean, the likelier first; one where nothing is in doubt."""
    choices = [list(_choices(draft, model, *each)) for each in draft.doubtful]
    for number, chosen in enumerate(product(*choices)):
        if number == _MOST_READINGS:
            return
        yield _query(_with(draft, chosen), model)


def _choices(
    draft: Draft, model: SemanticModel, taken: MemberName, others: tuple[MemberName, ...]
) -> Iterator[tuple[MemberName, MemberName]]:
    """Pairs of what was taken and what may be meant, of those that the metrics can be told by."""
    able = [
        each
        for each in (taken, *others)
        if all(reaches(model, metric, each.dimension) for metric in draft.metrics)
    ]
    for each in able or [taken]:
        yield taken, each


def _with(draft: Draft, chosen: Sequence[tuple[MemberName, MemberName]]) -> Draft:
    filters, excluded = _copied(draft.filters), _copied(draft.excluded)
    for taken, meant in chosen:
        for members in (filters, excluded):
            if taken != meant and taken.member in members.get(taken.dimension, ()):
                members[taken.dimension].remove(taken.member)
                if not members[taken.dimension]:
                    del members[taken.dimension]
                members.setdefault(meant.dimension, []).append(meant.member)
    return replace(draft, filters=filters, excluded=excluded)


def _copied(members: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: list(each) for name, each in members.items()}


def _query(draft: Draft, model: SemanticModel) -> MetricQuery:
    criterion = draft.criterion if draft.criterion != draft.metrics[0] else None
    if draft.by_change and draft.compare is not None:
        criterion = f"{draft.metrics[0]}_change"
    return MetricQuery(
        metrics=tuple(draft.metrics),
        dimensions=tuple(draft.dimensions),
        filters=_in_order(draft.filters, model),
        exclude=_in_order(draft.excluded, model),
        from_date=draft.period.from_date if draft.period else None,
        to_date=draft.period.to_date if draft.period else None,
        grain=draft.grain,
        compare=draft.compare,
        order=draft.order,
        order_by=criterion,
        limit=draft.limit,
        other=draft.other and draft.limit is not None,
        having=tuple(draft.bounds),
        share=draft.share,
        cumulative=draft.cumulative and draft.grain is not None,
        without=draft.without,
    )


def _in_order(members: Mapping[str, list[str]], model: SemanticModel) -> dict[str, tuple[str, ...]]:
    return {name: tuple(sorted(members[name])) for name in model.dimensions if name in members}
