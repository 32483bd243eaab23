"""The fiscal year and its quarters: "ano fiscal", "FY24", "exercício passado", "fiscal Q1"."""

import re
from datetime import timedelta

from backend.semantic.moment import Moment
from backend.semantic.period import Period
from backend.semantic.time_words import TimeWords
from backend.semantic.written_date import full_year, year_in

_CODE = re.compile(r"fy(\d{2}|\d{4})")


def fiscal(time: TimeWords, start: int) -> Moment | None:
    """The whole of it, the days ahead too; it is called by the year in which it ends."""
    code = _CODE.fullmatch(time.word(start))
    if code is not None:
        period = time.calendar.fiscal_year_called(full_year(int(code[1])))
        return Moment(period=period, end=start + 1)
    before = next((name for name in ("last", "this", "previous") if time.end_of(name, start)), None)
    at = time.end_of(before, start) if before else time.skip("article", start)
    for name, of in (
        ("fiscal_quarter", time.calendar.fiscal_quarter),
        ("fiscal_year", time.calendar.fiscal_year),
    ):
        end = time.end_of(name, at) if at is not None else None
        if end is None:
            continue
        behind = next(
            (each for each in ("last", "this", "previous") if time.end_of(each, end)), None
        )
        period = of(time.today)
        if (before or behind) in ("last", "previous") and period.from_date is not None:
            period = of(period.from_date - timedelta(days=1))
        after = time.end_of(behind, end) if behind else None
        return _called(time, name, after or end) or Moment(period=period, end=after or end)
    return None


def _called(time: TimeWords, name: str, end: int) -> Moment | None:
    """As in "ano fiscal de 2025"."""
    at = time.skip("of", end)
    year = year_in(time.word(at))
    if year is None or name != "fiscal_year":
        return None
    period: Period = time.calendar.fiscal_year_called(year)
    return Moment(period=period, end=at + 1)
