"""Parts of a month or a year by where they lie: "início do mês", "late March", "últimos 3 meses de 2025".

- The start, middle and end of a month are its days to the 10th, to the 20th and from the 21st on;
  those of a year are its thirds, of four months each.
- "The last 10 days of October" are counted within October.
"""

from datetime import date, timedelta
from enum import StrEnum

from backend.semantic.calendar_unit import Unit, last_day, shifted
from backend.semantic.moment import Moment
from backend.semantic.named_unit import named_unit
from backend.semantic.period import Period
from backend.semantic.time_words import TimeWords


class Third(StrEnum):
    START = "start"
    MIDDLE = "middle"
    END = "end"


_SAID = {
    Third.START: ("start", "early"),
    Third.MIDDLE: ("middle", "mid"),
    Third.END: ("end", "late"),
}
#: "Início", "end": words for other things too, where no "of" follows.
_NEED_OF = ("start", "middle", "end")
_THIRD_OF_YEAR = 4
_SECOND_THIRD, _LAST_THIRD = 11, 21


def third(time: TimeWords, start: int) -> Moment | None:
    """As in "início do mês", "meados de março", "end of last year"; none that is all ahead."""
    for part, names in _SAID.items():
        for name in names:
            end = time.end_of(name, start)
            if end is None or not _is_edge(time, start, end, name):
                continue
            whole = named_unit(time, end, of_unit=part is Third.START)
            found = _third(whole.period, part) if whole else None
            if whole and found and found.from_date and found.from_date <= time.today:
                return Moment(
                    period=found,
                    end=whole.end,
                    may_start=part is Third.START,
                    may_end=part is Third.END and found.to_date <= time.today,
                )
    return None


def counted_within(time: TimeWords, start: int) -> Moment | None:
    """As in "primeiros 10 dias de março", "last 3 months of 2025", "último dia do mês"."""
    first, count, at = _first_or_last(time, start)
    unit = time.unit(at) if count else None
    of = time.end_of("of", unit[1]) or time.end_of("bare_before", unit[1]) if unit else None
    if unit is None or of is None:
        return None
    whole = named_unit(time, unit[1])
    if whole is None or whole.period.from_date is None or unit[0] is Unit.WEEK:
        return None
    found = _counted(whole.period, unit[0], count, from_start=first)
    if found is None or found.from_date is None or found.from_date > time.today:
        return None
    return Moment(period=found, end=whole.end)


def _first_or_last(time: TimeWords, start: int) -> tuple[bool, int, int]:
    """True for the first ones, how many, and where their unit stands; none where it is not said."""
    number = time.number(start)
    at = start if number is None else start + 1
    ordinal = time.lexicon.ordinals.match(time.words, at)
    first = time.end_of("first", at) or (ordinal[1] if ordinal and ordinal[0] == 1 else None)
    behind = first or time.end_of("last", at)
    if behind is None or (number is not None and at == start):
        return False, 0, start
    if number is None and (number := time.number(behind)) is not None:
        behind += 1
    if number is None:
        number = 0 if time.is_plural(behind) else 1
    return first is not None, number, behind


def _is_edge(time: TimeWords, start: int, end: int, name: str) -> bool:
    """False also of "consumidor final de março", "shipped late last month": such a word needs
    another before it.
    """
    is_shy = time.end_of("shy_edges", start) is not None and start > 0
    if is_shy and not time.follows("before_edges", start):
        return False
    return name not in _NEED_OF or time.end_of("edge_of", end) is not None


def _third(whole: Period, part: Third) -> Period | None:
    first = whole.from_date
    if first is None:
        return None
    if whole.unit is Unit.MONTH:
        starts = [first, first.replace(day=_SECOND_THIRD), first.replace(day=_LAST_THIRD)]
    elif whole.unit is Unit.YEAR:
        starts = [date(first.year, 1 + _THIRD_OF_YEAR * number, 1) for number in range(3)]
    else:
        return None
    number = list(Third).index(part)
    ends = [each - timedelta(days=1) for each in starts[1:]] + [whole.to_date]
    return Period(from_date=starts[number], to_date=ends[number])


def _counted(whole: Period, unit: Unit, count: int, *, from_start: bool) -> Period | None:
    """None where the whole has not so many of them."""
    if whole.from_date is None:
        return None
    if from_start:
        last = last_day(shifted(whole.from_date, unit, count - 1), unit)
        return Period(from_date=whole.from_date, to_date=last) if last <= whole.to_date else None
    first = shifted(whole.to_date, unit, 1 - count)
    return Period(from_date=first, to_date=whole.to_date) if first >= whole.from_date else None
