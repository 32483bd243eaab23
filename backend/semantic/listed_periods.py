"""Several expressions of time that are one period, or the two ends of a growth.

"Setembro e outubro", "Q1, Q2 and Q3" are one stretch, where each follows on the one before.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from backend.semantic.calendar_unit import Unit
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.moment import Moment, in_year, joined
from backend.semantic.pair import operand
from backend.semantic.period import Period, whole
from backend.semantic.sentence import Sentence
from backend.semantic.time_words import TimeWords


def read_period(sentence: Sentence, draft: Draft, time: TimeWords) -> None:
    """One period, or several that are one; any other would be a comparison.

    "Sales in April and May" may want two figures. "By month" they are told apart, and "combined"
    they are one.
    """
    lumped = next(sentence.of(Kind.LUMPED), None)
    is_clear = lumped is not None or sentence.has(Kind.GRAIN, Kind.UNIT)
    listed = _listed_period(sentence, time) if draft.period is None and is_clear else None
    if listed is not None:
        draft.period = listed[0]
        sentence.claim(*listed[1], lumped)
    for index in sentence.of(Kind.PERIOD):
        if draft.period in (None, sentence.spans[index].period):
            draft.period = sentence.spans[index].period
            sentence.claim(index)


def ends_of(time: TimeWords, start: int, period: Period) -> tuple[Period, Period] | None:
    """The first and the last of "from September to October", if they are units of one length.

    Days are no ends: "growth from the 10th to the 20th" is that of these days.
    """
    at = _opened(time, start)
    left = operand(time, at)
    if left is None or left.end >= len(time.words):
        return None
    unit = left.period.unit
    middle = time.end_of("and", left.end) or time.end_of("to", left.end)
    right = operand(time, middle) if middle is not None else None
    if right is None or unit in (None, Unit.DAY) or right.period.unit is not unit:
        return None
    if period.from_date is None or unit is None:
        return None
    weekday = time.calendar.first_weekday
    return whole(unit, period.from_date, weekday), whole(unit, period.to_date, weekday)


def _listed_period(sentence: Sentence, time: TimeWords) -> tuple[Period, tuple[int, ...]] | None:
    """The stretch that the question's periods make up, and the spans that name it."""
    places = [*sentence.of(Kind.PERIOD)]
    joints = [sentence.after(place) for place in places[:-1]]
    if len(places) < 2 or any(
        sentence.kind(joint) is not Kind.AND or joint is None or sentence.after(joint) != place
        for joint, place in zip(joints, places[1:], strict=True)
    ):
        return None
    moments = [_moment(sentence, time, place) for place in places]
    named = [each for each in moments if each is not None]
    if len(named) < len(places):
        return None
    period = _stretch(named, time) or _stretch(named[::-1], time)
    claimed = (*places, *(joint for joint in joints if joint is not None))
    return (period, claimed) if period else None


def _opened(time: TimeWords, start: int) -> int:
    for name in ("between", "since", "from"):
        end = time.end_of(name, start)
        if end is not None:
            return end
    return start


def _moment(sentence: Sentence, time: TimeWords, place: int) -> Moment | None:
    """What the whole span is, as a single expression of time."""
    span = sentence.spans[place]
    found = operand(time, span.start)
    if found is None or found.end != span.end or span.period is None:
        return None
    return found if found.open_year else replace(found, period=span.period)


def _stretch(moments: Sequence[Moment], time: TimeWords) -> Period | None:
    """From the first to the last, if each begins when the one before it ends."""
    units = {each.period.unit for each in moments}
    period = joined(moments[0], moments[-1], time.today)
    unit = units.pop()
    if period is None or units or unit is None or period.from_date is None:
        return None
    expected: Period | None = None
    for each in moments:
        first = period.from_date if expected is None else expected.to_date + timedelta(days=1)
        expected = whole(unit, first, time.calendar.first_weekday)
        said = in_year(each.period, expected.to_date.year) if each.open_year else each.period
        if said != expected:
            return None
    return period if expected is not None and expected.to_date == period.to_date else None
