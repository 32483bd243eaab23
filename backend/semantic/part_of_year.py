"""Months, quarters, halves and years by name: "outubro de 2026", "1º trimestre", "Q3", "1T26"."""

import re
from datetime import date, timedelta

from backend.semantic.calendar_unit import Unit, last_day, shifted
from backend.semantic.moment import TEMPLATE_YEAR, Moment, in_latest_year, in_year
from backend.semantic.period import Period, ago, whole
from backend.semantic.relative_period import last_unit, previous_unit, this_unit
from backend.semantic.time_words import TimeWords
from backend.semantic.written_date import YEARS, full_year, written_code, written_month, year_in

_PARTS = {Unit.QUARTER: 4, Unit.HALF: 2}


def month(time: TimeWords, start: int) -> Moment | None:
    """As in "outubro", "mês de outubro", "October 2026", "março do ano passado", "mar/25", "10/2026"."""
    unit = time.unit(start)
    at = time.skip("of", unit[1]) if unit and unit[0] is Unit.MONTH else start
    return _written_month(time, at) or _month_by_name(time, at)


def part_of_year(time: TimeWords, start: int) -> Moment | None:
    """As in "1º trimestre de 2026", "second half", "T1", "1T26", "quarter 3"."""
    code = written_code(time.word(start))
    found = (*code, start + 1) if code else _spelt_part(time, start)
    if found is None:
        return None
    unit, number, said_year, end = found
    if number not in range(1, _PARTS.get(unit, 0) + 1):
        return None
    template = whole(unit, shifted(date(TEMPLATE_YEAR, 1, 1), unit, number - 1))
    after = year_after(time, end) if said_year is None else (said_year, end)
    return _in_its_year(template, after, end)


def stretch(time: TimeWords, start: int) -> Moment | None:
    """As in "primeiro bimestre de 2026", "2º quadrimestre"."""
    ordinal = time.lexicon.ordinals.match(time.words, start)
    if ordinal is None:
        return None
    for name, months in (("two_months", 2), ("four_months", 4)):
        end = time.end_of(name, ordinal[1])
        if end is not None and ordinal[0] * months <= 12:
            first = date(TEMPLATE_YEAR, (ordinal[0] - 1) * months + 1, 1)
            last = last_day(date(TEMPLATE_YEAR, ordinal[0] * months, 1), Unit.MONTH)
            said = year_after(time, end)
            at = said[0] if said else time.today.year
            if said is None and first.replace(year=at) > time.today:
                at -= 1
            period = Period(from_date=first.replace(year=at), to_date=_in(last, at))
            return Moment(period=period, end=said[1] if said else end)
    return None


def fortnight(time: TimeWords, start: int) -> Moment | None:
    """As in "primeira quinzena de março", "quinzena passada"."""
    end = time.end_of("fortnight", start)
    behind = time.end_of("last", end) if end is not None else None
    if behind is not None:
        return Moment(period=_fortnight_before(time.today), end=behind)
    before = time.end_of("last", start)
    end = time.end_of("fortnight", before) if before is not None else None
    if end is not None:
        return Moment(period=_fortnight_before(time.today), end=end)
    ordinal = time.lexicon.ordinals.match(time.words, start)
    end = time.end_of("fortnight", ordinal[1]) if ordinal else None
    found = month(time, time.skip("of", end)) if end is not None else None
    if ordinal is None or found is None or ordinal[0] not in (1, 2):
        return None
    placed = (
        in_latest_year(found.period, time.today, time.anchor) if found.open_year else found.period
    )
    if placed is None or placed.from_date is None:
        return None
    middle = placed.from_date.replace(day=15)
    if ordinal[0] == 1:
        return Moment(period=Period(from_date=placed.from_date, to_date=middle), end=found.end)
    return Moment(
        period=Period(from_date=middle.replace(day=16), to_date=placed.to_date), end=found.end
    )


def _fortnight_before(today: date) -> Period:
    if today.day > 15:
        return Period(from_date=today.replace(day=1), to_date=today.replace(day=15))
    eve = today.replace(day=1) - timedelta(days=1)
    return Period(from_date=eve.replace(day=16), to_date=eve)


def _in(day: date, year: int) -> date:
    """The last day of the same month of a year."""
    return last_day(date(year, day.month, 1), Unit.MONTH)


def year(time: TimeWords, start: int) -> Moment | None:
    """As in "2026", "ano de 2026"."""
    unit = time.unit(start)
    at = time.skip("of", unit[1]) if unit and unit[0] is Unit.YEAR else start
    number = year_in(time.word(at))
    if number is None:
        return None
    return Moment(period=whole(Unit.YEAR, date(number, 1, 1)), end=at + 1)


def year_after(time: TimeWords, start: int) -> tuple[int, int] | None:
    """A year that belongs to what stands before it: "(março) de 2025", "(Q1) last year"."""
    for at in dict.fromkeys((time.skip("of", start), start)):
        for rule in (year, this_unit, last_unit, previous_unit):
            found = rule(time, at)
            if found and found.period.unit is Unit.YEAR:
                return found.period.to_date.year, found.end
    # "(março) de 98": no day of a month is as large.
    at = time.skip("of", start)
    if re.fullmatch(r"[7-9]\d", time.word(at)):
        return full_year(int(time.word(at))), at + 1
    # "(primeiro semestre) do ano" is this year's.
    bare = time.end_of("bare_before", start)
    unit = time.unit(bare) if bare is not None else None
    return (time.today.year, unit[1]) if unit and unit[0] is Unit.YEAR else None


def _written_month(time: TimeWords, start: int) -> Moment | None:
    period = written_month(time.word(start))
    if period is not None:
        return Moment(period=period, end=start + 1)
    name, _, digits = time.word(start).partition("/")
    number = time.lexicon.months.match((name,), 0) if digits.isdigit() else None
    if number is None:
        return None
    return _in_its_year(_template(number[0]), (full_year(int(digits)), start + 1), start + 1)


def _month_by_name(time: TimeWords, start: int) -> Moment | None:
    before = time.end_of("last", start)
    at = start if before is None else before
    found = time.lexicon.months.match(time.words, at)
    if found is None or (before is None and not _is_month(time, at, found[1])):
        return None
    number, end = found
    after = time.end_of("last", end)
    if before is None and after is None:
        return _in_its_year(_template(number), year_after(time, end), end)
    # "outubro passado" is the latest October that is over.
    over = ago(Unit.MONTH, 1, time.today).to_date
    period = in_latest_year(_template(number), over, None)
    return Moment(period=period, end=after or end) if period else None


def _is_month(time: TimeWords, start: int, end: int) -> bool:
    """Words such as "mar", "may" and "dez" are months if a year or a preposition tells."""
    if time.word(start) not in time.lexicon.shy_months or year_after(time, end):
        return True
    if start == 0 or time.number(start) is not None:
        return False
    return any(
        time.lexicon.classes[name].match((time.word(start - 1),), 0)
        for name in ("of", "from", "to", "since", "until", "between", "and")
    )


def _spelt_part(time: TimeWords, start: int) -> tuple[Unit, int, None, int] | None:
    """As in "primeiro trimestre", "trimestre 1"."""
    ordinal = time.lexicon.ordinals.match(time.words, start)
    unit = time.unit(ordinal[1] if ordinal else start)
    if unit is None:
        return None
    if ordinal:
        return unit[0], ordinal[0], None, unit[1]
    number = time.number(unit[1])
    return (unit[0], number, None, unit[1] + 1) if number else None


def _in_its_year(template: Period, said: tuple[int, int] | None, end: int) -> Moment | None:
    if said is None:
        return Moment(period=template, end=end, open_year=True)
    placed = in_year(template, said[0]) if said[0] in YEARS else None
    return Moment(period=placed, end=said[1]) if placed else None


def _template(month_number: int) -> Period:
    return whole(Unit.MONTH, date(TEMPLATE_YEAR, month_number, 1))
