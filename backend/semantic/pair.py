"""Two expressions of time with a word between them: "de janeiro a março", "10 to 20 April"."""

from backend.semantic.calendar_unit import Unit, first_day, shifted
from backend.semantic.moment import Moment, joined
from backend.semantic.moment_reader import moment_at
from backend.semantic.part_of_year import part_of_year
from backend.semantic.period import Period, whole
from backend.semantic.single_day import in_month
from backend.semantic.time_words import TimeWords
from backend.semantic.tokens import DASH
from backend.semantic.written_date import day_in_month, day_number


def pair(time: TimeWords, start: int, joint: str) -> Moment | None:
    """Two expressions with a word of class `joint` between them; one may be a bare day."""
    at = time.skip("article", start)
    for rule in (_days_of_month, _parts_of_year, _days_of_latest_month):
        found = rule(time, at, joint)
        if found is not None:
            return found
    left = operand(time, at)
    middle = time.end_of(joint, left.end) if left else None
    if left is None or middle is None or not left.may_start:
        return None
    right = operand(time, middle) or _day_in_month_of(time, left, middle)
    if right is None or not right.may_end:
        return None
    if time.word(middle - 1) == DASH and left.period.unit is not right.period.unit:
        # "2024 - março" is no range.
        return None
    if left.period.unit is not Unit.DAY and _day_of_no_month(time, right.end - 2) is not None:
        # "Do mês passado até o dia 15": the 15th of which month?
        return None
    period = joined(left, right, time.today)
    return Moment(period=period, end=right.end) if period else None


def operand(time: TimeWords, start: int) -> Moment | None:
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


def _parts_of_year(time: TimeWords, start: int, joint: str) -> Moment | None:
    """As in "(do) 1º ao 3º trimestre de 2025"."""
    first = time.lexicon.ordinals.match(time.words, start)
    middle = time.end_of(joint, first[1]) if first else None
    right = part_of_year(time, middle) if middle is not None else None
    unit = right.period.unit if right else None
    if first is None or right is None or unit is None or right.period.from_date is None:
        return None
    january = first_day(right.period.from_date, Unit.YEAR)
    left = Moment(
        period=whole(unit, shifted(january, unit, first[0] - 1)),
        end=first[1],
        open_year=right.open_year,
    )
    period = joined(left, right, time.today)
    return Moment(period=period, end=right.end) if period else None


def _days_of_latest_month(time: TimeWords, start: int, joint: str) -> Moment | None:
    """As in "dia 10 ao dia 20", "dias 10 e 20": of the latest month in which they have begun."""
    named = _day_of_no_month(time, start)
    middle = time.end_of(joint, start + 2) if named is not None else None
    if named is None or middle is None:
        return None
    at = time.skip("article", middle)
    last, end = _day_of_no_month(time, at), at + 2
    if last is None:
        last, end = day_number(time.word(at)), at + 1
    if last is None or last < named or time.unit(end) is not None:
        return None
    for count in (0, 1):
        month = time.ago(Unit.MONTH, count).from_date
        days = [day_in_month(month, day) for day in (named, last)] if month else []
        if days and days[0] and days[1] and days[0] <= time.today:
            return Moment(period=Period(from_date=days[0], to_date=days[1]), end=end)
    return None


def _day_of_no_month(time: TimeWords, start: int) -> int | None:
    """The 10 of "dia 10"."""
    unit = time.unit(start)
    return day_number(time.word(unit[1])) if unit and unit[0] is Unit.DAY else None


def _day_in_month_of(time: TimeWords, left: Moment, start: int) -> Moment | None:
    """The 20 of "April 10 to 20"."""
    day = day_number(time.word(start))
    if day is None or left.period.unit is not Unit.DAY:
        return None
    of_month = Moment(
        period=whole(Unit.MONTH, left.period.to_date), end=start + 1, open_year=left.open_year
    )
    return in_month(of_month, day)
