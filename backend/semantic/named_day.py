"""Days of the week: "segunda-feira passada", "Friday of last week", "fim de semana passado"."""

from datetime import date, timedelta

from backend.semantic.calendar_unit import Unit
from backend.semantic.moment import Moment
from backend.semantic.period import Period, whole
from backend.semantic.relative_period import last_unit, previous_unit, this_unit
from backend.semantic.time_words import TimeWords

_SATURDAY = 5


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
    return _latest(found[0], time.today - timedelta(days=1), behind or found[1])


def weekday_begun(time: TimeWords, start: int) -> Moment | None:
    """The "Monday" of "since Monday": the latest one, today if it is one."""
    found = time.lexicon.weekdays.match(time.words, start)
    return _latest(found[0], time.today, found[1]) if found else None


def weekday_of_week(time: TimeWords, start: int) -> Moment | None:
    """As in "segunda da semana passada", "de segunda a sexta desta semana"; none that is ahead."""
    at = time.skip("from", start)
    first = time.lexicon.weekdays.match(time.words, at)
    if first is None:
        return None
    to = time.end_of("to", first[1])
    last = time.lexicon.weekdays.match(time.words, to) if to is not None else None
    after = (last or first)[1]
    week = _week(time, after)
    if week is None or week.period.from_date is None or (last is None and at != start):
        return None
    begins = time.calendar.first_weekday
    days = [
        week.period.from_date + timedelta(days=(number - begins) % 7)
        for number, _ in (first, last or first)
    ]
    if not days[0] <= days[1] or days[0] > time.today:
        return None
    return Moment(period=Period(from_date=days[0], to_date=days[1]), end=week.end)


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


def _week(time: TimeWords, start: int) -> Moment | None:
    """As in "(segunda) da semana passada", "(Monday) last week", "(segunda) desta semana"."""
    of = time.skip("of", start)
    for at in dict.fromkeys((time.skip("article", of), of, start)):
        for rule in (this_unit, last_unit, previous_unit):
            found = rule(time, at)
            if found and time.unit_of(found.period) is Unit.WEEK:
                return found
    return None


def _latest(number: int, latest: date, end: int) -> Moment:
    day = latest - timedelta(days=(latest.weekday() - number) % 7)
    return Moment(period=whole(Unit.DAY, day), end=end)
