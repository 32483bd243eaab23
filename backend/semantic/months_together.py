"""Two months, four months and half a month: "2º bimestre", "último quadrimestre", "quinzena passada"."""

from datetime import date, timedelta

from backend.semantic.calendar_unit import Unit, last_day
from backend.semantic.moment import Moment
from backend.semantic.named_unit import named_unit
from backend.semantic.part_of_year import year_after
from backend.semantic.period import Period
from backend.semantic.time_words import TimeWords

_LENGTHS = {"two_months": 2, "four_months": 4}
#: How many back each of these classes of words says.
_BACK = {"this": 0, "last": 1, "previous": 1, "before_last": 2, "last_but_one": 2}
_MIDDLE = 15


def stretch(time: TimeWords, start: int) -> Moment | None:
    """As in "primeiro bimestre de 2026", "2º quadrimestre", "bimestre passado"."""
    for name, months in _LENGTHS.items():
        near = _told_from_today(time, start, name)
        if near is not None:
            return Moment(period=_before(time.today, months, near[0]), end=near[1])
    ordinal = time.lexicon.ordinals.match(time.words, start)
    if ordinal is None:
        return None
    for name, months in _LENGTHS.items():
        end = time.end_of(name, ordinal[1])
        if end is not None and ordinal[0] * months <= 12:
            month = (ordinal[0] - 1) * months + 1
            said = year_after(time, end)
            year = said[0] if said else time.today.year
            if said is None and date(year, month, 1) > time.today:
                year -= 1
            return Moment(period=_months(year, month, months), end=said[1] if said else end)
    return None


def fortnight(time: TimeWords, start: int) -> Moment | None:
    """As in "primeira quinzena de março", "quinzena passada", "esta quinzena"."""
    near = _told_from_today(time, start, "fortnight")
    if near is not None:
        period = _half_month(time.today)
        for _ in range(near[0]):
            period = _half_month((period.from_date or time.today) - timedelta(days=1))
        return Moment(period=period, end=near[1])
    ordinal = time.lexicon.ordinals.match(time.words, start)
    end = time.end_of("fortnight", ordinal[1]) if ordinal else None
    month = named_unit(time, end) if end is not None else None
    if ordinal is None or month is None or ordinal[0] not in (1, 2):
        return None
    if month.period.unit is not Unit.MONTH or month.period.from_date is None:
        return None
    day = month.period.from_date if ordinal[0] == 1 else month.period.to_date
    return Moment(period=_half_month(day), end=month.end)


def _told_from_today(time: TimeWords, start: int, name: str) -> tuple[int, int] | None:
    """How many back, and where it ends: "último bimestre", "bimestre passado"."""
    for said, back in _BACK.items():
        before = time.end_of(said, start)
        end = time.end_of(name, before) if before is not None else None
        if end is not None:
            return back, end
        end = time.end_of(name, start)
        behind = time.end_of(said, end) if end is not None else None
        if behind is not None:
            return back, behind
    return None


def _half_month(day: date) -> Period:
    if day.day <= _MIDDLE:
        return Period(from_date=day.replace(day=1), to_date=day.replace(day=_MIDDLE))
    return Period(from_date=day.replace(day=_MIDDLE + 1), to_date=last_day(day, Unit.MONTH))


def _before(today: date, length: int, back: int) -> Period:
    """The stretch of so many months `back` before the one that `today` lies in."""
    first = (today.year * 12 + today.month - 1) // length * length - back * length
    return _months(first // 12, first % 12 + 1, length)


def _months(year: int, month: int, length: int) -> Period:
    last = last_day(date(year, month + length - 1, 1), Unit.MONTH)
    return Period(from_date=date(year, month, 1), to_date=last)
