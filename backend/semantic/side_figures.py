"""What is told beside the figures: each one's share, a running total, one row for the rest."""

from datetime import date

from backend.domain.sales import MetricQuery
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.model import SemanticModel
from backend.semantic.parts import parts_of
from backend.semantic.period import Period
from backend.semantic.period_reader import period_at
from backend.semantic.sentence import Sentence
from backend.semantic.span import Span
from backend.semantic.time_words import TimeWords

#: Beginnings of "acumulado", "cumulative" and "accumulated", in all three languages.
_ADDED_UP = ("acumul", "cumul", "accumul")


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
        member = sentence.after(index)
        if draft.dimensions and draft.filters and sentence.kind(member) is Kind.MEMBER:
            # "The share of BEVERAGES by region": of each region's revenue, or by region of theirs?
            continue
        if draft.dimensions or (before is not None and before.dimensions):
            draft.share = True
            sentence.claim(index)


def read_running_total(
    sentence: Sentence, draft: Draft, before: MetricQuery | None, time: TimeWords
) -> None:
    """As in "acumulado mês a mês"; without a grain what is accumulated is the period's total.

    "Acumulado até junho" does not say since when.
    """
    today = time.today
    for index, span in enumerate(sentence.spans):
        whole = _accumulated(time, span) if draft.grain is not None else None
        if whole is not None and span.period == draft.period and sentence.is_claimed(index):
            draft.period, draft.cumulative = whole, True
    for index in sentence.of(Kind.CUMULATIVE):
        grain = draft.grain or (before.grain if before is not None else None)
        if grain is not None or (draft.period and draft.period.from_date):
            draft.cumulative = grain is not None
            if grain is None and draft.period is not None:
                # "No acumulado do ano": so far.
                draft.period = draft.period.until(max(today, draft.period.from_date or today))
            sentence.claim(index)


def _accumulated(time: TimeWords, span: Span) -> Period | None:
    """The year of "acumulado em 2026": with a grain, its periods are added up one by one."""
    after = time.end_of("accumulated", span.start)
    if not time.word(span.start).startswith(_ADDED_UP):
        # "Lo que va del año" is so far, and no running total.
        return None
    if span.period is None or after is None or after >= span.end:
        return None
    found = period_at(time, after) or period_at(time, time.skip("of", after))
    return found[0] if found is not None and found[1] == span.end else None


def run_up_to_today(draft: Draft, model: SemanticModel, today: date) -> None:
    """A total that runs on, without a last day: "YTD revenue" goes up to today."""
    if draft.period is None and draft.grain is None:
        parts = (part for name in draft.metrics for part in parts_of(model, name))
        if any(part.since not in (None, "always") for part in parts):
            draft.period = Period(from_date=None, to_date=today)


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
