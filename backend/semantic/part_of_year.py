"""Months, quarters, halves and years by name: "outubro de 2026", "1º trimestre", "Q3", "1T26"."""

import re
from datetime import date

from backend.semantic.calendar_unit import Unit, shifted
from backend.semantic.moment import TEMPLATE_YEAR, Moment, in_latest_year, in_year
from backend.semantic.period import Period, whole
from backend.semantic.relative_period import last_unit, previous_unit, this_unit
from backend.semantic.time_words import TimeWords
from backend.semantic.written_date import (
    YEARS,
    day_number,
    full_year,
    short_written_month,
    written_code,
    written_month,
    year_in,
)

_PARTS = {Unit.QUARTER: 4, Unit.HALF: 2}
#: From here on a number of two digits is a year of the last century, and no day.
_SURE_SHORT_YEARS = 70
#: "Em 15" is rather a day, or fifteen of something.
_RECENT = 8
#: "Março de 10" is rather ten of something; so are months before our time.
_FIRST_SHORT_YEAR = 2013


def month(time: TimeWords, start: int) -> Moment | None:
    """As in "outubro", "mês de outubro", "October 2026", "março do ano passado", "mar/25", "10/2026"."""
    unit = _unit_named(time, start)
    at = time.skip("of", unit[1]) if unit and unit[0] is Unit.MONTH else start
    return _written_month(time, at) or _month_by_name(time, at)


def _unit_named(time: TimeWords, start: int) -> tuple[Unit, int] | None:
    """The "mês" of "mês de outubro", and not of "por mês de janeiro a outubro"."""
    return None if time.follows("every", start) else time.unit(start)


def part_of_year(time: TimeWords, start: int) -> Moment | None:
    """As in "1º trimestre de 2026", "second half", "T1", "1T26", "quarter 3"."""
    found = numbered_part(time, start)
    if found is None:
        return None
    unit, number, said_year, end = found
    template = whole(unit, shifted(date(TEMPLATE_YEAR, 1, 1), unit, number - 1))
    after = year_after(time, end) if said_year is None else (said_year, end)
    return _in_its_year(template, after, end)


def numbered_part(time: TimeWords, start: int) -> tuple[Unit, int, int | None, int] | None:
    """A quarter or half, its number, the year of its code if it has one, and where it ends."""
    code = written_code(time.word(start))
    found = (*code, start + 1) if code else _spelt_part(time, start)
    if found is None or found[1] not in range(1, _PARTS.get(found[0], 0) + 1):
        return None
    if _may_be_a_name(time, start, found[2]):
        return None
    return found


def _may_be_a_name(time: TimeWords, start: int, said_year: int | None) -> bool:
    """As in "Galaxy S2": read only where a word before it or a year says that it is a time."""
    if not time.word(start).startswith("s") or not time.word(start)[1:].isdigit():
        return False
    said = said_year is not None or year_after(time, start + 1) is not None
    return not said and start > 0 and not time.follows("before_part_codes", start)


def year(time: TimeWords, start: int) -> Moment | None:
    """As in "2026", "ano de 2026"."""
    unit = _unit_named(time, start)
    at = time.skip("of", unit[1]) if unit and unit[0] is Unit.YEAR else start
    number = year_in(time.word(at)) or _short_year_alone(time, at, named=at > start)
    if number is None:
        return None
    return Moment(period=whole(Unit.YEAR, date(number, 1, 1)), end=at + 1)


def _short_year_alone(time: TimeWords, at: int, *, named: bool) -> int | None:
    """The 97 of "vendas em 97", "receita de 97", "ano de 97", "from 96 to 97"; the 25 of "em 25".

    Not where it counts what comes next ("em 97 lojas"), nor where it bounds ("acima de 97").
    """
    word = time.word(at)
    if not re.fullmatch(r"\d\d", word):
        return None
    number = full_year(int(word))
    said_when = named or time.follows("before_short_years", at)
    if int(word) < _SURE_SHORT_YEARS:
        likely = said_when and time.today.year - _RECENT <= number <= time.today.year
    else:
        of = time.follows("of", at) and not time.follows("bounds_of", at - 1)
        goes_on = _short_year_alone(time, at - 2, named=False) is not None
        likely = said_when or of or goes_on
    free = at + 1 == len(time.words) or time.end_of("beside_months", at + 1) is not None
    return number if likely and free and number <= time.today.year else None


def year_after(time: TimeWords, start: int) -> tuple[int, int] | None:
    """A year that belongs to what stands before it: "(março) de 2025", "(Q1) last year"."""
    for at in dict.fromkeys((time.skip("of", start), start)):
        for rule in (year, this_unit, last_unit, previous_unit):
            found = rule(time, at)
            if found and found.period.unit is Unit.YEAR:
                return found.period.to_date.year, found.end
    short = _short_year(time, start)
    if short is not None:
        return short
    # "(primeiro semestre) do ano" is this year's.
    bare = time.end_of("bare_before", start)
    unit = time.unit(bare) if bare is not None else None
    return (time.today.year, unit[1]) if unit and unit[0] is Unit.YEAR else None


def _short_year(time: TimeWords, start: int) -> tuple[int, int] | None:
    """The 98 of "março de 98", the 24 of "março de 24", and in Portuguese of "jan 24".

    No day of a month is as large as 70. A smaller number is a year only if it cannot count what
    comes next, and not one that lies ahead.
    """
    at = time.skip("of", start)
    word = time.word(at)
    if not re.fullmatch(r"\d\d", word):
        return None
    number = full_year(int(word))
    if int(word) >= _SURE_SHORT_YEARS:
        return number, at + 1
    if time.month_first_possible or (at == start and not time.day_before_month):
        return None
    free = at + 1 == len(time.words) or time.end_of("beside_months", at + 1) is not None
    likely = _FIRST_SHORT_YEAR <= number <= time.today.year + 1
    return (number, at + 1) if free and likely else None


def _written_month(time: TimeWords, start: int) -> Moment | None:
    number_of_goods = len(time.word(start - 1)) == 1 and not time.follows(
        "before_part_codes", start
    )
    if number_of_goods and "/" in time.word(start):
        # "B-12/98".
        return None
    period = written_month(time.word(start))
    if period is None and not time.month_first_possible and not time.word(start - 1).isdigit():
        period = short_written_month(time.word(start), time.today.year + 1)
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
    if time.end_of("each", time.skip("of", end)) is not None:
        # "Janeiro de cada ano".
        return None
    after = time.end_of("last", end)
    said = year_after(time, end)
    # "October last" is over; "October last year" has its year.
    if said is not None or (before is None and after is None):
        return _in_its_year(_template(number), said, end)
    # "outubro passado" is the latest October that is over.
    over = time.ago(Unit.MONTH, 1).to_date
    period = in_latest_year(_template(number), over, None)
    return Moment(period=period, end=after or end) if period else None


def _is_month(time: TimeWords, start: int, end: int) -> bool:
    """Words such as "mar", "may" and "dez" are months if a year or a preposition tells."""
    if time.word(start) not in time.lexicon.shy_months or year_after(time, end):
        return True
    free = end == len(time.words) or time.end_of("beside_months", end) is not None
    if time.number(start) is not None and not free:
        # "Em dez dias".
        return False
    day_before = day_number(time.word(start - 1)) is not None and free
    return (
        day_before or time.follows("before_shy_months", start) or _beside_a_month(time, start, end)
    )


def _beside_a_month(time: TimeWords, start: int, end: int) -> bool:
    """As in "de set a nov", "fev e mar"."""
    months = time.lexicon.months
    for name in ("to", "and"):
        after = time.end_of(name, end)
        if after is not None and months.match(time.words, after):
            return True
        if time.follows(name, start) and months.match((time.word(start - 2),), 0):
            return True
    return False


def _spelt_part(time: TimeWords, start: int) -> tuple[Unit, int, None, int] | None:
    """As in "primeiro trimestre", "trimestre 1"."""
    ordinal = time.lexicon.ordinals.match(time.words, start)
    ordinal = ordinal or _bare_ordinal(time, start)
    unit = time.unit(ordinal[1] if ordinal else start)
    if unit is None:
        return None
    if ordinal:
        return unit[0], ordinal[0], None, unit[1]
    number = time.number(unit[1])
    return (unit[0], number, None, unit[1] + 1) if number else None


def _bare_ordinal(time: TimeWords, start: int) -> tuple[int, int] | None:
    """The 3 of "no 3 trimestre": several quarters would be in the plural."""
    word = time.word(start)
    if not (len(word) == 1 and word.isascii() and word.isdigit()) or time.is_plural(start + 1):
        return None
    return (int(word), start + 1) if time.follows("before_part_codes", start) else None


def _in_its_year(template: Period, said: tuple[int, int] | None, end: int) -> Moment | None:
    if said is None:
        return Moment(period=template, end=end, open_year=True)
    placed = in_year(template, said[0]) if said[0] in YEARS else None
    return Moment(period=placed, end=said[1]) if placed else None


def _template(month_number: int) -> Period:
    return whole(Unit.MONTH, date(TEMPLATE_YEAR, month_number, 1))
