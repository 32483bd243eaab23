"""Whether what a statement says of a rank is so: "a maior", "líder", "em segundo lugar", "que mais cresceu".

Ranks are those of the table that a tool returned. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from backend.answering.clauses import clause_ends
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact
from backend.answering.fitting import named_in
from backend.answering.mention import Mention
from backend.answering.metric_of import counted_by, is_named
from backend.answering.rank_places import holds, way_of
from backend.answering.rank_words import Rank, ranks
from backend.answering.said import Said
from backend.answering.times import is_year

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
#: "A de Descartáveis é a mais alta".
_IS = re.compile(
    r"\b(?:é|são|foi|foram|is|are|was|were|es|son|fue|fueron)\s(?:[ao]|la|el|the)?\s*$",
    re.IGNORECASE,
)
#: Before those whom the one that is ranked comes behind, or before.
_BEATEN = re.compile(
    r"\b(?:atrás d[aeo]s?|behind|detrás de|à frente d[aeo]s?|ahead of|por delante de|seguid[oa]s? (?:de|d[ao]s?|pel[oa]s?|por)|followed by)\s",
    re.IGNORECASE,
)
#: The longest of one, longer than any unit but a year.
_DAYS_OF_A_HALF = 184


def wrong_ranks(said: Said, evidence: Evidence, matched: Sequence[Fact]) -> Iterator[str]:
    """The words of rank that the subject's place in its table does not bear out."""
    text, facts = said.text, evidence.facts
    for rank in ranks(text, said.mentions):
        if _OF_SEVERAL.search(text[: rank.start]):
            continue
        told = list(_ranked(said, rank, evidence, matched))
        counted = [counted_by(said, number) for number in said.numbers]
        loose = [each for each in said.mentions if each.kind != "metric" or each not in counted]
        metric = _nearest("metric", text, rank, loose)
        if metric is None:
            of = {fact.metric for fact in matched}
            told = [fact for fact in told if fact.metric in of] or told
        else:
            exact = [fact for fact in told if fact.metric in metric.names]
            # "A maior margem percentual, com 29%" ranks the rate; the amount is another rank.
            told = [*exact, *(fact for fact in told if fact in matched)] if exact else told
        if told and not any(
            (metric is None or is_named(said, fact, metric, rank.start))
            and (bool(facts.series(fact)) or named_in(said, fact, evidence, rank.start))
            and holds(text, rank, fact, facts)
            for fact in told
        ):
            yield text[rank.start : rank.end]


def _ranked(said: Said, rank: Rank, evidence: Evidence, matched: Sequence[Fact]) -> Iterator[Fact]:
    """The figures that the rank may be of: those of who is named with it, whatever it is of."""
    text, mentions, facts = said.text, said.mentions, evidence.facts
    kind = "change" if way_of(text, rank) else "value"
    told = {fact.kind for fact in matched}
    # "Em crescimento, o Norte lidera (+26%)".
    is_of_change = "change" in told and "value" not in told
    kinds = {kind, "change"} if is_of_change or _PERFORMANCE.match(text, rank.end) else {kind}
    # In "a largest customer in the Northeast", all of which are there, the customers are ranked.
    alone = {name for name, members in facts.members().items() if len(members) < 2}
    beaten = _BEATEN.search(text, rank.end)
    varied = [
        each
        for each in mentions
        if each.kind != "member"
        # "É o terceiro canal, atrás de WhatsApp e Portal": neither is the third.
        or (each.dimension not in alone and not (beaten and each.start > beaten.start()))
    ]
    starts = {each.start for each in _subjects(text, rank, varied)}
    names = [each for each in mentions if each.kind == "member" and each.start in starts]
    own = [fact for fact in matched if fact.kind in kinds]
    # Of a series of years, each is one; else a year is all of them.
    of_years = any(facts.series(fact) and _is_long(fact) for fact in facts.facts)
    units = [
        each
        for each in mentions
        if each.kind == "period"
        and not said.binding.is_compared_with(each)
        and any(facts.series(fact) and _is_of(fact, each, evidence.today) for fact in facts.facts)
    ]
    # In "o pico do primeiro semestre foi em maio" May is the one that is ranked.
    period = _nearest("period", text, rank, units or mentions, of_years=of_years)
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


def _subjects(text: str, rank: Rank, mentions: Sequence[Mention]) -> Sequence[Mention]:
    """Whom the rank may be of: where nobody is named in its clause, who stands before it or behind it."""
    nearest = _nearest("member", text, rank, mentions)
    if nearest is None:
        return ()
    start, end = clause_ends(text, mentions, rank.start)
    before = [each for each in mentions if each.kind == "member" and each.end <= rank.start]
    if start <= nearest.start < end or not before or nearest in before:
        return [nearest]
    return before[-1:] if _IS.search(text[: rank.start]) else [before[-1], nearest]


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
