"""Whether a figure stands in its table, or its series, where a word of rank puts it. Pure."""

import re
from collections.abc import Sequence
from decimal import Decimal

from backend.answering.clauses import FALL, RISE
from backend.answering.facts import Fact, Facts
from backend.answering.rank_words import CHANGED_MOST, Rank

_AMONG = re.compile(
    r"\b(?:dentre|entre|dess[ae]s|dest[ae]s|d[oa]s|among|of the|of these|de (?:los|las|est[ao]s))\b",
    re.IGNORECASE,
)
_IN_TIME = re.compile(
    r"\b(?:m[eê]s|meses|months?|semanas?|weeks?|trimestres?|quarters?|dias?|días?|days?|anos?|años?|years?)\b",
    re.IGNORECASE,
)
_PART_OF_TIME = re.compile(
    r"\b(?:primeir[oa]|segund[oa]|terceir[oa]|quart[oa]|[1-4][ºo°]|first|second|third|fourth|primer|tercer|cuarto|1st|2nd)\s(?:(trimestre|quarter|tri)|semestre|half)\b",
    re.IGNORECASE,
)
#: Characters behind a word of rank in which what it ranks is named: "maior queda".
_NEAR = 24


def stands_at(facts: Facts, fact: Fact, place: int) -> bool:
    """Whether the figure stands there in its table, or counted from the best; equals may change places."""
    rivals = list(facts.rivals(fact))
    if fact.may_be_rest or len(rivals) < place:
        return fact.may_be_rest or len(rivals) < 2
    best = sorted((rival.value for rival in rivals), reverse=True)
    return fact.value in (rivals[place - 1].value, best[place - 1])


def holds(text: str, rank: Rank, fact: Fact, facts: Facts) -> bool:
    series = facts.series(fact)
    rivals = list(facts.rivals(fact))
    if len(rivals) > 1 and not _IN_TIME.search(text, rank.start, rank.end + _NEAR):
        series = ()
    if series and (part := _PART_OF_TIME.search(text)):
        within = [other for other in series if _is_same_part(fact, other, part)]
        # Of quarters, each is one, and no part of another.
        series = within if len(within) > 1 else series
    values = [other.value for other in series or rivals]
    if len(values) < 2:
        return True
    if rank.place is not None:
        return _stands_in_order(values, fact, rank)
    order = facts.cut.get(fact.table) if facts.is_ordered_by(fact) else ""
    if order and rank.is_best != (order == "desc") and not _AMONG.search(text):
        # The last of the five largest is not the smallest of all.
        return False
    if fact.kind == "change" and not way_of(text, rank):
        # "A menor variação positiva": of those that went the same way, too.
        alike = [abs(value) for value in values if (value < 0) == (fact.value < 0)]
        if abs(fact.value) == (max(alike) if rank.is_best else min(alike)):
            return True
    if way_of(text, rank) < 0:
        # "A maior queda" is the lowest change; "a menor queda" the mildest fall.
        falls = [value for value in values if value < 0]
        return fact.value == ((min(falls) if rank.is_best else max(falls)) if falls else None)
    return fact.value == (max(values) if rank.is_best else min(values))


def way_of(text: str, rank: Rank) -> int:
    """Of a rank among changes, which way they go; 0 for one among values."""
    if CHANGED_MOST.fullmatch(text[rank.start : rank.end]):
        # Not the "menos que" and "mais que" that may follow.
        return -1 if FALL.search(text[rank.start : rank.end]) else 1
    behind = text[rank.end : rank.end + _NEAR]
    for pattern, sign in ((FALL, -1), (RISE, 1)):
        found = pattern.search(behind)
        if found and re.fullmatch(r"\s+(?:\w+\s+)?", behind[: found.start()]):
            return sign
    return 0


def _stands_in_order(values: Sequence[Decimal], fact: Fact, rank: Rank) -> bool:
    """Counted from the best, or from the worst, or along a table that runs from the worst."""
    place = rank.place or 1
    if len(values) < place:
        return False
    best = sorted(values, reverse=True)
    if fact.value == (best if rank.is_best else best[::-1])[place - 1]:
        return True
    return list(values) == best[::-1] and fact.value == values[place - 1]


def _is_same_part(fact: Fact, other: Fact, part: re.Match[str]) -> bool:
    """Of one half, or quarter, of one year: "o pico do primeiro semestre"."""
    if fact.from_date is None or other.from_date is None:
        return True
    months = 3 if part[1] else 6
    return (fact.from_date.year, (fact.from_date.month - 1) // months) == (
        other.from_date.year,
        (other.from_date.month - 1) // months,
    )
