"""One day: "ontem", "31/10/2026", "5 de outubro", "October 5th, 2026", "dia 5"."""

from datetime import date

from backend.semantic.calendar_unit import Unit
from backend.semantic.moment import TEMPLATE_YEAR, Moment
from backend.semantic.part_of_year import month
from backend.semantic.period import whole
from backend.semantic.relative_period import last_unit, previous_unit, this_unit
from backend.semantic.time_words import TimeWords
from backend.semantic.written_date import (
    day_in_month,
    day_number,
    full_year,
    written_day,
    written_day_and_month,
    year_in,
)

_RECENT_YEARS = 4
_SHORT_NAME = 3


def day_by_name(time: TimeWords, start: int) -> Moment | None:
    found = time.lexicon.days.match(time.words, start)
    if found is None:
        return None
    return Moment(period=time.ago(Unit.DAY, found[0]), end=found[1])


def written(time: TimeWords, start: int) -> Moment | None:
    """31/10/2026 or 31/10, also after the word "day"."""
    unit = time.unit(start)
    at = unit[1] if unit and unit[0] is Unit.DAY else start
    word, month_first = time.word(at), time.month_first_possible
    day = written_day(word, month_first_possible=month_first)
    if day is not None:
        return Moment(period=whole(Unit.DAY, day), end=at + 1)
    short = written_day_and_month(word, month_first_possible=month_first)
    return _open_day(*short, at + 1) if short else None


def day_of_month(time: TimeWords, start: int) -> Moment | None:
    """As in "5 de outubro", "dia 5 de outubro de 2026", "5th of October", and "dia 5" of this month."""
    unit = time.unit(start)
    named = unit is not None and unit[0] is Unit.DAY
    at = unit[1] if unit and named else start
    day = day_number(time.word(at))
    if day is None:
        return None
    after = time.skip("of", at + 1)
    of_month = month(time, after) or _relative_month(time, after)
    if of_month is not None:
        return in_month(of_month, day)
    return _latest_day(time, day, at + 1) if named else None


def _relative_month(time: TimeWords, start: int) -> Moment | None:
    """As in "(dia 5) do mês passado"."""
    for rule in (this_unit, last_unit, previous_unit):
        found = rule(time, start)
        if found is not None and found.period.unit is Unit.MONTH:
            return found
    return None


def month_day(time: TimeWords, start: int) -> Moment | None:
    """As in "October 5, 2026", "October 5th"."""
    found = time.lexicon.months.match(time.words, start)
    day = day_number(time.word(found[1])) if found else None
    if found is None or day is None:
        return None
    end = found[1] + 1
    at = time.skip("of", end)
    year = year_in(time.word(at))
    if year is None and _may_be_year(time, start, end - 1):
        return None
    if year is None:
        return _open_day(found[0], day, end)
    first = whole(Unit.MONTH, date(year, found[0], 1))
    return in_month(Moment(period=first, end=at + 1), day)


def _may_be_year(time: TimeWords, start: int, at: int) -> bool:
    """The 24 of "jan 24", where it may be 2024: in English only beside a short name ("Jan-24")."""
    if not time.word(at).isdigit():
        return False
    recent = range(time.today.year - _RECENT_YEARS, time.today.year + 2)
    short = len(time.word(start)) <= _SHORT_NAME
    return time.day_before_month or (
        full_year(int(time.word(at))) in recent and (short or not time.month_first_possible)
    )


def in_month(of_month: Moment, day: int) -> Moment | None:
    """A day of a month that was read; the year stays as open as it was."""
    first = of_month.period.from_date
    if first is None or of_month.period.unit is not Unit.MONTH:
        return None
    found = day_in_month(first, day)
    if found is None:
        return None
    return Moment(period=whole(Unit.DAY, found), end=of_month.end, open_year=of_month.open_year)


def _open_day(month_number: int, day: int, end: int) -> Moment | None:
    template = whole(Unit.MONTH, date(TEMPLATE_YEAR, month_number, 1))
    return in_month(Moment(period=template, end=end, open_year=True), day)


def _latest_day(time: TimeWords, day: int, end: int) -> Moment | None:
    """Of this month, or of the one before where this one's is still ahead."""
    for count in (0, 1):
        first = time.ago(Unit.MONTH, count).from_date
        found = day_in_month(first, day) if first else None
        if found and found <= time.today:
            return Moment(period=whole(Unit.DAY, found), end=end)
    return None
