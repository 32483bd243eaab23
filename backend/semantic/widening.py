"""Wider than the question before: "inclui o Norte também", "volta para todos os países"."""

from backend.domain.sales import MetricQuery
from backend.semantic.breakdown import group_by
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.sentence import Sentence


def read_widening(sentence: Sentence, draft: Draft, before: MetricQuery | None) -> None:
    """Claims what adds members and what restricts no more.

    `before` is the query that a follow-up goes on from. Without one only "todas as vendas", which
    are the sales, and "todos os meses", which is every month, can be read.
    """
    for index in sentence.of(Kind.INCLUDE):
        if before is not None and _joins(sentence, index, before):
            draft.joined = True
            sentence.claim(index)
    for index in sentence.of(Kind.EVERYTHING):
        after = sentence.after(index)
        if sentence.kind(after) is Kind.METRIC or (
            sentence.kind(after) is Kind.UNIT and group_by(sentence, draft, after)
        ):
            sentence.claim(index)
        elif before is not None:
            _open(sentence, draft, index, before)


def _joins(sentence: Sentence, index: int, before: MetricQuery) -> bool:
    """True before a member of a dimension that the question before restricts."""
    after = sentence.after(index)
    while sentence.kind(after) in (Kind.DIMENSION, Kind.FROM, Kind.BY) and after is not None:
        after = sentence.after(after)
    if after is None or sentence.kind(after) is not Kind.MEMBER:
        return False
    restricted = {*before.filters, *before.exclude}
    return any(each.dimension in restricted for each in sentence.meaning(after).members)


def _open(sentence: Sentence, draft: Draft, index: int, before: MetricQuery) -> None:
    after = sentence.after(index)
    restricted = dict.fromkeys((*before.filters, *before.exclude))
    if after is not None and sentence.kind(after) is Kind.DIMENSION:
        named = sentence.meaning(after).dimension
        if named in restricted:
            draft.opened.append(named)
        elif named in before.dimensions and before.limit is not None:
            draft.unlimited = True
        else:
            return
        sentence.claim(index, after)
    elif after is None and restricted and before.limit is None:
        draft.opened.extend(restricted)
        sentence.claim(index)
    elif after is None and before.limit is not None and not restricted:
        draft.unlimited = True
        sentence.claim(index)
