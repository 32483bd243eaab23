"""What is told beside the figures: each one's share, a running total, one row for the rest."""

from datetime import date

from backend.domain.sales import MetricQuery
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.sentence import Sentence


def read_share(sentence: Sentence, draft: Draft, before: MetricQuery | None) -> None:
    """As in "participação de cada região", "% of total by category", "a participação do Sul".

    The share of one member is told among those of all. `before` is the query that a follow-up goes
    on from.
    """
    for index in sentence.of(Kind.SHARE, Kind.PERCENT):
        if not draft.dimensions and len(draft.filters) == 1:
            [(dimension, members)] = draft.filters.items()
            if len(members) == 1:
                draft.add_dimension(dimension)
                draft.filters.clear()
        if draft.dimensions or (before is not None and before.dimensions):
            draft.share = True
            sentence.claim(index)


def read_running_total(
    sentence: Sentence, draft: Draft, before: MetricQuery | None, today: date
) -> None:
    """As in "acumulado mês a mês"; without a grain what is accumulated is the period's total.

    "Acumulado até junho" does not say since when.
    """
    for index in sentence.of(Kind.CUMULATIVE):
        grain = draft.grain or (before.grain if before is not None else None)
        if grain is not None or (draft.period and draft.period.from_date):
            draft.cumulative = grain is not None
            if grain is None and draft.period is not None:
                # "No acumulado do ano": so far.
                draft.period = draft.period.until(max(today, draft.period.from_date or today))
            sentence.claim(index)


def read_rest(sentence: Sentence, draft: Draft, before: MetricQuery | None) -> None:
    """As in "os 5 maiores e o resto", "everything else lumped together"."""
    for index in sentence.of(Kind.REST):
        limited = draft.limit is not None and draft.dimensions
        if limited or (before is not None and before.limit is not None and before.dimensions):
            draft.other = True
            sentence.claim(index)
            for beside in (sentence.before(index), sentence.after(index)):
                if sentence.kind(beside) is Kind.LUMPED:
                    sentence.claim(beside)
