"""Periods in a question: single expressions of time, and what joins them to ranges.

What is decided here, since people differ (the answer always says the dates):

- Weeks begin on Monday. "This" month, quarter or year is the whole of it, the days ahead too.
- "The last N days" end today. "The last N months" (weeks, quarters, years) are the N whole ones
  before the running one, so that the last 1 month is last month.
- A month, quarter or day without a year is the latest that has begun: in November, "December" is
  last year's.
- "Since X" ends today. "Until X" alone begins with the data. "Year to date" ends today.
"""

from collections.abc import Callable

from backend.semantic.calendar_unit import Unit
from backend.semantic.fiscal import fiscal
from backend.semantic.moment import Moment, in_latest_year, in_year, joined
from backend.semantic.named_day import holiday, weekday, weekend, working_days
from backend.semantic.part_of_year import (
    fortnight,
    month,
    part_of_year,
    stretch,
    year,
    year_after,
)
from backend.semantic.period import Period, whole
from backend.semantic.relative_period import (
    last_unit,
    last_units,
    previous_unit,
    this_unit,
    units_ago,
)
from backend.semantic.single_day import day_by_name, day_of_month, in_month, month_day, written
from backend.semantic.time_words import TimeWords
from backend.semantic.written_date import day_number

_Rule = Callable[[TimeWords, int], Moment | None]


def period_at(time: TimeWords, start: int) -> tuple[Period, int] | None:
    """The longest period that begins at the word `start`, and where it ends."""
    found = [each for rule in _RANGES if (each := rule(time, start))]
    single = moment_at(time, start)
    placed = _placed(time, single) if single else None
    if single and placed:
        found.append(Moment(period=placed, end=single.end))
    if not found:
        return None
    longest = max(found, key=lambda moment: moment.end)
    return longest.period, longest.end


def moment_at(time: TimeWords, start: int) -> Moment | None:
    """The longest single expression that begins at the word `start`."""
    if start not in time.moments:
        found = [each for rule in _SINGLES if (each := rule(time, start))]
        time.moments[start] = max(found, key=lambda moment: moment.end, default=None)
    return time.moments[start]


# --- Single expressions that need the others ---


def _bare_unit(time: TimeWords, start: int) -> Moment | None:
    """As in "vendas do mês": a unit with its article, and nothing that tells which."""
    at = time.end_of("bare_before", start)
    unit = time.unit(at) if at is not None else None
    if at is None or unit is None or moment_at(time, at) is not None:
        return None
    return Moment(period=whole(unit[0], time.today), end=unit[1])


def _same_in_another_year(time: TimeWords, start: int) -> Moment | None:
    """As in "mesmo mês do ano passado"; in a follow-up also "same period last year"."""
    at = time.end_of("same", start)
    unit = time.unit(at) if at is not None else None
    end = unit[1] if unit else time.end_of("span", at or len(time.words))
    said = year_after(time, end) if end is not None else None
    base = _same_base(time, unit[0] if unit else None)
    if said is None or base is None:
        return None
    period = in_year(base, said[0])
    return Moment(period=period, end=said[1]) if period else None


def _same_base(time: TimeWords, unit: Unit | None) -> Period | None:
    """The period of the question before, where it fits; else the running one."""
    anchor = time.anchor
    if anchor is not None and anchor.from_date is not None and unit in (None, anchor.unit):
        return anchor
    return whole(unit, time.today) if unit in (Unit.MONTH, Unit.QUARTER, Unit.HALF) else None


_SINGLES: tuple[_Rule, ...] = (
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
    weekend,
    working_days,
    holiday,
    fiscal,
    stretch,
    fortnight,
    _bare_unit,
    _same_in_another_year,
)


# --- Ranges ---


def _between(time: TimeWords, start: int) -> Moment | None:
    at = time.end_of("between", start)
    return _pair(time, at, "and") if at is not None else None


def _from_to(time: TimeWords, start: int) -> Moment | None:
    """As in "de janeiro a março", "from 10 to 20 April", "janeiro - março", "desde março até ontem"."""
    at = time.end_of("since", start) or time.skip("from", start)
    return _pair(time, at, "to")


def _since(time: TimeWords, start: int) -> Moment | None:
    """As in "desde janeiro", "since the beginning of the year", "de março em diante"."""
    since = time.end_of("since", start)
    at = since if since is not None else time.skip("from", start)
    opening = time.end_of("start", time.skip("article", at))
    left = _operand(time, at if opening is None else time.skip("of", opening))
    if left is None and opening is not None:
        left = _this(time, time.skip("bare_before", opening))
    if left is None:
        return None
    end = left.end if since is not None else _open_end(time, left.end)
    first = _placed(time, left)
    if end is None or first is None or first.from_date is None or first.from_date > time.today:
        return None
    return Moment(
        period=Period(from_date=first.from_date, to_date=time.today),
        end=time.skip("so_far", end),
    )


def _open_end(time: TimeWords, start: int) -> int | None:
    """As in "(de março) em diante", "(do início do ano) até agora"."""
    onward = time.end_of("onward", start)
    return onward if onward is not None else time.end_of("so_far", start)


def _until(time: TimeWords, start: int) -> Moment | None:
    """As in "até março", "until yesterday", and "até agora" alone."""
    end = time.end_of("so_far", start)
    if end is not None:
        return Moment(period=Period(from_date=None, to_date=time.today), end=end)
    at = time.end_of("until", start)
    right = moment_at(time, at) if at is not None else None
    last = _placed(time, right) if right else None
    if right is None or last is None:
        return None
    return Moment(period=Period(from_date=None, to_date=last.to_date), end=right.end)


def _so_far(time: TimeWords, start: int) -> Moment | None:
    """As in "este ano até agora", "no ano até hoje", "acumulado do ano", "YTD"."""
    to_date = time.lexicon.to_date.match(time.words, start)
    if to_date is not None:
        return _cut(time, whole(to_date[0], time.today), to_date[1])
    accumulated = time.end_of("accumulated", start) or time.end_of("so_far", start)
    if accumulated is not None:
        at = time.skip("of", accumulated)
        moment = moment_at(time, accumulated) or moment_at(time, at) or _this(time, at)
        period = _placed(time, moment) if moment else None
        return _cut(time, period, moment.end) if moment and period else None
    moment = moment_at(time, start)
    period = _placed(time, moment) if moment else None
    end = time.end_of("so_far", moment.end) if moment else None
    return _cut(time, period, end) if period and end is not None else None


_RANGES: tuple[_Rule, ...] = (_between, _from_to, _since, _until, _so_far)


# --- Parts of ranges ---


def _pair(time: TimeWords, start: int, joint: str) -> Moment | None:
    """Two expressions with a word of class `joint` between them; one may be a bare day."""
    at = time.skip("article", start)
    days = _days_of_month(time, at, joint)
    if days is not None:
        return days
    left = _operand(time, at)
    middle = time.end_of(joint, left.end) if left else None
    if left is None or middle is None:
        return None
    right = _operand(time, middle) or _day_in_month_of(time, left, middle)
    period = joined(left, right, time.today) if right else None
    return Moment(period=period, end=right.end) if right and period else None


def _operand(time: TimeWords, start: int) -> Moment | None:
    at = time.skip("article", start)
    return moment_at(time, start) or moment_at(time, at)


def _days_of_month(time: TimeWords, start: int, joint: str) -> Moment | None:
    """As in "10 a 20 de abril", "dias 1 e 15 de outubro"."""
    unit = time.unit(start)
    at = unit[1] if unit and unit[0] is Unit.DAY else start
    day = day_number(time.word(at))
    middle = time.end_of(joint, at + 1)
    right = moment_at(time, middle) if middle is not None else None
    if day is None or right is None or right.period.unit is not Unit.DAY:
        return None
    of_month = Moment(
        period=whole(Unit.MONTH, right.period.to_date), end=right.end, open_year=right.open_year
    )
    left = in_month(of_month, day)
    period = joined(left, right, time.today) if left else None
    return Moment(period=period, end=right.end) if period else None


def _day_in_month_of(time: TimeWords, left: Moment, start: int) -> Moment | None:
    """The 20 of "April 10 to 20"."""
    day = day_number(time.word(start))
    if day is None or left.period.unit is not Unit.DAY:
        return None
    of_month = Moment(
        period=whole(Unit.MONTH, left.period.to_date), end=start + 1, open_year=left.open_year
    )
    return in_month(of_month, day)


def _this(time: TimeWords, start: int) -> Moment | None:
    """The running unit, from its bare name: the "ano" of "acumulado do ano"."""
    unit = time.unit(start)
    return Moment(period=whole(unit[0], time.today), end=unit[1]) if unit else None


def _cut(time: TimeWords, period: Period, end: int) -> Moment | None:
    """The period up to today; None where all of it is ahead."""
    if period.from_date is not None and period.from_date > time.today:
        return None
    return Moment(period=period.until(time.today), end=end)


def _placed(time: TimeWords, moment: Moment) -> Period | None:
    if not moment.open_year:
        return moment.period
    return in_latest_year(moment.period, time.today, time.anchor)
