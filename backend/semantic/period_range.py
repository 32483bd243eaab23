"""Ranges of days: "entre janeiro e março", "desde janeiro", "until yesterday", "YTD", "antes de março"."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from backend.semantic.calendar_unit import Unit
from backend.semantic.moment import Moment
from backend.semantic.moment_reader import moment_at, running
from backend.semantic.named_day import weekday_begun
from backend.semantic.named_unit import named_unit, placed
from backend.semantic.pair import operand, pair
from backend.semantic.period import Period
from backend.semantic.time_words import TimeWords

_Rule = Callable[[TimeWords, int], Moment | None]


def _between(time: TimeWords, start: int) -> Moment | None:
    at = time.end_of("between", start)
    return pair(time, at, "and") if at is not None else None


def _from_to(time: TimeWords, start: int) -> Moment | None:
    """As in "de janeiro a março", "from 10 to 20 April", "janeiro - março", "desde março até ontem"."""
    at = time.end_of("since", start) or time.skip("from", start)
    return pair(time, at, "to")


def _since(time: TimeWords, start: int) -> Moment | None:
    """As in "desde janeiro", "since the beginning of the year", "de março em diante"."""
    since = time.end_of("since", start)
    at = since if since is not None else time.skip("from", start)
    opening = time.end_of("start", time.skip("article", at))
    left = operand(time, at) if opening is None else _opened(time, opening)
    if left is None and since is not None:
        left = weekday_begun(time, time.skip("article", at))
    if left is None or (opening is None and not left.may_start):
        return None
    end = left.end if since is not None else _open_end(time, left.end)
    first = placed(time, left)
    if end is None or first is None or first.from_date is None or first.from_date > time.today:
        return None
    return Moment(
        period=Period(from_date=first.from_date, to_date=time.today),
        end=time.skip("so_far", end),
    )


def _opened(time: TimeWords, opening: int) -> Moment | None:
    """The "ano fiscal" of "início do ano fiscal", the "ano" of "início do ano"."""
    left = operand(time, time.skip("of", opening)) or operand(time, opening)
    return (
        left
        or running(time, time.skip("bare_before", opening))
        or named_unit(time, opening, of_unit=True)
    )


def _open_end(time: TimeWords, start: int) -> int | None:
    """As in "(de março) em diante", "(do início do ano) até agora"."""
    onward = time.end_of("onward", start)
    if time.end_of("to_date_behind", start) is not None:
        return None
    return onward if onward is not None else time.end_of("so_far", start)


def _until(time: TimeWords, start: int) -> Moment | None:
    """As in "até março", "until yesterday", and "até agora" alone."""
    end = time.end_of("so_far", start)
    if end is not None:
        return Moment(period=Period(from_date=None, to_date=time.today), end=end)
    at = time.end_of("until", start)
    right = _limit(time, at) if at is not None else None
    last = placed(time, right) if right else None
    if right is None or last is None:
        return None
    return Moment(period=Period(from_date=None, to_date=last.to_date), end=right.end)


def _limit(time: TimeWords, start: int) -> Moment | None:
    """What something goes on until: "março", "o fim do mês"; not "the middle of March"."""
    closing = time.end_of("end", time.skip("article", start))
    if closing is not None and time.end_of("edge_of", closing) is not None:
        # "Until the end of the year" asks for what is not there yet.
        whole = named_unit(time, closing)
        return whole if whole and whole.period.to_date <= time.today else None
    right = moment_at(time, start)
    return right if right and right.may_end else None


def _before(time: TimeWords, start: int) -> Moment | None:
    """As in "antes de março", "before 2025"; not in "antes de ontem", "o mês antes de março"."""
    at = time.end_of("before", start)
    right = _sharp(time, at, start) if at is not None else None
    if (
        right is None
        or not right.may_start
        or right.period.from_date is None
        or time.lexicon.days.match(time.words, start)
    ):
        return None
    eve = right.period.from_date - timedelta(days=1)
    return Moment(period=Period(from_date=None, to_date=eve), end=right.end)


def _after(time: TimeWords, start: int) -> Moment | None:
    """As in "depois de março", "after 15 October": up to today."""
    at = time.end_of("after", start)
    left = _sharp(time, at, start) if at is not None else None
    if left is None or not left.may_end or left.period.to_date >= time.today:
        return None
    first = left.period.to_date + timedelta(days=1)
    return Moment(period=Period(from_date=first, to_date=time.today), end=left.end)


def _sharp(time: TimeWords, at: int, start: int) -> Moment | None:
    """The moment that something is before or after, in its year, if its ends are clear."""
    of_a_unit = start > 0 and time.unit(start - 1) is not None
    found = None if of_a_unit else operand(time, at)
    period = placed(time, found) if found else None
    return replace(found, period=period, open_year=False) if found and period else None


def _so_far(time: TimeWords, start: int) -> Moment | None:
    """As in "este ano até agora", "no ano até hoje", "acumulado do ano", "YTD"."""
    to_date = time.lexicon.to_date.match(time.words, start)
    if to_date is not None:
        return _cut(time, time.this(to_date[0]), to_date[1])
    accumulated = time.end_of("accumulated", start) or time.end_of("so_far", start)
    if accumulated is not None:
        at = time.skip("of", accumulated)
        moment = moment_at(time, accumulated) or moment_at(time, at) or running(time, at)
        period = placed(time, moment) if moment else None
        return _cut(time, period, moment.end) if moment and period else None
    moment = moment_at(time, start)
    if moment is None and not time.follows("every", start):
        # "Mês até hoje"; but "por mês até hoje" is every month.
        moment = running(time, start)
    period = placed(time, moment) if moment else None
    end = time.end_of("so_far", moment.end) if moment else None
    if period is None or end is None or period.to_date < time.today:
        return None
    return _cut(time, period, end)


def _running_until(time: TimeWords, start: int) -> Moment | None:
    """As in "do mês até ontem": the running one, up to a day of it."""
    at = time.end_of("bare_before", start)
    moment = running(time, at) if at is not None else None
    end = time.end_of("until", moment.end) if moment else None
    right = moment_at(time, end) if end is not None else None
    if moment is None or right is None or right.period.unit is not Unit.DAY:
        return None
    first, last = moment.period.from_date, right.period.to_date
    if first is None or not first <= last <= time.today:
        return None
    return Moment(period=Period(from_date=first, to_date=last), end=right.end)


def _cut(time: TimeWords, period: Period, end: int) -> Moment | None:
    """The period up to today; None where all of it is ahead."""
    if period.from_date is not None and period.from_date > time.today:
        return None
    return Moment(period=period.until(time.today), end=end)


RANGES: tuple[_Rule, ...] = (
    _between,
    _from_to,
    _since,
    _until,
    _before,
    _after,
    _so_far,
    _running_until,
)
