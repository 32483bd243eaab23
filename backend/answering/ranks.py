"""Whether what a statement says of a rank is so: "a maior", "líder", "em segundo lugar", "que mais cresceu".

Ranks are those of the table that a tool returned. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from backend.answering.clauses import FALL, RISE, clause_ends
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact, Facts
from backend.answering.fitting import named_in
from backend.answering.mentions import Mention
from backend.answering.said import Said

_FIRST = r"primeir[oa]|1[ºª°o]|first|1st|primer[oa]?"
_SECOND = r"segund[oa]|2[ºª°o]|second|2nd"
_THIRD = r"terceir[oa]|3[ºª°o]|third|3rd|tercer[oa]?"
_PLACE = re.compile(
    rf"\b(?:({_FIRST})|({_SECOND})|({_THIRD}))\s+(?:lugar|posição|posición|colocad[oa]|place|puesto|na lista)\b"
    r"|\b(?:is|was|came|comes|comes in|came in|ranks?|ranked|placed|\w+ly|in)\s+"
    r"(?:(first)|(second)|(third))\b(?!\s+(?:quarter|half|month|week|semester|year))"
    r"|(?<=\w )(?:(first)|(second)|(third))\s+(?=with\b|at\b|\()",
    re.IGNORECASE,
)
#: "O segundo melhor".
_NTH = re.compile(rf"\b(?:({_FIRST})|({_SECOND})|({_THIRD}))\s+$", re.IGNORECASE)
#: "A maior parte" is no rank.
_PART = re.compile(
    r"\s+(?:parte|part|número|number|volume|of|caminho|forma|opção|momento|maneira|jeito"
    r"|way|option|time|idea|ideia|a fazer|manera|opción|oportunidade?|oportunidad|opportunity|chance)\b",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"\b(?:líder|lider[aou]\w*|lidera|leading|leader|leads?|led|encabez[aó]\w*|campe(?:ã|ão|ón|ona)"
    r"|champion|strongest|peak(?:ed)?|pico|auge|(?:mais|más) (?:forte|fuerte))\b",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:(?:em|en|in) (?:últim[oa]|last)(?: lugar| puesto| place)?|últim[oa] (?:lugar|colocad[oa]|puesto)"
    r"|(?:came|comes|ranks|ranked) last|queda(?:n)? últim[oa]|lanterna|weakest|(?:mais|más) (?:frac[oa]|débil))\b(?! (?:m[eê]s|semana|a[nñ]o|month))",
    re.IGNORECASE,
)
#: "A região que mais cresceu", "the one that fell the most"; of one, not of several.
_CHANGED_MOST = re.compile(
    r"\b(?:(mais|más)|menos)\s+(?:cresceu|caiu|aumentou|subiu|recuou|diminuiu|creció|cayó|aumentó|subió|bajó)\b"
    r"|\b(?:grew|rose|increased|fell|dropped|declined)\s+(?:the\s+)?(?:(most)|least)\b",
    re.IGNORECASE,
)
#: "O canal com mais pedidos".
_HAS_MOST = re.compile(
    r"\b(?:com|con|with|the|tem|teve|tiene|tuvo)\s+(mais|más|most|menos|fewest|least)\s+",
    re.IGNORECASE,
)
_MOST = frozenset({"mais", "más", "most"})
_AMONG = re.compile(
    r"\b(?:dentre|entre|dess[ae]s|dest[ae]s|d[oa]s|among|of the|of these|de (?:los|las|est[ao]s))\b",
    re.IGNORECASE,
)
#: Characters behind a word of rank in which what it ranks is named: "maior queda".
_NEAR = 24


@dataclass(frozen=True, slots=True)
class _Rank:
    """A word of rank: the best or the worst, or a place counted from 1."""

    start: int
    end: int
    is_best: bool
    place: int | None = None


def wrong_ranks(said: Said, evidence: Evidence, matched: Sequence[Fact]) -> Iterator[str]:
    """The words of rank that the subject's place in its table does not bear out."""
    text, facts = said.text, evidence.facts
    for rank in _ranks(text, said.mentions):
        told = list(_ranked(said, rank, facts, matched))
        metric = _nearest("metric", text, rank, said.mentions)
        if told and not any(
            (metric is None or fact.metric in metric.names)
            and named_in(said, fact, evidence, rank.start)
            and _holds(text, rank, fact, facts)
            for fact in told
        ):
            yield text[rank.start : rank.end]


def stands_at(facts: Facts, fact: Fact, place: int) -> bool:
    """Whether the figure stands there in its table, or counted from the best; equals may change places."""
    rivals = list(facts.rivals(fact))
    if len(rivals) < place:
        return len(rivals) < 2
    best = sorted((rival.value for rival in rivals), reverse=True)
    return fact.value in (rivals[place - 1].value, best[place - 1])


def _ranks(text: str, mentions: Sequence[Mention]) -> Iterator[_Rank]:
    for each in mentions:
        if each.kind not in ("best", "worst") or not each.singular or _PART.match(text, each.end):
            continue
        nth = _NTH.search(text[: each.start])
        place = next(n for n, group in enumerate(nth.groups(), 1) if group) if nth else None
        yield _Rank(each.start, each.end, each.kind == "best", place)
    for found in _LEADS.finditer(text):
        if not any(each.start <= found.start() < each.end for each in mentions):
            yield _Rank(found.start(), found.end(), True)
    for found in _CHANGED_MOST.finditer(text):
        yield _Rank(found.start(), found.end(), bool(found[1] or found[2]))
    for found in _HAS_MOST.finditer(text):
        if any(each.kind == "metric" and each.start == found.end() for each in mentions):
            yield _Rank(found.start(1), found.end(1), found[1].casefold() in _MOST)
    for found in _LAST.finditer(text):
        yield _Rank(found.start(), found.end(), False)
    for found in _PLACE.finditer(text):
        place = next(n for n, group in enumerate(found.groups()) if group) % 3 + 1
        yield _Rank(found.start(), found.end(), True, place)


def _ranked(said: Said, rank: _Rank, facts: Facts, matched: Sequence[Fact]) -> Iterator[Fact]:
    """The figures that the rank may be of: those of who is named with it, whatever it is of."""
    text, mentions = said.text, said.mentions
    kind = "change" if _way(text, rank) else "value"
    member = _nearest("member", text, rank, mentions)
    names = [each for each in mentions if member is not None and each.start == member.start]
    own = [fact for fact in matched if fact.kind == kind]
    period = _nearest("period", text, rank, mentions)
    for fact in facts.facts:
        if fact.kind != kind:
            continue
        if any(each.names & fact.members.get(each.dimension, frozenset()) for each in names):
            is_meant = True
        elif facts.series(fact):
            is_meant = period is not None and _is_of(fact, period)
        else:
            is_meant = bool(own) and fact is own[0] and not names
        if is_meant:
            yield fact


def _nearest(kind: str, text: str, rank: _Rank, mentions: Sequence[Mention]) -> Mention | None:
    """Whom the word of rank is about: who is named in its clause, else next, else before."""
    start, end = clause_ends(text, mentions, rank.start)
    here = [
        each
        for each in mentions
        if each.kind == kind
        and not (each.kind == "period" and _is_year(each))
        and not (each.start < rank.end and rank.start < each.end)
    ]
    within = [each for each in here if start <= each.start < end]
    if kind == "metric":
        return next(iter(within), None) or next(
            (each for each in here if each.end <= rank.start), None
        )
    behind = [each for each in within if each.start >= rank.end]
    if within:
        return behind[0] if behind else within[-1]
    return next((each for each in here if each.start >= rank.end), here[-1] if here else None)


def _holds(text: str, rank: _Rank, fact: Fact, facts: Facts) -> bool:
    series = facts.series(fact)
    values = [other.value for other in series or facts.rivals(fact)]
    if len(values) < 2:
        return True
    if rank.place is not None:
        return _stands_in_order(values, fact, rank)
    order = facts.cut.get(fact.table)
    if order and rank.is_best != (order == "desc") and not _AMONG.search(text):
        # The last of the five largest is not the smallest of all.
        return False
    if _way(text, rank) < 0:
        # "A maior queda" is the lowest change; "a menor queda" the mildest fall.
        falls = [value for value in values if value < 0]
        return fact.value == ((min(falls) if rank.is_best else max(falls)) if falls else None)
    return fact.value == (max(values) if rank.is_best else min(values))


def _stands_in_order(values: Sequence[Decimal], fact: Fact, rank: _Rank) -> bool:
    """Counted from the best, or from the worst, or along a table that runs from the worst."""
    place = rank.place or 1
    if len(values) < place:
        return False
    best = sorted(values, reverse=True)
    if fact.value == (best if rank.is_best else best[::-1])[place - 1]:
        return True
    return list(values) == best[::-1] and fact.value == values[place - 1]


def _way(text: str, rank: _Rank) -> int:
    """Of a rank among changes, which way they go; 0 for one among values."""
    if _CHANGED_MOST.fullmatch(text[rank.start : rank.end]):
        # Not the "menos que" and "mais que" that may follow.
        return -1 if FALL.search(text[rank.start : rank.end]) else 1
    behind = text[rank.end : rank.end + _NEAR]
    for pattern, sign in ((FALL, -1), (RISE, 1)):
        found = pattern.search(behind)
        if found and re.fullmatch(r"\s+(?:\w+\s+)?", behind[: found.start()]):
            return sign
    return 0


def _is_year(period: Mention) -> bool:
    return (
        period.from_date is not None
        and period.to_date is not None
        and (period.to_date - period.from_date).days > 360
    )


def _is_of(fact: Fact, period: Mention) -> bool:
    if fact.from_date is None or fact.to_date is None:
        return False
    if period.from_date is None or period.to_date is None:
        return False
    if period.yearless:
        return (
            fact.from_date.timetuple()[1:3] == period.from_date.timetuple()[1:3]
            and fact.to_date.month == period.to_date.month
        )
    return (fact.from_date, fact.to_date) == (period.from_date, period.to_date)
