"""Dates written with figures, and short codes of quarters and halves ("T1", "Q3", "1T26")."""

import re
from datetime import date

from backend.semantic.calendar_unit import Unit, last_day
from backend.semantic.period import Period, whole

#: A sales question does not reach outside these; other numbers of four digits are not years.
YEARS = range(1900, 2101)

_LAST_CENTURY = 70
#: "02/98": a month, since no month has so many days.
_SHORT_MONTH = re.compile(r"(\d{1,2})/([3-9]\d)")
_MONTH_OF_SHORT_YEAR = re.compile(r"(0[1-9]|1[0-2])/(1[3-9]|[2-9]\d)")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})")
_DAY_OF_YEAR = re.compile(r"(\d{1,2})/(\d{1,2})")
_MONTH = re.compile(r"(\d{1,2})/(\d{4})")
_CODE = re.compile(r"(?:([tqsh])([1-4])|([1-4])([tqsh]))(\d{4}|\d{2})?")
_CODE_UNITS = {"t": Unit.QUARTER, "q": Unit.QUARTER, "s": Unit.HALF, "h": Unit.HALF}


def written_day(word: str, *, month_first_possible: bool) -> date | None:
    """The day that a word with a year names.

    Day comes before month. Where the reader may mean the month first (English), a date that
    would be another one that way round is None: nobody should guess between 3 April and 4 March.
    """
    if match := _ISO_DAY.fullmatch(word):
        year, month, day = map(int, match.groups())
    elif match := _DAY.fullmatch(word):
        day, month, year = map(int, match.groups())
        year = full_year(year)
        if month_first_possible:
            if day <= 12 and month <= 12 and day != month:
                return None
            if month > 12:
                day, month = month, day
    else:
        return None
    return _date(year, month, day)


def written_day_and_month(word: str, *, month_first_possible: bool) -> tuple[int, int] | None:
    """Month and day of a word such as 31/10, by the same rule."""
    match = _DAY_OF_YEAR.fullmatch(word)
    if match is None:
        return None
    day, month = map(int, match.groups())
    found = written_day(f"{day}/{month}/2000", month_first_possible=month_first_possible)
    return (found.month, found.day) if found else None


def written_month(word: str) -> Period | None:
    """10/2026 or 2026-10."""
    if match := _ISO_MONTH.fullmatch(word):
        year, month = map(int, match.groups())
    elif match := _MONTH.fullmatch(word):
        month, year = map(int, match.groups())
    elif (match := _SHORT_MONTH.fullmatch(word)) and int(match[2]) > 31:
        month, year = int(match[1]), full_year(int(match[2]))
    else:
        return None
    first = _date(year, month, 1)
    return whole(Unit.MONTH, first) if first else None


def short_written_month(word: str, latest_year: int) -> Period | None:
    """02/24, where a day cannot stand before a month (there is no month 24) nor after it."""
    match = _MONTH_OF_SHORT_YEAR.fullmatch(word)
    if match is None or full_year(int(match[2])) > latest_year:
        return None
    first = _date(full_year(int(match[2])), int(match[1]), 1)
    return whole(Unit.MONTH, first) if first else None


def written_code(word: str) -> tuple[Unit, int, int | None] | None:
    """Unit, its number in the year, and the year if the code has one."""
    match = _CODE.fullmatch(word)
    if match is None:
        return None
    letter = match[1] or match[4]
    number = int(match[2] or match[3])
    unit = _CODE_UNITS[letter]
    if unit is Unit.HALF and number > 2:
        return None
    return unit, number, full_year(int(match[5])) if match[5] else None


def year_in(word: str) -> int | None:
    return int(word) if re.fullmatch(r"\d{4}", word) and int(word) in YEARS else None


def day_number(word: str) -> int | None:
    """1 to 31, also as an ordinal (1º, 5th)."""
    match = re.fullmatch(r"(\d{1,2})(?:o|st|nd|rd|th)?", word)
    return int(match[1]) if match and 1 <= int(match[1]) <= 31 else None


def day_in_month(month: date, day: int) -> date | None:
    """That day of the month of `month`, if it has one."""
    return month.replace(day=day) if day <= last_day(month, Unit.MONTH).day else None


def full_year(year: int) -> int:
    """Two digits are of this century up to 69, and of the last one from 70 on."""
    if year >= 100:
        return year
    return year + (2000 if year < _LAST_CENTURY else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    if year not in YEARS:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
