"""Whether what a statement says of a direction is so: "caiu", "cresceram", "dobrou", with or without a figure.

A direction is told of a change that a tool worked out, or of two figures of a series. Pure.
"""

import re
from collections.abc import Iterator, Sequence

from backend.answering.clauses import COMPARED, clause_ends
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact, Facts
from backend.answering.fitting import named_in
from backend.answering.mentions import Mention
from backend.answering.numbers import WrittenNumber
from backend.answering.said import Said

#: Verbs in a tense that states; "para aumentar" wishes.
_ROSE = re.compile(
    r"\b(?:aumentou|aumentaram|cresceu|cresceram|subiu|subiram|avançou|avançaram|saltou"
    r"|rose|grew|increased|jumped|climbed|soared|(?:is|was|are|were|went|goes|going) up"
    r"|aumentó|aumentaron|creció|crecieron|subió|subieron|dobrou|dobraram|duplicou|duplicaram|triplicou"
    r"|triplicaram|doubled|tripled|duplicó|duplicaron|triplicó|triplicaron)\b",
    re.IGNORECASE,
)
_FELL = re.compile(
    r"\b(?:caiu|caíram|recuou|recuaram|diminuiu|diminuíram|reduziu|baixou|baixaram|encolheu|encolheram"
    r"|fell|dropped|declined|decreased|slipped|shrank|halved|(?:is|was|are|were|went|goes|going) down"
    r"|cayó|cayeron|bajó|bajaron|disminuyó|disminuyeron|descendió|descendieron|retrocedió)\b",
    re.IGNORECASE,
)
#: How much the verb itself says, as a fraction of what was before, give or take.
_AMOUNTS = (
    (re.compile(r"\b(?:dobr|duplic|doubled)", re.IGNORECASE), 1.0),
    (re.compile(r"\b(?:triplic|tripled)", re.IGNORECASE), 2.0),
)
_HALF = re.compile(r"\b(?:(?:pela|a la|à) (?:metade|mitad)|(?:by|in) half|halved)\b", re.IGNORECASE)
_MORE_THAN = re.compile(r"\b(?:mais (?:do )?que|more than|más que)\s+$", re.IGNORECASE)
_GIVE_OR_TAKE = 0.05
_LISTED = re.compile(r"[^\W\d_]+\s*(\([^)]*\))")
_ALL = re.compile(r"\b(?:tod[oa]s|all|every|each|cada)\b", re.IGNORECASE)
_NOT = re.compile(
    r"\b(?:não|nao|nem|not|n't|didn't|no|nor|nenhum\w*)\s+(?:\w+\s+)?$"
    r"|\b(?:se|si|if|whether|por que|porque|why|quando|when)\s+(?:\w+\s+){1,4}$",
    re.IGNORECASE,
)
#: As in "a região que mais cresceu": a rank, see `ranks.py`.
_RANKED = re.compile(
    r"\b(?:mais|menos|más|most|least)\s+$|\bque\s+(?:mais|más|menos)\s+$", re.IGNORECASE
)


def wrong_directions(
    said: Said, evidence: Evidence, matched: Sequence[Fact], quoted: Sequence[WrittenNumber]
) -> Iterator[str]:
    """The verbs of a statement that no change of its subject bears out.

    Not those of a clause whose figure is quoted: the dollar fell, says the market.
    """
    text = said.text
    for pattern, sign in ((_ROSE, 1), (_FELL, -1)):
        for verb in pattern.finditer(text):
            if _NOT.search(text[: verb.start()]) or _RANKED.search(text[: verb.start()]):
                continue
            start, end = clause_ends(text, said.mentions, verb.start())
            if any(start <= number.start < end for number in quoted):
                continue
            if not _is_so(said, verb, sign, evidence, matched):
                yield verb[0]


def _is_so(
    said: Said, verb: re.Match[str], sign: int, evidence: Evidence, matched: Sequence[Fact]
) -> bool:
    text, facts = said.text, evidence.facts
    members = _subject("member", text, verb.start(), said.mentions)
    metrics = _subject("metric", text, verb.start(), said.mentions) or [
        each for each in said.over if each.kind == "metric"
    ]
    of_all = _ALL.search(text[: verb.start()]) is not None
    ours = bool(matched) and len(matched) == len(said.numbers)
    if not (members or metrics or of_all or ours):
        return True
    changes = [
        fact
        for fact in facts.facts
        if fact.kind == "change" and _is_of(fact, members, metrics, said.over)
    ]
    timed = [fact for fact in changes if named_in(said, fact, evidence, verb.start())]
    if timed:
        alike = [_goes(fact, sign) and _is_as_much(text, verb, fact) for fact in timed]
        every = len(members) > 1 or of_all
        return all(alike) if every else any(alike)
    steps = list(_steps(said, facts, members, metrics, matched))
    if not changes and not steps:
        # Nothing is known of it: then it is the user's word, or nobody's.
        return verb[0].casefold() in evidence.question.casefold()
    return any((step > 0) == (sign > 0) and step != 0 for step in steps)


def _subject(kind: str, text: str, at: int, mentions: Sequence[Mention]) -> list[Mention]:
    """Who or what goes up: who is named before the verb in its clause, else behind it, else before.

    "Sul e Norte cresceram" names two; one whom something is compared with is not meant.
    """
    here = [
        each for each in mentions if each.kind == kind and not COMPARED.search(text[: each.start])
    ]
    start, end = clause_ends(text, mentions, at)
    listed = _LISTED.match(text, at)
    if kind == "member" and listed:
        # "Duas caíram (Sul 9% e Norte 7%)".
        within = [each for each in here if listed.start(1) <= each.start < listed.end(1)]
        if within:
            return within
    before = [each for each in here if start <= each.start < at]
    if before:
        joined = [
            each for each in here if each.start < start and _joins(text, each.end, before[0].start)
        ]
        return [*joined, *before]
    behind = [each for each in here if at <= each.start < end]
    earlier = [each for each in here if each.start < start]
    return behind or earlier[-1:]


def _joins(text: str, since: int, until: int) -> bool:
    return (
        re.fullmatch(r"\s*(?:,|e|y|and)\s*(?:[oa]s?|el|la|the)?\s*", text[since:until]) is not None
    )


def _is_of(
    fact: Fact, members: Sequence[Mention], metrics: Sequence[Mention], over: Sequence[Mention]
) -> bool:
    if metrics and not any(fact.metric in each.names for each in metrics):
        return False
    named = list(members) or [each for each in over if each.kind == "member"]
    return not named or any(
        each.names & fact.members.get(each.dimension, frozenset()) for each in named
    )


def _goes(fact: Fact, sign: int) -> bool:
    return fact.value > 0 if sign > 0 else fact.value < 0


def _is_as_much(text: str, verb: re.Match[str], fact: Fact) -> bool:
    wanted = next((amount for pattern, amount in _AMOUNTS if pattern.search(verb[0])), None)
    if _HALF.match(text, verb.end() + 1) or verb[0].casefold() == "halved":
        wanted = -0.5
    if wanted is not None and _MORE_THAN.search(text[: verb.start()]):
        return abs(float(fact.value)) >= abs(wanted)
    return wanted is None or abs(float(fact.value) - wanted) <= _GIVE_OR_TAKE


def _steps(
    said: Said,
    facts: Facts,
    members: Sequence[Mention],
    metrics: Sequence[Mention],
    matched: Sequence[Fact],
) -> Iterator[int]:
    """Which way a series went between the two figures that are told, or the two times that are named."""
    told = [fact for fact in matched if fact.kind in ("value", "previous")]
    if len(told) < 2:
        told = [
            fact
            for fact in facts.facts
            if fact.kind == "value"
            and _is_of(fact, members, metrics, said.over)
            and any(_touches(fact, each) for each in said.mentions if each.kind == "period")
        ]
    timed = sorted(
        (fact for fact in told if fact.from_date is not None),
        key=lambda fact: fact.from_date.toordinal() if fact.from_date else 0,
    )
    for first in timed:
        for last in timed:
            if (
                first.from_date != last.from_date
                and timed.index(first) < timed.index(last)
                and first.metric == last.metric
                and first.members == last.members
            ):
                yield 1 if last.value > first.value else -1 if last.value < first.value else 0


def _touches(fact: Fact, period: Mention) -> bool:
    """Whether the figure's time begins or ends the period that is named, in whichever year."""
    if fact.from_date is None or fact.to_date is None:
        return False
    if period.from_date is None or period.to_date is None:
        return False
    starts = fact.from_date.timetuple()[1:3] == period.from_date.timetuple()[1:3]
    ends = fact.to_date.timetuple()[1:3] == period.to_date.timetuple()[1:3]
    same_year = period.yearless or fact.from_date.year == period.from_date.year
    return (starts or ends) and same_year
