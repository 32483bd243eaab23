"""Whether what a statement says of a direction is so: "caiu", "cresceram", "dobrou", with or without a figure.

A direction is told of a change that a tool worked out, or of two figures of a series. Pure.
"""

import re
from collections.abc import Iterator, Sequence

from backend.answering.claims import claim_of, has_value
from backend.answering.clauses import COMPARED, clause_ends
from backend.answering.direction_words import (
    ALL,
    ALMOST,
    ALMOST_SO_MUCH,
    AMOUNTS,
    FELL,
    GIVE_OR_TAKE,
    HALF,
    LISTED,
    MORE_THAN,
    NOT,
    RANKED,
    ROSE,
    SAVE,
    STOOD,
)
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact
from backend.answering.fitting import named_in
from backend.answering.mention import Mention
from backend.answering.numbers import WrittenNumber
from backend.answering.said import Said
from backend.answering.series_steps import every_step, is_of_subject, told_steps

_ALL_BUT = re.compile(r"\b(?:everyone|everybody|tod[oa]s|all)\b[^,;.]*$", re.IGNORECASE)
#: Between a verb and what the figure came to.
_TO = re.compile(r"\s(?:to|para|a|até|hasta)\s(?:(?:R\$|US\$|\$|€)\s?)?", re.IGNORECASE)


def wrong_directions(
    said: Said, evidence: Evidence, matched: Sequence[Fact], quoted: Sequence[WrittenNumber]
) -> Iterator[str]:
    """The verbs of a statement that no change of its subject bears out.

    Not those of a clause whose figure is quoted: the dollar fell, says the market.
    """
    text = said.text
    for pattern, sign in ((ROSE, 1), (FELL, -1)):
        for verb in pattern.finditer(text):
            if NOT.search(text[: verb.start()]) or RANKED.search(text[: verb.start()]):
                continue
            start, end = clause_ends(text, said.mentions, verb.start())
            if any(start <= number.start < end for number in quoted):
                continue
            if not _is_so(said, verb, sign, evidence, matched):
                yield verb[0]
    for verb in STOOD.finditer(text):
        against = [each for each in said.mentions if each.start == verb.end()]
        if not any(each.kind == "period" for each in against) or NOT.search(text[: verb.start()]):
            continue
        if not _is_so(said, verb, 1 if verb[1] else -1, evidence, matched):
            yield verb[0].strip()


def _is_so(
    said: Said, verb: re.Match[str], sign: int, evidence: Evidence, matched: Sequence[Fact]
) -> bool:
    text, facts, at = said.text, evidence.facts, verb.start()
    members = _subject("member", text, verb.start(), said.mentions)
    metrics = _subject("metric", text, verb.start(), said.mentions) or [
        each for each in said.over if each.kind == "metric"
    ]
    start, end = clause_ends(text, said.mentions, verb.start())
    # "All grew except the South, which fell".
    saved = SAVE.search(text, 0, verb.start())
    of_all = not saved and (ALL.search(text, start, end) or ALL.search(text[: verb.start()]))
    if saved and _ALL_BUT.search(text[: saved.start()]) and "," not in text[saved.end() : at]:
        # "Everyone but Bruno grew" is told of the others.
        members, of_all = [], ALL.search("all")
    ours = bool(matched) and len(matched) == len(said.numbers)
    if not (members or metrics or of_all or ours):
        return True
    changes = [
        fact
        for fact in facts.facts
        if fact.kind == "change" and is_of_subject(fact, said, at, members, metrics)
    ]
    if of_all:
        each_step = list(every_step(said, at, evidence, changes, members, metrics))
        if each_step:
            return all((step > 0) == (sign > 0) and step != 0 for step in each_step)
    if _comes_to(said, verb, sign, evidence, matched):
        return True
    timed = [fact for fact in changes if named_in(said, fact, evidence, verb.start())]
    if timed:
        alike = [_goes(fact, sign) and _is_as_much(text, verb, fact) for fact in timed]
        return all(alike) if len(members) > 1 else any(alike)
    steps = list(told_steps(said, at, facts, members, metrics, matched))
    if not changes and not steps:
        # Nothing is known of it: then it is the user's word, or nobody's.
        return verb[0].casefold() in evidence.question.casefold()
    return any((step > 0) == (sign > 0) and step != 0 for step in steps)


def _comes_to(
    said: Said, verb: re.Match[str], sign: int, evidence: Evidence, matched: Sequence[Fact]
) -> bool:
    """As in "saltou para R$ 10", of a series: from the unit before, whatever is told of the one behind."""
    for number in said.numbers:
        if not _TO.fullmatch(said.text[verb.end() : max(number.start, verb.end())]):
            continue
        for fact in matched:
            series = evidence.facts.series(fact)
            place = series.index(fact) if series else 0
            if place and has_value(claim_of(said.text, number), fact):
                return (fact.value - series[place - 1].value) * sign > 0
    return False


def _subject(kind: str, text: str, at: int, mentions: Sequence[Mention]) -> list[Mention]:
    """Who or what goes up: who is named before the verb in its clause, else behind it, else before.

    "Sul e Norte cresceram" names two; one whom something is compared with is not meant.
    """
    here = [
        each for each in mentions if each.kind == kind and not COMPARED.search(text[: each.start])
    ]
    saved = SAVE.search(text, at) if kind == "member" else None
    if saved:
        here = [each for each in here if each.start < saved.start()]
    start, end = clause_ends(text, mentions, at)
    listed = LISTED.match(text, at)
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


def _goes(fact: Fact, sign: int) -> bool:
    return fact.value > 0 if sign > 0 else fact.value < 0


def _is_as_much(text: str, verb: re.Match[str], fact: Fact) -> bool:
    wanted = next((amount for pattern, amount in AMOUNTS if pattern.search(verb[0])), None)
    if HALF.match(text, verb.end() + 1) or verb[0].casefold() == "halved":
        wanted = -0.5
    if wanted is not None and MORE_THAN.search(text[: verb.start()]):
        return abs(float(fact.value)) >= abs(wanted)
    if wanted is not None and ALMOST.search(text[: verb.start()]):
        return abs(wanted) - ALMOST_SO_MUCH <= abs(float(fact.value)) <= abs(wanted)
    return wanted is None or abs(float(fact.value) - wanted) <= GIVE_OR_TAKE
