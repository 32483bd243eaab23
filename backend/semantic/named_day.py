"""Days by what they are: "segunda-feira passada", "last weekend", "último dia útil", "Natal de 2025"."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from dateutil.easter import easter

from backend.semantic.calendar_unit import Unit, last_day
from backend.semantic.moment import Moment
from backend.semantic.part_of_year import month, year_after
from backend.semantic.period import Period, ago, whole
from backend.semantic.relative_period import last_unit, previous_unit, this_unit
from backend.semantic.time_words import TimeWords

_FRIDAY, _SATURDAY = 4, 5
#: Weeks of working days; more is told in months.
_MOST_WORKING_DAYS = 60


def weekday(time: TimeWords, start: int) -> Moment | None:
    """As in "segunda-feira passada", "last Friday": the latest one before today."""
    before = time.end_of("last", start)
    at = time.skip("article", start) if before is None else before
    found = time.lexicon.weekdays.match(time.words, at)
    if found is None:
        return None
    behind = time.end_of("last", found[1])
    if before is None and behind is None:
        return None
    back = (time.today.weekday() - found[0] - 1) % 7 + 1
    day = time.today - timedelta(days=back)
    return Moment(period=whole(Unit.DAY, day), end=behind or found[1])


def weekend(time: TimeWords, start: int) -> Moment | None:
    """As in "fim de semana passado", "last weekend", "neste fim de semana"."""
    before = next((name for name in ("last", "this") if time.end_of(name, start)), None)
    at = time.end_of(before, start) if before else start
    end = time.end_of("weekend", at) if at is not None else None
    if end is None:
        return None
    behind = next((name for name in ("last", "this") if time.end_of(name, end)), None)
    said = before or behind
    if said is None:
        return None
    saturday = time.today - timedelta(days=time.today.weekday() - _SATURDAY)
    if said == "last":
        saturday -= timedelta(days=7 if saturday + timedelta(days=1) >= time.today else 0)
    period = Period(from_date=saturday, to_date=saturday + timedelta(days=1))
    return Moment(period=period, end=(time.end_of(behind, end) if behind else None) or end)


def working_days(time: TimeWords, start: int) -> Moment | None:
    """As in "último dia útil", "last 5 business days", "primeiro dia útil de outubro"."""
    first = time.lexicon.ordinals.match(time.words, start)
    if first is not None and first[0] == 1:
        return _of_month(time, first[1], first=True)
    before = time.end_of("last", start) or time.end_of("previous", start)
    if before is None:
        end = time.end_of("working_day", start)
        behind = time.end_of("previous", end) if end is not None else None
        return _last_working(time, 1, behind) if behind is not None else None
    end = time.end_of("working_day", before)
    if end is not None:
        return _of_month(time, before, first=False) or _last_working(time, 1, end)
    count = time.number(before)
    end = time.end_of("working_day", before + 1)
    if count is None or end is None or not 1 <= count <= _MOST_WORKING_DAYS:
        return None
    return _last_working(time, count, end, with_today=True)


def holiday(time: TimeWords, start: int) -> Moment | None:
    """As in "Natal de 2025", "Black Friday": this year's, or last year's where it is still ahead."""
    for name, day_in in _HOLIDAYS.items():
        end = time.end_of(name, time.skip("article", start))
        if end is None:
            continue
        said = year_after(time, end)
        if said is not None:
            return Moment(period=whole(Unit.DAY, day_in(said[0])), end=said[1])
        this = day_in(time.today.year)
        day = this if this <= time.today else day_in(time.today.year - 1)
        return Moment(period=whole(Unit.DAY, day), end=end)
    return None


def _last_working(
    time: TimeWords, count: int, end: int | None, *, with_today: bool = False
) -> Moment | None:
    """The stretch that ends with the latest working day and has so many of them."""
    if end is None:
        return None
    calendar = time.calendar
    start = time.today if with_today else time.today - timedelta(days=1)
    last = first = calendar.working_day(start, -1)
    for _ in range(count - 1):
        first = calendar.working_day(first - timedelta(days=1), -1)
    return Moment(period=Period(from_date=first, to_date=last), end=end)


def _of_month(time: TimeWords, start: int, *, first: bool) -> Moment | None:
    """As in "(primeiro) dia útil do mês", "(last) business day of October"."""
    end = time.end_of("working_day", start)
    at = time.skip("of", end) if end is not None else None
    if at is None:
        return None
    found = month(time, at)
    for rule in (this_unit, last_unit, previous_unit):
        found = found or rule(time, at)
    if found is None:
        bare = time.end_of("bare_before", end or start)
        unit = time.unit(bare) if bare is not None else None
        if unit is None or unit[0] is not Unit.MONTH:
            return None
        found = Moment(period=ago(Unit.MONTH, 0, time.today), end=unit[1])
    if found.open_year or found.period.unit is not Unit.MONTH or found.period.from_date is None:
        return None
    edge = found.period.from_date if first else found.period.to_date
    day = time.calendar.working_day(edge, 1 if first else -1)
    return Moment(period=whole(Unit.DAY, day), end=found.end)


def _black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    last = last_day(date(year, 11, 1), Unit.MONTH)
    friday = last - timedelta(days=(last.weekday() - _FRIDAY) % 7)
    return friday if friday.day <= 29 else friday - timedelta(days=7)


_HOLIDAYS: Mapping[str, Callable[[int], date]] = {
    "christmas": lambda year: date(year, 12, 25),
    "black_friday": _black_friday,
    # Tuesday, 47 days before Easter.
    "carnival": lambda year: easter(year) - timedelta(days=47),
    "easter": easter,
}
