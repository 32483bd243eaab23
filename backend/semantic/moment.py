"""A period as it was said: with the year left open, it still has to be placed in one."""

from dataclasses import dataclass
from datetime import date

from backend.semantic.calendar_unit import Unit, shifted
from backend.semantic.period import Period, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What one expression of time says, and the word after it."""

    period: Period
    end: int
    #: True for "March" or "31/10": the year is our choice.
    open_year: bool = False


def in_latest_year(period: Period, today: date, anchor: Period | None) -> Period:
    """The period in the year that is meant when none is said: this one, or last year's where this
    one's still lies ahead.

    Within a conversation (`anchor` is the period of the question before) it is the year that
    brings it nearest to that: after February 2025, "and in March?" is March 2025.
    """
    candidates = [
        candidate
        for candidate in _in_years(period, anchor, today)
        if candidate.from_date is not None and candidate.from_date <= today
    ]
    if anchor is None or anchor.from_date is None:
        return max(candidates, key=_first)
    near = anchor.from_date
    return min(candidates, key=lambda candidate: abs(_first(candidate) - near))


def in_year(period: Period, year: int) -> Period | None:
    """The same days of another year; None for 29 February in a year without one."""
    if period.from_date is None:
        return None
    try:
        first = period.from_date.replace(year=year)
    except ValueError:
        return None
    unit = period.unit
    if unit is not None and unit is not Unit.WEEK:
        return whole(unit, first)
    return Period(from_date=first, to_date=first + (period.to_date - period.from_date))


def joined(left: Moment, right: Moment, today: date) -> Period | None:
    """From the beginning of one to the end of the other, or None where that runs backwards.

    An open year is taken from the other end ("between January and March 2025", "from November to
    February 2026"). With both open, a stretch that has begun may end in this year's future.
    """
    start, end = left.period, right.period
    if left.open_year and right.open_year:
        start, end = _both_open(start, end, today)
    elif left.open_year:
        start = _latest(start, end.to_date)
    elif right.open_year and start.from_date is not None:
        end = _earliest(end, start.from_date)
    if start.from_date is None or start.from_date > end.to_date:
        return None
    return Period(from_date=start.from_date, to_date=end.to_date)


def _both_open(start: Period, end: Period, today: date) -> tuple[Period, Period]:
    begun = in_year(start, today.year)
    going_on = in_year(end, today.year)
    if begun and going_on and _first(begun) <= today and _first(begun) <= going_on.to_date:
        return begun, going_on
    return _latest(start, end.to_date), end


def _latest(period: Period, limit: date) -> Period:
    """In the last year in which it begins no later than `limit`."""
    this_year = in_year(period, limit.year) or period
    if _first(this_year) <= limit:
        return this_year
    return in_year(period, limit.year - 1) or period


def _earliest(period: Period, limit: date) -> Period:
    """In the first year in which it ends no earlier than `limit`."""
    this_year = in_year(period, limit.year) or period
    if this_year.to_date >= limit:
        return this_year
    return in_year(period, limit.year + 1) or period


def _in_years(period: Period, anchor: Period | None, today: date) -> list[Period]:
    years = {today.year, today.year - 1}
    if anchor is not None and anchor.from_date is not None:
        years |= {anchor.from_date.year + step for step in (-1, 0, 1)}
    # Four years back, 29 February has come by for certain (but for 1900 and 2100).
    found = [in_year(period, year) for year in sorted(years)]
    return [each for each in found if each] or [period]


def _first(period: Period) -> date:
    return period.from_date or date.min


def steps_ago(unit: Unit, count: int, today: date) -> Period:
    return whole(unit, shifted(today, unit, -count))
