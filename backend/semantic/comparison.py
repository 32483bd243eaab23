"""Which days a period is compared with.

With a grain, each row is compared with the row one grain before it, or one year before it. Without
one, the whole period is: with as many whole months before, if it is of whole months, else with as
many days. A year ago are the same dates; of weeks, the one 52 weeks ago, which has the same days.
The last day of a month is compared with the last day of a month.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery

_YEAR_IN_WEEKS = 52 * 7
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_DAYS = {"day": 1, "week": 7}


@dataclass(frozen=True, slots=True, kw_only=True)
class Distance:
    """How long ago: so many months, or so many days."""

    months: int = 0
    days: int = 0


def distance(query: MetricQuery) -> Distance:
    """Between a day and the one that it is compared with. Raises SalesQueryInvalid."""
    if query.compare == "same_period_last_year":
        return Distance(days=_YEAR_IN_WEEKS) if query.grain == "week" else Distance(months=12)
    if query.grain is not None:
        return Distance(months=_MONTHS.get(query.grain, 0), days=_DAYS.get(query.grain, 0))
    first, last = query.from_date, query.to_date
    if first is None or last is None:
        raise SalesQueryInvalid("a comparison without a grain needs 'from' and 'to'")
    if first.day == 1 and _is_last(last):
        return Distance(months=(last.year - first.year) * 12 + last.month - first.month + 1)
    return Distance(days=(last - first).days + 1)


def previous_days(query: MetricQuery) -> tuple[date | None, date | None]:
    """The first and the last day of what is compared with. Raises SalesQueryInvalid."""
    ago = distance(query)
    first, last = query.from_date, query.to_date
    return (
        first and days_before(first, ago),
        last and _end_before(last, ago),
    )


def days_before(day: date, ago: Distance) -> date:
    """A month that is too short ends on its last day."""
    try:
        months = day.year * 12 + day.month - 1 - ago.months
        year, month = divmod(months, 12)
        held = date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
        return held - timedelta(days=ago.days)
    except (ValueError, OverflowError) as error:
        raise SalesQueryInvalid("there are no days before the year 1 to compare with") from error


def _end_before(day: date, ago: Distance) -> date:
    before = days_before(day, ago)
    if ago.months and _is_last(day):
        return before.replace(day=monthrange(before.year, before.month)[1])
    return before


def _is_last(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]
