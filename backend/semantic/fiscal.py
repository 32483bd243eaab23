"""The fiscal year and its parts: "ano fiscal", "FY24", "exercício passado", "Q1 FY27", "fiscal Q4"."""

import re
from datetime import date, timedelta

from backend.semantic.calendar_unit import Unit
from backend.semantic.moment import Moment
from backend.semantic.part_of_year import numbered_part
from backend.semantic.period import Period
from backend.semantic.time_words import TimeWords
from backend.semantic.written_date import full_year, year_in

_CODE = re.compile(r"fy(\d{2}|\d{4})")
_LENGTHS = {"fiscal_quarter": 3, "fiscal_year": 12}
_PART_LENGTHS = {Unit.QUARTER: 3, Unit.HALF: 6}


def fiscal(time: TimeWords, start: int) -> Moment | None:
    """The whole of it, the days ahead too; it is called by the year in which it ends."""
    return _part(time, start) or _called(time, start) or _near(time, start)


def _called(time: TimeWords, start: int) -> Moment | None:
    """As in "FY24", "FY 2024", "ano fiscal de 2025"."""
    code = _CODE.fullmatch(time.word(start))
    if code is not None:
        return _year_called(time, full_year(int(code[1])), start + 1)
    end = time.end_of("fiscal_year", time.skip("article", start))
    if end is None:
        # "FY 2024", "fiscal 2024".
        end = start + 1 if time.word(start) == "fy" else time.end_of("fiscal", start)
    at = time.skip("of", end) if end is not None else None
    if at is None:
        return None
    year = year_in(time.word(at))
    return _year_called(time, year, at + 1) if year is not None else None


def _near(time: TimeWords, start: int) -> Moment | None:
    """As in "ano fiscal", "exercício passado", "last fiscal quarter"."""
    before = next((name for name in ("last", "this", "previous") if time.end_of(name, start)), None)
    at = time.end_of(before, start) if before else time.skip("article", start)
    for name, months in _LENGTHS.items():
        end = time.end_of(name, at) if at is not None else None
        if end is None or at is None:
            continue
        behind = next(
            (each for each in ("last", "this", "previous") if time.end_of(each, end)), None
        )
        said = before or behind
        if said is None and end == at + 1 and not time.follows("bare_before", start):
            # "Roupa de exercício".
            return None
        period = time.calendar.fiscal_part(time.today, months)
        if said in ("last", "previous") and period.from_date is not None:
            period = time.calendar.fiscal_part(period.from_date - timedelta(days=1), months)
        after = time.end_of(behind, end) if behind else None
        return Moment(period=period, end=after or end)
    return None


def _part(time: TimeWords, start: int) -> Moment | None:
    """As in "primeiro trimestre fiscal", "fiscal Q1", "Q1 FY27", "2º trimestre do exercício de 2025"."""
    before = time.end_of("fiscal", start)
    found = numbered_part(time, start if before is None else before)
    if found is None:
        return None
    unit, number, said, end = found
    behind = time.end_of("fiscal", end)
    end = behind if behind is not None else end
    year = _called(time, time.skip("of", end)) or _near(time, time.skip("of", end))
    if before is None and behind is None and year is None:
        return None
    at = time.skip("of", end)
    if year is None and (said or year_in(time.word(at))):
        end = end if said else at + 1
        year = _year_called(time, said or year_in(time.word(at)) or 0, end)
        if year is None:
            return None
    months = _PART_LENGTHS[unit]
    whole = year.period if year else time.calendar.fiscal_year(time.today)
    part = _numbered(time, whole, number, months)
    if year is None and part.from_date is not None and part.from_date > time.today:
        eve = (whole.from_date or time.today) - timedelta(days=1)
        part = _numbered(time, time.calendar.fiscal_year(eve), number, months)
    return Moment(period=part, end=year.end if year else end)


def _numbered(time: TimeWords, year: Period, number: int, months: int) -> Period:
    first = year.from_date or time.today
    month = first.month - 1 + (number - 1) * months
    return time.calendar.fiscal_part(date(first.year + month // 12, month % 12 + 1, 1), months)


def _year_called(time: TimeWords, year: int, end: int) -> Moment | None:
    period = time.calendar.fiscal_year_called(year)
    return Moment(period=period, end=end) if period else None
