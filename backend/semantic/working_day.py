"""Days on which the company works: "último dia útil", "last 5 business days", "5º dia útil do mês"."""

from datetime import timedelta

from backend.semantic.calendar_unit import Unit
from backend.semantic.moment import Moment
from backend.semantic.named_unit import named_unit
from backend.semantic.period import Period, whole
from backend.semantic.time_words import TimeWords
from backend.semantic.written_date import day_number

#: Weeks of working days; more is told in months.
_MOST_WORKING_DAYS = 60


def working_days(time: TimeWords, start: int) -> Moment | None:
    """The last one is before today; the last five end with today, if it is one."""
    return (
        _of_month(time, start)
        or _last(time, start)
        or _behind(time, start)
        or _last_so_many(time, start)
    )


def _of_month(time: TimeWords, start: int) -> Moment | None:
    """As in "primeiro dia útil do mês", "5º dia útil de outubro", "last business day of October"."""
    ordinal = time.lexicon.ordinals.match(time.words, start)
    number, at = ordinal or (day_number(time.word(start)), start + 1)
    last = time.end_of("last", start)
    end = time.end_of("working_day", at if last is None else last)
    month = named_unit(time, end) if end is not None else None
    if month is None or month.period.unit is not Unit.MONTH or month.period.from_date is None:
        return None
    if last is not None:
        day = time.calendar.working_day(month.period.to_date, -1)
        return Moment(period=whole(Unit.DAY, day), end=month.end)
    if not number:
        return None
    day = time.calendar.working_day(month.period.from_date, 1)
    for _ in range(number - 1):
        day = time.calendar.working_day(day + timedelta(days=1), 1)
    if day > month.period.to_date:
        return None
    return Moment(period=whole(Unit.DAY, day), end=month.end)


def _last(time: TimeWords, start: int) -> Moment | None:
    """As in "último dia útil", "previous business day"."""
    before = time.end_of("last", start) or time.end_of("previous", start)
    end = time.end_of("working_day", before) if before is not None else None
    return _before(time, 1, end) if end is not None else None


def _behind(time: TimeWords, start: int) -> Moment | None:
    """As in "dia útil anterior", "3 business days ago"."""
    end = time.end_of("working_day", start)
    behind = time.end_of("previous", end) if end is not None else None
    if behind is not None:
        return _before(time, 1, behind)
    count, end = time.count(start), time.end_of("working_day", start + 1)
    behind = time.end_of("ago", end) if end is not None else None
    if count is None or behind is None or not 1 <= count <= _MOST_WORKING_DAYS:
        return None
    return _before(time, count, behind)


def _before(time: TimeWords, count: int, end: int) -> Moment:
    """The working day that is so many before today."""
    day = time.today
    for _ in range(count):
        day = time.calendar.working_day(day - timedelta(days=1), -1)
    return Moment(period=whole(Unit.DAY, day), end=end)


def _last_so_many(time: TimeWords, start: int) -> Moment | None:
    """As in "últimos 5 dias úteis"."""
    before = time.end_of("last", start) or time.end_of("previous", start)
    count = time.number(before) if before is not None else None
    end = time.end_of("working_day", before + 1) if before is not None else None
    if count is None or end is None or not 1 <= count <= _MOST_WORKING_DAYS:
        return None
    last = first = time.calendar.working_day(time.today, -1)
    for _ in range(count - 1):
        first = time.calendar.working_day(first - timedelta(days=1), -1)
    return Moment(period=Period(from_date=first, to_date=last), end=end)
