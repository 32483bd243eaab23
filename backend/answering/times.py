"""Times as answers write them, where questions do not: "jul–set/2026", "Nov 16–22, 2026", "- Mar: R$ 10",
"the last week of October". Pure.
"""

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from backend.answering.elliptic_times import quarters_told, times_after, times_before, year_of_part
from backend.answering.mention import Mention
from backend.domain.language import Language

#: "3º tri/2026", which questions write with a space; as long as it was.
_OF_YEAR = re.compile(r"(?<=tri|tre)/(?=\d{2,4}\b)", re.IGNORECASE)
#: "O top 5 de outubro" is of no day.
_TOP = re.compile(
    r"(?<=\btop[ -])\d{1,2}(?= d[eo]\b)|(?<=\bn[ºo°] )\d{1,2}(?= e[mn]\b)", re.IGNORECASE
)
#: Between two times that are one: "jul–set".
_UNTIL = re.compile(r"\s?[-–—]\s?")
#: Before an American date's year.
_COMMA = re.compile(r",?\s")
#: Read as another word in questions: a verb, a sea; in answers a capital tells.
_MONTHS = re.compile(r"\b(?:March|May)\b")
_SHORT = re.compile(
    r"^[\s\d.)|*•_-]*\b(jan|fev|feb|ene|mar|abr|apr|mai|may|jun|jul|ago|aug|set|sep|sept|out|oct|nov|dez|dic|dec)\b"
    r"(?=\.?[\s*_]*(?:[:|(–—-]|$))",
    re.IGNORECASE | re.MULTILINE,
)
#: "Ago R$ 10, set R$ 12".
_LISTED = re.compile(
    r"(?:(?<=[,:;]\s)|(?<=\be\s)|(?<=\())(jan|fev|feb|ene|mar|abr|apr|mai|jun|jul|ago|aug|set|sep|out|oct|nov|dez|dic|dec)"
    r"(?=\.?(?:\s(?:R\$|US\$|\$|€)|\)))",
    re.IGNORECASE,
)
_NUMBERS: Mapping[str, int] = {
    "jan": 1, "ene": 1, "fev": 2, "feb": 2, "mar": 3, "march": 3, "abr": 4, "apr": 4, "mai": 5, "may": 5,
    "jun": 6, "jul": 7, "ago": 8, "aug": 8, "set": 9, "sep": 9, "sept": 9, "out": 10, "oct": 10, "nov": 11,
    "dez": 12, "dic": 12, "dec": 12,
}  # fmt: skip
_WEEK_OF = re.compile(
    r"\b(?:(first|primeir[ao]|primera|1[ªa]|1st)|(second|segund[ao]|2[ªa]|2nd)|(third|terceir[ao]|tercera|3[ªa]|3rd)"
    r"|(fourth|quart[ao]|cuarta|4[ªa]|4th)|(last|final|[uú]ltim[ao]))\s+(?:week|semana)\s+(?:of|in|d[eo]|del)\s+"
    r"(?:m[eê]s de\s+)?$",
    re.IGNORECASE,
)
#: "The week of November 16", "semana que terminou em 22/11".
_WEEK_WITH = re.compile(
    r"\b(?:week|semana)\s+(?:of|de|do dia|del?|(?:que\s+)?(?:ending|ended|termin\w+)(?:\s+(?:on|em|en|el|no dia))?)\s+$",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"(?:(?:en|in|na|no|em|el|la|the|of|de|da|do)\s+)*(?:semana|week|m[eê]s|month|trimestre|quarter|d[ií]a|day|ano|año|year)",
    re.IGNORECASE,
)
_DAYS_OF_A_WEEK, _DAYS_OF_A_YEAR = 7, 365
_LESS_THAN_A_MONTH = 27
_BEFORE = 40


def readable(text: str) -> str:
    """The text as questions would have it, each character in its place."""
    return _TOP.sub(lambda size: "x" * len(size[0]), _OF_YEAR.sub(" ", text))


def with_times(
    text: str, named: Sequence[Mention], language: Language, today: date
) -> Sequence[Mention]:
    """The names, with the times that answers write in their own way."""
    months = [
        each
        for each in _months(text, language, today)
        if not any(other.start <= each.start < other.end for other in named)
    ]
    of_year = list(quarters_told(text, named, today))
    named = [
        each
        for each in named
        if not any(_covers(other, each) for other in of_year)
        and not (each.kind == "period" and not of_year and year_of_part(text, each))
    ]
    before = [
        each
        for each in (*times_before(text), *times_after(text))
        if not any(other.relative and _overlaps(each, other) for other in named)
    ]
    named = [
        each
        for each in named
        if each.kind != "period" or not any(_overlaps(each, other) for other in before)
    ]
    found: list[Mention] = []
    told = [*named, *months, *of_year, *before]
    for each in sorted(told, key=lambda each: each.start):
        if each.kind != "period":
            found.append(each)
            continue
        at = next((n for n in range(len(found) - 1, -1, -1) if found[n].kind == "period"), None)
        joined = _joined(text, found[at], each) if at is not None else None
        if at is not None and joined is not None:
            found[at] = joined
        else:
            found.append(each)
    found = [
        each
        for number, each in enumerate(found)
        if not (each.kind == "period" and _is_only_a_unit(text, each, found[number + 1 :]))
    ]
    parts = [_part(text, each) if each.kind == "period" else each for each in found]
    # "Last week of October": no week of its own.
    return [
        each
        for each in parts
        if not any(
            each is not other and other.most_days and _covers(other, each) for other in parts
        )
    ]


def number_of_month(word: str) -> int:
    """Of its first three letters."""
    return _NUMBERS[word.casefold()]


def together(head: Sequence[Mention], label: Sequence[Mention]) -> list[Mention]:
    """Of what is over a figure and what labels it, the time of both: as July in the column of 2025 is July
    2025; else either may tell.
    """
    for one, other in ((head, label), (label, head)):
        years = [each for each in one if is_year(each)]
        months = [each for each in other if each.yearless]
        if years and months:
            return [
                in_year(month, year.from_date.year)
                for month in months
                for year in years
                if year.from_date
            ]
    relative = [each for each in head if each.relative]
    return relative or [*head, *label]


def _is_only_a_unit(text: str, period: Mention, behind: Sequence[Mention]) -> bool:
    """As "en la semana" is of "en la semana del 9 al 15"."""
    return (
        bool(behind)
        and behind[0].kind == "period"
        and _UNIT.fullmatch(text[period.start : period.end]) is not None
        and text[period.end : behind[0].start].strip() in ("", "of", "de", "del", "do", "da")
    )


def _overlaps(one: Mention, other: Mention) -> bool:
    return one.start < other.end and other.start < one.end


def _covers(whole: Mention, part: Mention) -> bool:
    return part.kind != "metric" and whole.start <= part.start and part.end <= whole.end


def _joined(text: str, first: Mention, last: Mention) -> Mention | None:
    """Both as one time, if they are: the year of the last is that of the first, too."""
    if first.from_date is None or last.to_date is None or last.from_date is None:
        return None
    between = text[first.end : last.start]
    is_year = text[last.start : last.end].isdigit()
    if is_year and first.yearless and _COMMA.fullmatch(between):
        return replace(in_year(first, last.from_date.year), end=last.end)
    if is_year or not _UNTIL.fullmatch(between):
        return None
    year = last.from_date.year
    if first.yearless and not last.yearless:
        start = in_year(first, year).from_date
        start = start if start is None or start <= last.to_date else start.replace(year=year - 1)
    else:
        start = first.from_date
    if start is None or start > last.to_date:
        return None
    return replace(last, start=first.start, from_date=start)


def in_year(period: Mention, year: int) -> Mention:
    """The same time of another year, which is then told."""
    if period.from_date is None or period.to_date is None:
        return period
    later = period.to_date.year - period.from_date.year
    return replace(
        period,
        from_date=_day(period.from_date, year),
        to_date=_day(period.to_date, year + later),
        yearless=False,
    )


def is_year(period: Mention) -> bool:
    if period.from_date is None or period.to_date is None:
        return False
    return (period.to_date - period.from_date).days + 1 >= _DAYS_OF_A_YEAR


def _day(day: date, year: int) -> date:
    """The same of another year; February's last stays its last."""
    return day.replace(year=year, day=min(day.day, monthrange(year, day.month)[1]))


def _part(text: str, period: Mention) -> Mention:
    """Narrowed to the week that is told before it."""
    first, last = period.from_date, period.to_date
    if first is None or last is None:
        return period
    before = text[max(0, period.start - _BEFORE) : period.start]
    if first == last and (found := _WEEK_WITH.search(before)):
        return replace(period, start=period.start - len(found[0]), most_days=_DAYS_OF_A_WEEK)
    found = _WEEK_OF.search(before)
    if found is None or not _LESS_THAN_A_MONTH < (last - first).days + 1 <= 31:
        return period
    week = timedelta(days=_DAYS_OF_A_WEEK)
    number = next(n for n, group in enumerate(found.groups()) if group)
    if number < len(found.groups()) - 1:
        first += week * number
        last = first + week - timedelta(days=1)
    else:
        first = last - week + timedelta(days=1)
    return replace(
        period,
        start=period.start - len(found[0]),
        from_date=first,
        to_date=last,
        most_days=_DAYS_OF_A_WEEK,
    )


def _months(text: str, language: Language, today: date) -> Iterator[Mention]:
    found = [*_SHORT.finditer(text), *_LISTED.finditer(text)]
    if language is Language.ENGLISH:
        found += _MONTHS.finditer(text)
    for each in found:
        group = each.lastindex or 0
        month = _NUMBERS[each[group].casefold()]
        year = today.year - (month > today.month)
        yield Mention(
            kind="period",
            start=each.start(group),
            end=each.end(group),
            from_date=date(year, month, 1),
            to_date=date(year, month, monthrange(year, month)[1]),
            yearless=True,
        )
