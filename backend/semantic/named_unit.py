"""The whole month, quarter, half or year that something is a part of: the "março" of "fim de março"."""

from backend.semantic.calendar_unit import Unit
from backend.semantic.moment import Moment, in_latest_year
from backend.semantic.part_of_year import month, part_of_year, year
from backend.semantic.period import Period
from backend.semantic.relative_period import last_unit, previous_unit, this_unit
from backend.semantic.time_words import TimeWords

_RULES = (month, part_of_year, year, this_unit, last_unit, previous_unit)
_LARGE = (Unit.MONTH, Unit.QUARTER, Unit.HALF, Unit.YEAR)


def named_unit(time: TimeWords, start: int, *, of_unit: bool = False) -> Moment | None:
    """The one that is named at `start`, perhaps after "of"; its year is settled.

    "Do mês" is the running one; so is "de ano", if `of_unit` ("fin de año" is a season).
    """
    for at in dict.fromkeys((time.skip("of", start), start)):
        found = [each for rule in _RULES if (each := rule(time, at))]
        longest = max(found, key=lambda moment: moment.end, default=None)
        period = placed(time, longest) if longest else None
        if longest and period and period.unit in _LARGE:
            return Moment(period=period, end=longest.end)
    for name in ("bare_before", "bare_after_edge") if of_unit else ("bare_before",):
        bare = time.end_of(name, start)
        unit = time.unit(bare) if bare is not None else None
        # Not "até meados do mês que vem".
        if unit and unit[0] in _LARGE and time.end_of("coming", unit[1]) is None:
            return Moment(period=time.this(unit[0]), end=unit[1])
    return None


def placed(time: TimeWords, moment: Moment) -> Period | None:
    """The period, in the year that is meant where none was said."""
    if not moment.open_year:
        return moment.period
    return in_latest_year(moment.period, time.today, time.anchor)
