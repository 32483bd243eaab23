"""Which days of a series a question is about."""

from dataclasses import dataclass
from datetime import date, timedelta

from backend.domain.errors import InvalidRequest
from backend.plugins.series import FACTS, FIRST_DAY, Series

#: The longest stretches without a quote are Carnival and the turn of the year: five days.
_DAYS_BACK = 10
#: Twelve months to accumulate, the one or two not yet published, and one for a late bulletin.
_MONTHS_BACK = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The days to read, inclusive. `single`: only the last value up to `last` was asked for."""

    first: date
    last: date
    single: bool
    #: The day or month that the question named, for saying so when it has no value.
    named: date | None = None


def window(series: Series, from_date: date | None, to_date: date | None, *, today: date) -> Window:
    """The days to read for a question with these bounds; without any, the latest value.

    `today` is the last day that the source can know of. Raises InvalidRequest.
    """
    if from_date is not None and to_date is not None and from_date > to_date:
        raise InvalidRequest("Argument 'from' must not be after 'to'.")
    if min(from_date or today, to_date or today) < FIRST_DAY:
        raise InvalidRequest(f"The series are read from {FIRST_DAY} on.")
    monthly = FACTS[series].every == "month"
    last = min(to_date or today, today)
    if from_date is None or _one_value(from_date, to_date, monthly=monthly):
        first = _months_before(last, _MONTHS_BACK) if monthly else last - timedelta(_DAYS_BACK)
        return Window(first=first, last=last, single=True, named=to_date)
    return Window(first=from_date.replace(day=1) if monthly else from_date, last=last, single=False)


def _one_value(from_date: date, to_date: date | None, *, monthly: bool) -> bool:
    if to_date is None:
        return False
    if monthly:
        return (from_date.year, from_date.month) == (to_date.year, to_date.month)
    return from_date == to_date


def _months_before(day: date, months: int) -> date:
    """The first day of the month that many months earlier."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)
