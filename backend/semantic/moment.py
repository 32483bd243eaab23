"""A period as it was said: where the year was left open, it still has to be placed in one."""

from dataclasses import dataclass
from datetime import date

from backend.semantic.calendar_unit import Unit
from backend.semantic.period import Period, whole

#: The year in which an expression without one is built. A leap year, so that 29 February exists.
TEMPLATE_YEAR = 2000
# So many years back there is a 29 February for certain, even around 1900.
_LEAP_YEARS_REACH = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What one expression of time says, and the word after it."""

    period: Period
    end: int
    #: True for "March" or "31/10": `period` is a template, its year our choice.
    open_year: bool = False
    #: False where a range cannot begin or end with it: "from late March", "the last 3 months to May".
    may_start: bool = True
    may_end: bool = True


def in_latest_year(period: Period, today: date, anchor: Period | None) -> Period | None:
    """The template in the year that is meant when none is said: this one, or last year where this
    year's still lies ahead.

    Within a conversation (`anchor` is the period of the question before) it is the year that
    brings it nearest to that: after February 2025, "and in March?" is March 2025.
    """
    years = set(range(today.year - _LEAP_YEARS_REACH, today.year + 1))
    near = anchor.from_date if anchor else None
    if near is not None:
        years |= {near.year - 1, near.year, near.year + 1}
    begun = [
        candidate
        for candidate in (in_year(period, year) for year in years)
        if candidate is not None and _first(candidate) <= today
    ]
    if near is None:
        return max(begun, key=_first, default=None)
    return min(begun, key=lambda candidate: abs(_first(candidate) - near), default=None)


def in_year(period: Period, year: int) -> Period | None:
    """The same days of another year; None for 29 February in a year without one."""
    try:
        first = _first(period).replace(year=year)
    except ValueError:
        return None
    unit = period.unit
    if unit is not None and unit is not Unit.WEEK:
        return whole(unit, first)
    return Period(from_date=first, to_date=first + (period.to_date - _first(period)))


def joined(left: Moment, right: Moment, today: date) -> Period | None:
    """From the beginning of one to the end of the other, or None where that runs backwards.

    An open year is taken from the other end ("between January and March 2025", "from November to
    February 2026"). With both open, a stretch that has begun may end later this year.
    """
    start: Period | None = left.period
    end: Period | None = right.period
    if left.open_year and right.open_year:
        start, end = _both_open(left.period, right.period, today)
    elif left.open_year:
        start = _latest(left.period, right.period.to_date)
    elif right.open_year:
        end = _earliest(right.period, _first(left.period))
    if start is None or end is None or start.from_date is None:
        return None
    if start.from_date > end.to_date:
        return None
    return Period(from_date=start.from_date, to_date=end.to_date)


def _both_open(start: Period, end: Period, today: date) -> tuple[Period | None, Period | None]:
    begun, going_on = in_year(start, today.year), in_year(end, today.year)
    if begun and going_on and _first(begun) <= today and _first(begun) <= going_on.to_date:
        return begun, going_on
    past = in_latest_year(end, today, None)
    return (_latest(start, past.to_date) if past else None), past


def _latest(period: Period, limit: date) -> Period | None:
    """In the last year in which it begins no later than `limit`."""
    found = in_year(period, limit.year)
    if found and _first(found) > limit:
        return in_year(period, limit.year - 1)
    return found


def _earliest(period: Period, limit: date) -> Period | None:
    """In the first year in which it ends no earlier than `limit`."""
    found = in_year(period, limit.year)
    if found and found.to_date < limit:
        return in_year(period, limit.year + 1)
    return found


def _first(period: Period) -> date:
    return period.from_date or date.min
