"""Whether what a statement says of a rank is so: "a maior", "líder", "em segundo lugar", "que mais cresceu".

Ranks are those of the table that a tool returned. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from backend.answering.clauses import FALL, RISE, clause_ends
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact, Facts
from backend.answering.fitting import named_in
from backend.answering.mention import Mention
from backend.answering.metric_of import is_named
from backend.answering.rank_words import CHANGED_MOST, Rank, ranks
from backend.answering.said import Said
from backend.answering.times import is_year

_AMONG = re.compile(
    r"\b(?:dentre|entre|dess[ae]s|dest[ae]s|d[oa]s|among|of the|of these|de (?:los|las|est[ao]s))\b",
    re.IGNORECASE,
)
#: "O melhor mês do Sul" is one of its months; without such a word, the South is one of the regions.
#: "As regiões com menor peso": several.
_OF_SEVERAL = re.compile(
    r"\b(?:[ao]s|l[ao]s|the|as (?:duas|três)|os (?:dois|três)|l[ao]s (?:dos|tres))\s+[^\W\d_]+s\s+(?:com|con|de|with)\s+(?:[oa]|la|el|the)?\s*$",
    re.IGNORECASE,
)
#: May be of a value or of what it did: "o melhor desempenho na comparação anual".
_PERFORMANCE = re.compile(
    r"\s+(?:desempenho|resultado|performance|result|showing|desempeño|rendimiento|evoluç\w+|evoluci\w+)\b",
    re.IGNORECASE,
)
_PART_OF_TIME = re.compile(
    r"\b(?:primeir[oa]|segund[oa]|terceir[oa]|quart[oa]|[1-4][ºo°]|first|second|third|fourth|primer|tercer|cuarto|1st|2nd)\s(?:(trimestre|quarter|tri)|semestre|half)\b",
    re.IGNORECASE,
)
_IN_TIME = re.compile(
    r"\b(?:m[eê]s|meses|months?|semanas?|weeks?|trimestres?|quarters?|dias?|días?|days?|anos?|años?|years?)\b",
    re.IGNORECASE,
)
#: The longest of one, longer than any unit but a year.
_DAYS_OF_A_HALF = 184
#: Characters behind a word of rank in which what it ranks is named: "maior queda".
_NEAR = 24


def wrong_ranks(said: Said, evidence: Evidence, matched: Sequence[Fact]) -> Iterator[str]:
    """The words of rank that the subject's place in its table does not bear out."""
    text, facts = said.text, evidence.facts
    for rank in ranks(text, said.mentions):
        if _OF_SEVERAL.search(text[: rank.start]):
            continue
        told = list(_ranked(said, rank, evidence, matched))
        metric = _nearest("metric", text, rank, said.mentions)
        if metric is not None:
            exact = [fact for fact in told if fact.metric in metric.names]
            # "A maior margem percentual, com 29%" ranks the rate; the amount is another rank.
            told = [*exact, *(fact for fact in told if fact in matched)] if exact else told
        if told and not any(
            (metric is None or is_named(said, fact, metric, rank.start))
            and (bool(facts.series(fact)) or named_in(said, fact, evidence, rank.start))
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


def _ranked(said: Said, rank: Rank, evidence: Evidence, matched: Sequence[Fact]) -> Iterator[Fact]:
    """The figures that the rank may be of: those of who is named with it, whatever it is of."""
    text, mentions, facts = said.text, said.mentions, evidence.facts
    kind = "change" if _way(text, rank) else "value"
    told = {fact.kind for fact in matched}
    # "Em crescimento, o Norte lidera (+26%)".
    is_of_change = "change" in told and "value" not in told
    kinds = {kind, "change"} if is_of_change or _PERFORMANCE.match(text, rank.end) else {kind}
    # In "a largest customer in the Northeast", all of which are there, the customers are ranked.
    alone = {name for name, members in facts.members().items() if len(members) < 2}
    varied = [each for each in mentions if each.kind != "member" or each.dimension not in alone]
    member = _nearest("member", text, rank, varied)
    names = [each for each in mentions if member is not None and each.start == member.start]
    own = [fact for fact in matched if fact.kind in kinds]
    # Of a series of years, each is one; else a year is all of them.
    of_years = any(facts.series(fact) and _is_long(fact) for fact in facts.facts)
    period = _nearest("period", text, rank, mentions, of_years=of_years)
    for fact in facts.facts:
        if fact.kind not in kinds:
            continue
        is_of_all = not names or any(
            each.names & fact.members.get(each.dimension, frozenset()) for each in names
        )
        if facts.series(fact):
            is_meant = is_of_all and period is not None and _is_of(fact, period, evidence.today)
        elif names:
            is_meant = is_of_all
        else:
            is_meant = bool(own) and fact is own[0] and not names
        if is_meant:
            yield fact


def _nearest(
    kind: str, text: str, rank: Rank, mentions: Sequence[Mention], *, of_years: bool = False
) -> Mention | None:
    """Whom the word of rank is about: who is named in its clause, else next, else before."""
    start, end = clause_ends(text, mentions, rank.start)
    here = [
        each
        for each in mentions
        if each.kind == kind
        and not (each.kind == "period" and is_year(each) and not of_years)
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


def _holds(text: str, rank: Rank, fact: Fact, facts: Facts) -> bool:
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
    if _way(text, rank) < 0:
        # "A maior queda" is the lowest change; "a menor queda" the mildest fall.
        falls = [value for value in values if value < 0]
        return fact.value == ((min(falls) if rank.is_best else max(falls)) if falls else None)
    return fact.value == (max(values) if rank.is_best else min(values))


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


def _way(text: str, rank: Rank) -> int:
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


def _is_long(fact: Fact) -> bool:
    """Of a year, be it not over yet."""
    return (
        fact.from_date is not None
        and fact.to_date is not None
        and (fact.to_date - fact.from_date).days > _DAYS_OF_A_HALF
    )


def _is_of(fact: Fact, period: Mention, today: date | None) -> bool:
    if fact.from_date is None or fact.to_date is None:
        return False
    if period.from_date is None or period.to_date is None:
        return False
    if period.yearless:
        return (
            fact.from_date.timetuple()[1:3] == period.from_date.timetuple()[1:3]
            and fact.to_date.month == period.to_date.month
        )
    is_open = today is not None and min(fact.to_date, period.to_date) >= today
    return fact.from_date == period.from_date and (is_open or fact.to_date == period.to_date)
