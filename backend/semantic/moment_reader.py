"""The longest single expression of time: every rule is asked, and what they find is cached."""

from collections.abc import Callable
from dataclasses import replace

from backend.semantic.calendar_unit import Unit
from backend.semantic.edge_of_period import counted_within, third
from backend.semantic.fiscal import fiscal
from backend.semantic.holiday import holiday
from backend.semantic.moment import Moment, in_year
from backend.semantic.months_together import fortnight, stretch
from backend.semantic.named_day import weekday, weekday_of_week, weekend
from backend.semantic.part_of_year import month, part_of_year, year, year_after
from backend.semantic.period import Period
from backend.semantic.relative_period import (
    last_unit,
    last_units,
    previous_unit,
    this_unit,
    units_ago,
)
from backend.semantic.single_day import day_by_name, day_of_month, month_day, written
from backend.semantic.time_words import TimeWords
from backend.semantic.working_day import working_days

_Rule = Callable[[TimeWords, int], Moment | None]


def moment_at(time: TimeWords, start: int) -> Moment | None:
    """The longest single expression that begins at the word `start`."""
    if start not in time.moments:
        found = [each for rule in _RULES if (each := rule(time, start))]
        longest = max(found, key=lambda moment: moment.end, default=None)
        time.moments[start] = _all_of_it(time, longest) if longest else None
    return time.moments[start]


def running(time: TimeWords, start: int) -> Moment | None:
    """The running unit, from its bare name: the "ano" of "acumulado do ano"."""
    unit = time.unit(start)
    return Moment(period=time.this(unit[0]), end=unit[1]) if unit else None


def _all_of_it(time: TimeWords, moment: Moment) -> Moment:
    """Past the word of "mês passado inteiro"."""
    return replace(moment, end=time.skip("whole_behind", moment.end))


def _whole(time: TimeWords, start: int) -> Moment | None:
    """As in "todo o ano de 2024", "all of 2024", "the whole of last year"."""
    at = time.end_of("whole", start)
    return moment_at(time, at) if at is not None else None


def _bare_unit(time: TimeWords, start: int) -> Moment | None:
    """As in "vendas do mês": a unit with its article, and nothing that tells which."""
    at = time.end_of("bare_before", start)
    unit = time.unit(at) if at is not None else None
    if at is None or unit is None or moment_at(time, at) is not None:
        return None
    # "Dia da semana", "fim do mês que vem".
    names_a_part = time.unit(start - 1) is not None and start > 0
    tells_which = any(
        time.end_of(name, unit[1]) is not None for name in ("coming", "last", "previous")
    )
    if names_a_part or tells_which:
        return None
    return Moment(period=time.this(unit[0]), end=unit[1], may_start=False, may_end=False)


def _same_in_another_year(time: TimeWords, start: int) -> Moment | None:
    """As in "mesmo mês do ano passado"; in a follow-up also "same period last year"."""
    at = time.end_of("same", start)
    unit = time.unit(at) if at is not None else None
    end = unit[1] if unit else time.end_of("span", at or len(time.words))
    said = year_after(time, end) if end is not None else None
    base = _same_base(time, unit[0] if unit else None)
    if end is None or said is None or base is None:
        return None
    period = in_year(base, _meant_year(time, end, said[0], base))
    return Moment(period=period, end=said[1]) if period else None


def _meant_year(time: TimeWords, end: int, said: int, base: Period) -> int:
    """Of "ano anterior" the one before the base's; of "ano passado" too, if it is the base's."""
    own = base.to_date.year
    for at in (time.skip("of", end), end):
        if previous_unit(time, at) is not None:
            return own - 1
        if last_unit(time, at) is not None and said == own:
            return own - 1
    return said


def _same_base(time: TimeWords, unit: Unit | None) -> Period | None:
    """The period of the question before, where it fits; else the running one."""
    anchor = time.anchor
    if anchor is not None and anchor.from_date is not None and unit in (None, anchor.unit):
        return anchor
    return time.this(unit) if unit in _DATED else None


#: A week lies otherwise in another year.
_DATED = (Unit.DAY, Unit.MONTH, Unit.QUARTER, Unit.HALF)

_RULES: tuple[_Rule, ...] = (
    day_by_name,
    written,
    day_of_month,
    month_day,
    month,
    part_of_year,
    year,
    this_unit,
    last_unit,
    last_units,
    previous_unit,
    units_ago,
    weekday,
    weekday_of_week,
    weekend,
    working_days,
    holiday,
    fiscal,
    stretch,
    fortnight,
    third,
    counted_within,
    _whole,
    _bare_unit,
    _same_in_another_year,
)
