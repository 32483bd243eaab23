"""What figures are compared with: "deste mês com o mês passado", "crescimento em abril", "vs last year".

A comparison is only read where the two periods stand so to each other that a MetricQuery can say
it: the one just before, or the same dates a year ago. Of two periods the later one is asked for.
"""

from dataclasses import replace
from typing import cast, get_args

from backend.domain.sales import Comparison, Grain
from backend.semantic.calendar_unit import Unit
from backend.semantic.comparison import Distance, days_before
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.listed_periods import ends_of
from backend.semantic.period import Period, ago, whole
from backend.semantic.period_reader import period_at
from backend.semantic.sentence import Sentence
from backend.semantic.time_words import TimeWords

#: "Compare", "comparado", "comparing" may ask for no more than to see things side by side; "contra"
#: and "versus" may not.
_COMPARING = "compar"
#: Between two periods or members only.
_CROSSES = ("x", "×")


def read_comparison(
    sentence: Sentence, draft: Draft, time: TimeWords, before: Period | None
) -> None:
    """Claims what compares, and the period compared with; `before` is the last question's period."""
    earlier = next(sentence.of(Kind.EARLIER), None)
    draft.growth = sentence.has(Kind.GROWTH)
    words = [
        index
        for index in sentence.of(Kind.COMPARE, Kind.GROWTH)
        if _is_about_periods(sentence, index)
    ]
    periods = [*sentence.of(Kind.PERIOD)]
    if earlier is not None:
        if sentence.meaning(earlier).value in get_args(Comparison) and not words:
            return  # "E no mesmo período do ano passado?" wants those figures, and no comparison.
        base = _base_alone(sentence, periods) or before
        named = sentence.meaning(earlier).value
        each = _each(named, base)
        if base is not None or each is not None or _has_grain(sentence):
            draft.period = draft.period or (base if periods else None)
            draft.compare = _named(named)
            draft.grain = draft.grain or each
            sentence.claim(earlier, *words, *periods)
        return
    if not words or sum(_is_followed_by_time(sentence, index) for index in words) > 1:
        return
    if len(periods) == 1 and _compares_with(sentence, periods[0]):
        _read_only_what_with(sentence, draft, time, words, periods[0], before)
    elif len(periods) == 1 or (not periods and _has_grain(sentence)):
        if sentence.has(Kind.GROWTH):
            _read_growth(sentence, draft, time, periods)
    elif len(periods) == 2:
        _read_two(sentence, draft, time, words, (periods[0], periods[1]))


def _read_growth(sentence: Sentence, draft: Draft, time: TimeWords, periods: list[int]) -> None:
    """As in "crescimento em abril"; of "growth from March to April" what April is beside March."""
    compare: Comparison | None = "previous_period"
    span = sentence.spans[periods[0]] if periods else None
    ends = ends_of(time, span.start, span.period) if span and span.period else None
    if ends is not None and not sentence.has(Kind.GRAIN, Kind.UNIT, Kind.TREND):
        compare = _relation(ends[1], ends[0])
        draft.period = ends[1] if compare else None
        sentence.claim(*periods)
    if compare is not None:
        draft.compare = compare
        sentence.claim(*sentence.of(Kind.GROWTH))


def settle_comparison(draft: Draft) -> None:
    """A year beside the year before, told by month: each month beside last year's."""
    if (
        draft.whole_compared
        and draft.compare == "previous_period"
        and draft.grain not in (None, "year")
        and draft.period is not None
        and draft.period.unit is Unit.YEAR
    ):
        draft.compare = "same_period_last_year"


def read_compared_members(sentence: Sentence, draft: Draft) -> None:
    """As in "compare o Sul com o Norte": two of a kind are told side by side."""
    for index in sentence.of(Kind.COMPARE):
        is_of_period = sentence.kind(_beyond_having(sentence, index)) is Kind.PERIOD
        by_name = sentence.said(index).startswith(_COMPARING) or _parts_members(sentence, index)
        if is_of_period or not by_name:
            continue
        several = [name for name, members in draft.filters.items() if len(members) > 1]
        if draft.compare is None and (several or draft.dimensions):
            if several and not draft.dimensions:
                draft.add_dimension(several[0])
                draft.side_by_side = True
            sentence.claim(index)


def _read_two(
    sentence: Sentence, draft: Draft, time: TimeWords, words: list[int], periods: tuple[int, int]
) -> None:
    first, second = (sentence.spans[index] for index in periods)
    if _compares_with(sentence, periods[0]):
        # "Comparadas com o ano anterior, 1997".
        first, second = second, first
    if first.period is None or second.period is None:
        return
    # "Abril em relação ao mês anterior": the month before April, not before this one.
    anchored = period_at(replace(time, anchor=first.period, moments={}), second.start)
    for base, other in (
        (first.period, second.period),
        *(((first.period, anchored[0]),) if anchored and anchored[1] == second.end else ()),
        (second.period, first.period),
    ):
        compare = _relation(base, other)
        if compare is not None:
            draft.period, draft.compare = base, compare
            draft.whole_compared = True
            sentence.claim(*words, *periods)
            return


def _read_only_what_with(
    sentence: Sentence,
    draft: Draft,
    time: TimeWords,
    words: list[int],
    index: int,
    before: Period | None,
) -> None:
    """As in "vendas vs mês passado": the running one is asked for, or the last question's."""
    other = sentence.spans[index].period
    if other is None or other.unit is None:
        return
    for base in (before, whole(other.unit, time.today, time.calendar.first_weekday)):
        compare = _relation(base, other) if base is not None else None
        if base is not None and compare is not None:
            draft.period, draft.compare = base, compare
            draft.whole_compared = True
            sentence.claim(*words, index)
            return


def _compares_with(sentence: Sentence, period: int) -> bool:
    """True where the word that compares stands right before the period, and no other is asked."""
    before = sentence.before(period)
    while before is not None and sentence.kind(before) is Kind.HAVE:
        before = sentence.before(before)
    return sentence.kind(before) is Kind.COMPARE


def _parts_members(sentence: Sentence, index: int) -> bool:
    """As in "Chai vs Chang": what stands on both sides is of one kind."""
    sides = (sentence.before(index), sentence.after(index))
    dimensions = [
        {each.dimension for each in sentence.meaning(side).members}
        for side in sides
        if side is not None
    ]
    return len(dimensions) == 2 and bool(dimensions[0] & dimensions[1])


def _is_about_periods(sentence: Sentence, index: int) -> bool:
    """Contra and the like stand right before a period; what begins a question may be a verb."""
    if (
        sentence.said(index) in _CROSSES
        and sentence.kind(sentence.before(index)) is not Kind.PERIOD
    ):
        return False  # "Produto X".
    return (
        sentence.kind(index) is Kind.GROWTH
        or sentence.said(index).startswith(_COMPARING)
        or sentence.kind(_beyond_having(sentence, index)) in (Kind.PERIOD, Kind.EARLIER)
    )


def _is_followed_by_time(sentence: Sentence, index: int) -> bool:
    """As is the word that says what is compared with. One is; "compare" may begin a question, too."""
    begins = sentence.before(index) is None and sentence.said(index).startswith(_COMPARING)
    return (
        sentence.kind(index) is Kind.COMPARE
        and not begins
        and sentence.kind(_beyond_having(sentence, index)) in (Kind.PERIOD, Kind.COMPARE)
    )


def _beyond_having(sentence: Sentence, index: int) -> int | None:
    after = sentence.after(index)
    while after is not None and sentence.kind(after) is Kind.HAVE:
        after = sentence.after(after)
    return after


def _base_alone(sentence: Sentence, periods: list[int]) -> Period | None:
    found = {sentence.spans[index].period for index in periods}
    return found.pop() if len(found) == 1 else None


def _relation(base: Period, other: Period) -> Comparison | None:
    """How `other` stands to `base`; None where no comparison says so."""
    if other == base.before():
        return "previous_period"
    if base.from_date is None or other.from_date is None:
        return None
    # "Abril contra o ano passado" means last year's April.
    last_year = ago(Unit.YEAR, 1, base.from_date) if base.unit is not Unit.YEAR else None
    if other in (_year_before(base), last_year):
        return "same_period_last_year"
    return None


def _year_before(base: Period) -> Period | None:
    """The same dates a year ago; of a whole unit, the whole unit then."""
    if base.from_date is None:
        return None
    year = Distance(months=12)
    first = days_before(base.from_date, year)
    if base.unit is not None:
        return whole(base.unit, first)
    return Period(from_date=first, to_date=days_before(base.to_date, year))


def _has_grain(sentence: Sentence) -> bool:
    return sentence.has(Kind.GRAIN)


def _each(named: str, base: Period | None) -> Grain | None:
    """The unit of "month over month"; None where the period is no longer than one."""
    for grain in get_args(Grain):
        if grain == named and (base is None or base.unit is None or base.unit != named):
            return cast(Grain, grain)
    return None


def _named(value: str) -> Comparison:
    yearly = ("same_period_last_year", "year_over_year")
    return "same_period_last_year" if value in yearly else "previous_period"
