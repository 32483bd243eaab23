"""What the figures are broken down by: "por região", "by seller and month", "evolução mensal"."""

from typing import get_args

from backend.domain.sales import Grain
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.sentence import Sentence

#: A trend without a grain is told by day up to a month, by month beyond.
_DAYS_TOLD_BY_DAY = 31


def read_grouping(sentence: Sentence, draft: Draft) -> None:
    """As in "por vendedor", "por vendedor e região", "por região e por mês", "em cada categoria"."""
    for index in sentence.of(Kind.BY):
        item = sentence.after(index)
        if _is_listed_with_metrics(sentence, index) or not group_by(sentence, draft, item):
            continue
        sentence.claim(index)
        while group_by(sentence, draft, item := _next_in_list(sentence, item)):
            pass


def _is_listed_with_metrics(sentence: Sentence, index: int) -> bool:
    """As in "oportunidades ganhas e ABERTAS POR vendedor": open ones are asked for, too."""
    joint = sentence.before(index)
    return (
        " " in sentence.said(index)
        and joint is not None
        and sentence.kind(joint) is Kind.AND
        and sentence.kind(sentence.before(joint)) is Kind.METRIC
    )


def read_asked_for(sentence: Sentence, draft: Draft) -> None:
    """As in "quais clientes compraram", "which regions", "em que meses"."""
    for index in sentence.of(Kind.WHICH, Kind.WHAT):
        item = sentence.after(index)
        if group_by(sentence, draft, item):
            sentence.claim(index)


def read_grain(sentence: Sentence, draft: Draft) -> None:
    """As in "mensal", "daily", "mês a mês"; and "evolução", whose grain follows from the period."""
    for index in sentence.of(Kind.GRAIN):
        if _set_grain(draft, sentence.meaning(index).value):
            sentence.claim(index)
    for index in sentence.of(Kind.TREND):
        sentence.claim(index)
        if draft.grain is None:
            days = draft.period.days if draft.period else None
            draft.grain = "day" if days and days <= _DAYS_TOLD_BY_DAY else "month"


def read_bare_dimension(sentence: Sentence, draft: Draft) -> None:
    """What "e os clientes?" asks for is what was asked before, by customer."""
    first = sentence.after(-1)
    if sentence.kind(first) is Kind.DIMENSION:
        group_by(sentence, draft, first)


def _next_in_list(sentence: Sentence, item: int | None) -> int | None:
    joint = sentence.after(item) if item is not None else None
    if joint is None or sentence.kind(joint) is not Kind.AND:
        return None
    return sentence.after(joint)


def group_by(sentence: Sentence, draft: Draft, index: int | None) -> bool:
    """Claim a dimension, or a unit of time as the grain. False where there is neither."""
    if index is None or sentence.is_claimed(index):
        return False
    meaning = sentence.meaning(index)
    if meaning.kind is Kind.DIMENSION:
        draft.add_dimension(meaning.dimension)
    elif meaning.kind is not Kind.UNIT or not _set_grain(draft, meaning.value):
        return False
    sentence.claim(index)
    return True


def _set_grain(draft: Draft, value: str) -> bool:
    """False for a half-year, which is no grain, and for a second grain."""
    for grain in get_args(Grain):
        if grain == value and draft.grain in (None, grain):
            draft.grain = grain
            return True
    return False
