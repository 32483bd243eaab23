"""Periods told from today: "este mês", "last quarter", "los últimos 7 días", "mês anterior"."""

from backend.semantic.calendar_unit import Unit
from backend.semantic.moment import Moment
from backend.semantic.period import Period, ago, whole
from backend.semantic.time_words import TimeWords

#: More units than this is not how a sales question speaks, and would leave the calendar.
_LONGEST_COUNT = 400


def this_unit(time: TimeWords, start: int) -> Moment | None:
    """As in "este mês", "mês atual", "this quarter", "neste ano corrente"."""
    before = time.end_of("this", start)
    unit = time.unit(start if before is None else before)
    if unit is None:
        return None
    after = _end_behind(time, "this", unit[1])
    if before is None and after is None:
        return None
    return Moment(period=time.this(unit[0]), end=after or unit[1])


def last_unit(time: TimeWords, start: int) -> Moment | None:
    """As in "mês passado", "last month", "semana retrasada", "the week before last", "penúltimo mês"."""
    last_but_one = time.end_of("last_but_one", start)
    unit = time.unit(last_but_one) if last_but_one is not None else None
    if unit is not None:
        return Moment(period=time.ago(unit[0], 2), end=unit[1])
    before = time.end_of("last", start)
    unit = time.unit(start if before is None else before)
    if unit is None:
        return None
    if before is not None:
        # "The last months" do not say how many.
        several = time.is_plural(before)
        return None if several else Moment(period=time.ago(unit[0], 1), end=unit[1])
    for name, count in (("before_last", 2), ("last", 1)):
        end = _end_behind(time, name, unit[1])
        if end is not None:
            return Moment(period=time.ago(unit[0], count), end=end)
    return None


def last_units(time: TimeWords, start: int) -> Moment | None:
    """As in "últimos 7 dias", "7 últimos dias", "last three months"."""
    before = time.end_of("last", start) or time.end_of("previous", start)
    if before is not None:
        count, end = time.number(before), before + 1
    else:
        count, end = time.number(start), time.end_of("last", start + 1) or start
    unit = time.unit(end)
    if count is None or unit is None or end == start or not 1 <= count <= _LONGEST_COUNT:
        return None
    return Moment(period=time.recent(unit[0], count), end=unit[1], may_start=False, may_end=False)


def units_ago(time: TimeWords, start: int) -> Moment | None:
    """As in "2 meses atrás", "three weeks ago", "a month ago": the whole of that one."""
    count, unit = time.count(start), time.unit(start + 1)
    end = time.end_of("ago", unit[1]) if unit else None
    if count is None or unit is None or end is None or not 1 <= count <= _LONGEST_COUNT:
        return None
    return Moment(period=time.ago(unit[0], count), end=end)


def previous_unit(time: TimeWords, start: int) -> Moment | None:
    """As in "mês anterior", "the previous month", "período anterior".

    In a follow-up it is the one before the period of the question before, where that was one such
    unit; otherwise the one before today's.
    """
    before = time.end_of("previous", start)
    at = start if before is None else before
    unit = time.unit(at)
    end = unit[1] if unit else time.end_of("span", at)
    if end is not None and before is None:
        end = _end_behind(time, "previous", end)
    if end is None:
        return None
    if unit is None:
        earlier = time.anchor.before() if time.anchor else None
        return Moment(period=earlier, end=end) if earlier else None
    return Moment(period=_before(time, unit[0]), end=end)


def _end_behind(time: TimeWords, name: str, start: int) -> int | None:
    """Where a word of this class ends behind its unit: "passado" in "mês passado".

    Not where it rather stands before the next one: "by month LAST year", "por mês ESTE ano".
    """
    end = time.end_of(name, start)
    if end is None or (time.unit(end) is not None and time.end_of("only_behind", start) is None):
        return None
    return end


def _before(time: TimeWords, unit: Unit) -> Period:
    anchor, week_start = time.anchor, time.calendar.first_weekday
    first = anchor.from_date if anchor is not None else None
    if first is not None and anchor == whole(unit, first, week_start):
        return ago(unit, 1, first, week_start)
    return time.ago(unit, 1)
