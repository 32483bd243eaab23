"""Days that stand for a week of a series: "de 12 a 18", "a semana do dia 12", "Oct 26: R$ 10". Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from backend.answering.evidence import Evidence
from backend.answering.mention import Mention
from backend.answering.times import number_of_month

_Week = tuple[date, date]

_DAY = r"(\d{1,2})(?![\d]|[.,/]\d|\s?%)"
#: "De 12 a 18", "12–18".
_RANGE = re.compile(
    rf"(?<![\d$€.,/])(?<!\$ ){_DAY}\s?(?:a|to|al|at[ée]|until|through|-|–|e|y)\s?(?:(?:o )?dia )?{_DAY}",
    re.IGNORECASE,
)
_OF_DAY = re.compile(
    rf"\b(?:semana|week)\s+(?:d[oea]l?|of|del|que começ\w+|starting|beginning)\s+(?:(?:dia|día|the|el|on|no|em|en)\s+)*{_DAY}",
    re.IGNORECASE,
)
#: "E na de 19, o melhor".
_OF_ONE = re.compile(
    rf"\b(?:n?a|la)\s+(?:d[oe]l?|do dia)\s+{_DAY}(?=\s*[,;:.)(]|\s*$)", re.IGNORECASE
)
#: "Oct 26"; "26 de outubro" is known.
_AMERICAN = re.compile(
    r"\b(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s(\d{1,2})(?:st|nd|rd|th)?\b(?![.,/]?\d|\s?%)",
    re.IGNORECASE,
)


def in_weeks(text: str, mentions: Sequence[Mention], evidence: Evidence) -> list[Mention]:
    """The mentions, where figures are of weeks: days within one stand for it."""
    weeks = evidence.facts.buckets()
    if not weeks:
        return list(mentions)
    found = list(_told(text, weeks))
    kept = [
        each
        for each in mentions
        if not any(
            each.start < other.end and other.start < each.end and _spans(other, each)
            for other in found
        )
    ]
    new = [
        each
        for each in found
        if not any(each.start < other.end and other.start < each.end for other in kept)
    ]
    return [_week_of(each, weeks) if each.kind == "period" else each for each in [*kept, *new]]


def _spans(whole: Mention, part: Mention) -> bool:
    return part.kind == "period" and whole.start <= part.start and part.end <= whole.end


def _told(text: str, weeks: frozenset[_Week]) -> Iterator[Mention]:
    for each in _RANGE.finditer(text):
        days = (int(each[1]), int(each[2]))
        meant = [week for week in weeks if (week[0].day, week[1].day) == days]
        yield from _mention(each, meant)
    for each in (*_OF_DAY.finditer(text), *_OF_ONE.finditer(text)):
        day = int(each[1])
        yield from _mention(each, [week for week in weeks if week[0].day == day])
    for each in _AMERICAN.finditer(text):
        month, day = number_of_month(each[1][:3]), int(each[2])
        yield from _mention(
            each, [week for week in weeks if (week[0].month, week[0].day) == (month, day)]
        )


def _mention(found: re.Match[str], meant: Sequence[_Week]) -> Iterator[Mention]:
    """Where but one is meant."""
    if len(meant) == 1:
        [(first, last)] = meant
        yield Mention(
            kind="period", start=found.start(), end=found.end(), from_date=first, to_date=last
        )


def _week_of(mention: Mention, weeks: frozenset[_Week]) -> Mention:
    """The week that the days of a mention lie in; of a month, none."""
    first, last = mention.from_date, mention.to_date
    if first is None or last is None or (mention.most_days and first != last):
        return mention
    for start, end in weeks:
        years = {0, start.year - first.year, end.year - first.year} if mention.yearless else {0}
        for later in years:
            if (first.month, first.day) == (2, 29) and later:
                continue
            moved = first.replace(year=first.year + later)
            if start <= moved and moved + (last - first) <= end:
                return replace(mention, from_date=start, to_date=end, yearless=False, most_days=0)
    return mention
