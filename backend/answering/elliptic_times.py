"""Times that a statement tells in part: "no 2º trimestre 10 e, no 3º, 12", "no período anterior". Pure."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date

from backend.answering.mention import Mention

_OF_QUARTERS = re.compile(r"\b(?:tri|tris|trimestres?|quarters?)\b", re.IGNORECASE)
_QUARTER = re.compile(
    r"\b([1-4])(?:[ºª°]|st|nd|rd|th)(?!\s+(?:lugar|tri|quarter|place|coloc|posi|puesto))(?:\s+(?:de|of)\s+(\d{4})\b)?",
    re.IGNORECASE,
)
_PART_OF_YEAR = re.compile(r"\b\d(?:[ºª°]|st|nd|rd|th)\s+(?:de|of)\s+$", re.IGNORECASE)
_PERIOD_BEFORE = re.compile(
    r"\b(?:per[ií]odo (?:anterior|de comparação|passado|previo)|(?:previous|prior|comparison) period"
    r"|(?:mesm[oa]|mism[oa]) (?:per[ií]odo|época|altura)(?:(?: do ano| del año)? (?:passado|pasado|anterior)|(?: de| em| en)? \d{4})?"
    r"|(?:same|this) (?:period|point|time)(?: last year|(?: in| of)? \d{4})|a year (?:earlier|ago|before)"
    r"|(?:um|un) a[nñ]o (?:antes|atrás)|hace un año)\b",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:semana|m[êe]s|trimestre|a[nñ]o|dia|día) (?:seguinte|siguiente|posterior)\b"
    r"|\b(?:week|month|quarter|year|day) (?:after(?! \w)|that followed)|\b(?:following|subsequent) (?:week|month|quarter|year|day)\b",
    re.IGNORECASE,
)


def quarters_told(text: str, found: Sequence[Mention], today: date) -> Iterator[Mention]:
    """Quarters by their number alone, where quarters are told of: "no 2º trimestre 10 e, no 3º, 12"."""
    if not _OF_QUARTERS.search(text):
        return
    for each in _QUARTER.finditer(text):
        if any(other.start <= each.start(1) < other.end for other in found):
            continue
        number = int(each[1])
        year = int(each[2]) if each[2] else today.year
        first = date(year, 3 * number - 2, 1)
        if not each[2] and first > today:
            first = first.replace(year=year - 1)
        last = monthrange(first.year, first.month + 2)[1]
        yield Mention(
            kind="period",
            start=each.start(1),
            end=each.end(2) if each[2] else each.end(1) + 1,
            from_date=first,
            to_date=date(first.year, first.month + 2, last),
            yearless=not each[2],
        )


def times_before(text: str) -> Iterator[Mention]:
    """What is counted from the time of the answer: "no período anterior", "same period in 2025"."""
    for each in _PERIOD_BEFORE.finditer(text):
        yield Mention(kind="period", start=each.start(), end=each.end(), relative=True)


def times_after(text: str) -> Iterator[Mention]:
    """What is counted from the time told before: "na semana seguinte", "the month after"."""
    for each in _AFTER.finditer(text):
        yield Mention(kind="period", start=each.start(), end=each.end(), relative=True, later=True)


def year_of_part(text: str, period: Mention) -> bool:
    """Whether the year is that of a part whose unit is told elsewhere: "o pior, o 1º de 2026"."""
    return (
        text[period.start : period.end].isdigit()
        and _PART_OF_YEAR.search(text[: period.start]) is not None
    )
