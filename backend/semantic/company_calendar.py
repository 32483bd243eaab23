"""The company's own calendar: when its fiscal year begins, and which days it works."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import holidays

from backend.semantic.model import WeekStart
from backend.semantic.period import Period
from backend.semantic.written_date import YEARS

_SATURDAY = 5
_WEEKDAYS = {"monday": 0, "saturday": _SATURDAY, "sunday": 6}
#: Countries whose holidays are known; in another only weekends are free.
_KNOWN = frozenset(holidays.list_supported_countries())
_YEAR_IN_MONTHS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyCalendar:
    """`country` is ISO 3166; empty: only weekends are free. The fiscal year begins with that month."""

    country: str = ""
    fiscal_year_start: int = 1
    week_start: WeekStart = "monday"

    @property
    def first_weekday(self) -> int:
        """The day that weeks begin with; Monday is 0."""
        return _WEEKDAYS[self.week_start]

    def works(self, day: date) -> bool:
        return day.weekday() < _SATURDAY and day not in _holidays(self.country, day.year)

    def working_day(self, day: date, step: int) -> date:
        """The nearest working day from `day` on (step 1) or back (step -1), itself if it is one."""
        while not self.works(day):
            day += timedelta(days=step)
        return day

    def fiscal_year(self, day: date) -> Period:
        """The fiscal year that a day lies in. It is called by the year in which it ends."""
        return self._months(day, _YEAR_IN_MONTHS)

    def fiscal_part(self, day: date, months: int) -> Period:
        """The part of so many months of the fiscal year that a day lies in."""
        return self._months(day, months)

    def fiscal_year_called(self, year: int) -> Period | None:
        """The fiscal year that ends in a year, if sales reach so far."""
        if year not in YEARS:
            return None
        if self.fiscal_year_start == 1:
            return self.fiscal_year(date(year, 1, 1))
        return self.fiscal_year(date(year, self.fiscal_year_start, 1) - timedelta(days=1))

    def _months(self, day: date, length: int) -> Period:
        """The stretch of `length` months, counted from the fiscal year's first, that a day lies in."""
        since = (day.year * _YEAR_IN_MONTHS + day.month - self.fiscal_year_start) // length * length
        first = _first_of(since + self.fiscal_year_start - 1)
        return Period(
            from_date=first,
            to_date=_first_of(since + self.fiscal_year_start - 1 + length) - timedelta(days=1),
        )


def _first_of(months: int) -> date:
    return date(months // _YEAR_IN_MONTHS, months % _YEAR_IN_MONTHS + 1, 1)


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    if country not in _KNOWN:
        return frozenset()
    return frozenset(holidays.country_holidays(country, years=year))
