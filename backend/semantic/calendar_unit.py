"""Days, weeks, months, quarters, halves and years as whole units of the calendar."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


MONDAY = 0
_MONTHS = {Unit.MONTH: 1, Unit.QUARTER: 3, Unit.HALF: 6, Unit.YEAR: 12}


def first_day(day: date, unit: Unit, week_start: int = MONDAY) -> date:
    """The first day of the unit that `day` lies in. Weeks begin on `week_start` (Monday is 0)."""
    if unit is Unit.DAY:
        return day
    if unit is Unit.WEEK:
        return day - timedelta(days=(day.weekday() - week_start) % 7)
    length = _MONTHS[unit]
    return date(day.year, (day.month - 1) // length * length + 1, 1)


def last_day(day: date, unit: Unit, week_start: int = MONDAY) -> date:
    """The last day of the unit that `day` lies in."""
    first = first_day(day, unit, week_start)
    if unit is Unit.DAY:
        return first
    if unit is Unit.WEEK:
        return first + timedelta(days=6)
    month = first.month + _MONTHS[unit] - 1
    return date(first.year, month, monthrange(first.year, month)[1])


def shifted(day: date, unit: Unit, count: int, week_start: int = MONDAY) -> date:
    """The first day of the unit that lies `count` units after the one of `day`.

    Raises OverflowError or ValueError outside the years 1 to 9999.
    """
    first = first_day(day, unit, week_start)
    if unit is Unit.DAY:
        return first + timedelta(days=count)
    if unit is Unit.WEEK:
        return first + timedelta(weeks=count)
    months = first.year * 12 + first.month - 1 + count * _MONTHS[unit]
    return date(months // 12, months % 12 + 1, 1)
