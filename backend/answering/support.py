"""Whether evidence supports a statement: every number in value, unit, sign, member, metric and period,
and every claim of rank. Nothing is added up to fit. Pure.
"""

import re
from collections.abc import Iterator, Sequence

from backend.answering.claims import Claim, claim_of, has_value
from backend.answering.clauses import FALL, RISE, SHARE, clause_ends
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact
from backend.answering.mentions import Mention
from backend.answering.numbers import WrittenNumber, written_numbers
from backend.answering.statements import Statement, statements

#: Says what all the figures are narrowed to.
_FILTER = re.compile(
    r"\b(?:filtr\w+|filter\w*|apenas|somente|consider\w+|only|solamente|refer\w+)\b", re.IGNORECASE
)
_EXCEPT = re.compile(r"\b(?:exceto|except|excepto|sem|without|sin|exclu\w+|fora)\b", re.IGNORECASE)
_LIST_MARK = re.compile(r"[ \t]*\d{1,3}[.)]\s")
#: Between a number and what it counts: "42 pedidos", "R$ 10 de faturamento".
_COUNTED = re.compile(r"\s{0,2}(?:(?:mil|mi|de|of|em|in|en)\s){0,2}", re.IGNORECASE)
#: A number right before a name: it is that number's name.
_NUMBERED = re.compile(r"\d\s{0,2}(?:(?:de|of|em|in|en)\s)?$", re.IGNORECASE)
_PLACES = re.compile(
    r"\b(?:(primeir[oa]|1[ºª°o]|first|1st|primer[oa]?)|(segund[oa]|2[ºª°o]|second|2nd)|"
    r"(terceir[oa]|3[ºª°o]|third|3rd|tercer[oa]?))\s+(?:lugar|posição|colocad[oa]|place|puesto)\b",
    re.IGNORECASE,
)


def faults(text: str, evidence: Evidence, since: int = 0) -> Iterator[tuple[Statement, list[str]]]:
    """The statements from position `since` on that nothing supports, with what is wrong in each."""
    for statement in statements(text):
        if statement.start + len(statement.text) <= since:
            continue
        wrong = list(_Reading(statement, evidence).faults())
        if wrong:
            yield statement, wrong


class _Reading:
    """One statement, read against the evidence."""

    def __init__(self, statement: Statement, evidence: Evidence) -> None:
        self._statement = statement
        self._text = statement.text
        self._evidence = evidence
        mark = _LIST_MARK.match(self._text) if statement.number else None
        # "1. dezembro": the mark of a list is no day of the month.
        said = " " * mark.end() + self._text[mark.end() :] if mark else self._text
        self._mentions = list(evidence.mentions(said))
        self._over = list(evidence.mentions(statement.heading)) if statement.heading else []

    def faults(self) -> Iterator[str]:
        matched: list[Fact] = []
        for claim in self._claims():
            facts = [fact for fact in self._evidence.facts.facts if has_value(claim, fact)]
            fitting = [fact for fact in facts if self._fits(claim, fact)]
            if fitting:
                matched.append(fitting[0])
            elif not self._may_be_quoted(claim, facts):
                yield claim.number.text
        yield from self._wrong_ranks(matched)
        if _FILTER.search(self._text) and not _EXCEPT.search(self._text):
            yield from self._wrong_filters()

    def _wrong_filters(self) -> Iterator[str]:
        """As in "Filtro: região: Norte", where all figures are of the South."""
        facts = self._evidence.facts.facts
        for mention in self._mentions:
            if mention.kind != "member" or not facts:
                continue
            told = [fact.members.get(mention.dimension, mention.names) for fact in facts]
            if not any(mention.names & own for own in told) and not any(
                self._is_of_another(fact, mention) for fact in facts
            ):
                yield self._text[mention.start : mention.end]

    def _claims(self) -> Iterator[Claim]:
        # "Água 500 ml": a number within a name is none of its figures.
        names = [each for each in self._mentions if each.kind in ("period", "member", "metric")]
        marks = _LIST_MARK.match(self._text) if self._statement.number else None
        for number in written_numbers(self._text):
            if marks is not None and number.start < marks.end():
                continue
            inside = [each for each in names if each.start <= number.start < each.end]
            if inside and not self._is_a_value(number, inside[0]):
                continue
            yield claim_of(self._text, number)

    def _is_a_value(self, number: WrittenNumber, name: Mention) -> bool:
        """As in "1998 pedidos", which could be a year."""
        return self._text[name.start : name.end].isdigit() and any(
            abs(fact.value) in number.values for fact in self._evidence.facts.facts
        )

    def _may_be_quoted(self, claim: Claim, facts: Sequence[Fact]) -> bool:
        """A number that the user, memory, a passage or another tool said.

        Not where it is also a figure of ours, told of the wrong thing.
        """
        if facts and (claim.is_money or claim.is_percent):
            return False
        return self._evidence.heard(claim.number)

    def _fits(self, claim: Claim, fact: Fact) -> bool:
        at = claim.number.start
        return (
            self._fits_members(fact, at)
            and self._fits_metric(fact, claim.number)
            and self._fits_period(fact, at)
            and self._fits_kind(claim, fact)
        )

    def _fits_members(self, fact: Fact, at: int) -> bool:
        for dimension in {
            each.dimension for each in (*self._mentions, *self._over) if each.dimension
        }:
            bound = self._bound("member", at, dimension)
            own = fact.members.get(dimension)
            if not bound or (own is not None and any(each.names & own for each in bound)):
                continue
            if own is not None or not any(self._is_of_another(fact, each) for each in bound):
                return False
        return True

    def _is_of_another(self, fact: Fact, mention: Mention) -> bool:
        """Whether the same word names the fact's member of another dimension: São Paulo, the state."""
        return any(
            each.start == mention.start
            and each.names & fact.members.get(each.dimension, frozenset())
            for each in (*self._mentions, *self._over)
            if each.kind == "member"
        )

    def _fits_metric(self, fact: Fact, number: WrittenNumber) -> bool:
        bound = self._metrics_of(number)
        return not bound or any(fact.metric in each.names for each in bound)

    def _metrics_of(self, number: WrittenNumber) -> list[Mention]:
        """What the number is a figure of: "42 PEDIDOS", else the last metric before it, else the
        heading's, else the next that no number of its own stands before.
        """
        here = [each for each in self._mentions if each.kind == "metric"]
        end = number.start + len(number.text)
        for each in here:
            if each.start >= end and _COUNTED.fullmatch(self._text[end : each.start]):
                return [each]
        before = [each for each in here if each.start < number.start]
        if before:
            start, _ = clause_ends(self._text, self._mentions, number.start)
            return [each for each in before if each.start >= start] or before[-1:]
        over = [each for each in self._over if each.kind == "metric"]
        return over or [each for each in here if not _NUMBERED.search(self._text[: each.start])][:1]

    def _fits_period(self, fact: Fact, at: int) -> bool:
        if fact.from_date is None and fact.to_date is None:
            return True
        start, end = clause_ends(self._text, self._mentions, at)
        named = [each for each in self._mentions if each.kind == "period"]
        within = [each for each in named if start <= each.start < end]
        if fact.kind == "change" or (fact.kind == "previous" and not named):
            # "Queda de 5% sobre R$ 10 em abril": April is the one compared with. And of what was
            # before, a list's heading does not tell the time.
            bound = within
        else:
            # "Caiu em outubro, de R$ 10 em setembro para R$ 8": the last goes on from October.
            bound = (
                within or [each for each in named if each.start < at] or self._bound("period", at)
            )
        return not bound or any(_is_in(self._evidence, fact, each) for each in bound)

    def _fits_kind(self, claim: Claim, fact: Fact) -> bool:
        start, end = clause_ends(self._text, self._mentions, claim.number.start)
        clause = self._text[start:end]
        if fact.kind == "change":
            if SHARE.search(clause):
                return False
            return self._fits_sign(claim, fact, clause)
        if fact.kind == "share":
            return not (RISE.search(clause) or FALL.search(clause)) or bool(SHARE.search(clause))
        if fact.value < 0:
            return claim.negative
        return not claim.negative

    def _fits_sign(self, claim: Claim, fact: Fact, clause: str) -> bool:
        near = clause if RISE.search(clause) or FALL.search(clause) else self._text
        rises, falls = bool(RISE.search(near)), bool(FALL.search(near))
        if fact.value < 0:
            return (
                claim.negative or (falls and not rises) or (falls and rises and near is self._text)
            )
        return not claim.negative and (rises or not falls)

    def _bound(self, kind: str, at: int, dimension: str = "") -> list[Mention]:
        """The mentions of a kind that a number at this place belongs to: of its clause, else the last
        before it, else the next behind it, else those of the heading.
        """
        here = [
            each for each in self._mentions if each.kind == kind and each.dimension == dimension
        ]
        if not here:
            return [
                each for each in self._over if each.kind == kind and each.dimension == dimension
            ]
        start, end = clause_ends(self._text, self._mentions, at)
        within = [each for each in here if start <= each.start < end]
        if within:
            return within
        before = [each for each in here if each.start < at]
        return before[-1:] or here[:1]

    def _wrong_ranks(self, matched: list[Fact]) -> Iterator[str]:
        values = [fact for fact in matched if fact.kind == "value"]
        number = self._statement.number
        if number is not None and values:
            if not _stands_at(self._evidence, values[0], number):
                yield f"{number}."
            return
        if self._statement.in_list or FALL.search(self._text) or RISE.search(self._text):
            return
        for rank in (each for each in self._mentions if each.kind in ("best", "worst")):
            fact = self._ranked(values)
            if rank.singular and fact is not None and not _is_extreme(self._evidence, fact, rank):
                yield self._text[rank.start : rank.end]
        for place in _PLACES.finditer(self._text):
            fact = self._ranked(values)
            wanted = next(n for n, group in enumerate(place.groups(), start=1) if group)
            if fact is not None and not _stands_at(self._evidence, fact, wanted):
                yield place[0]

    def _ranked(self, values: list[Fact]) -> Fact | None:
        """The figure that a word of rank is about: the first that is told, or that of who is named."""
        if values:
            return values[0]
        named = [each for each in self._mentions if each.kind == "member"]
        metrics = [each for each in self._mentions if each.kind == "metric"]
        for fact in self._evidence.facts.facts:
            if fact.kind != "value" or (metrics and fact.metric not in metrics[0].names):
                continue
            if named and any(
                each.names & fact.members.get(each.dimension, frozenset()) for each in named[:1]
            ):
                return fact
        return None


def _is_in(evidence: Evidence, fact: Fact, period: Mention) -> bool:
    """Whether the period is the figure's own, or the unit of a series that it alone lies in."""
    if (period.from_date, period.to_date) == (fact.from_date, fact.to_date):
        return True
    within = [each for each in evidence.facts.series(fact) if _lies_in(each, period)]
    return len(within) == 1 and within[0] is fact


def _lies_in(fact: Fact, period: Mention) -> bool:
    if fact.from_date is None or fact.to_date is None:
        return False
    if period.from_date is None or period.to_date is None:
        return False
    return period.from_date <= fact.from_date and fact.to_date <= period.to_date


def _stands_at(evidence: Evidence, fact: Fact, place: int) -> bool:
    """Whether the figure stands there in its table; equals may change places."""
    rivals = list(evidence.facts.rivals(fact))
    if len(rivals) < place:
        return len(rivals) < 2
    return rivals[place - 1].value == fact.value


def _is_extreme(evidence: Evidence, fact: Fact, rank: Mention) -> bool:
    values = [rival.value for rival in evidence.facts.rivals(fact)]
    if len(values) < 2:
        return True
    return fact.value == (max(values) if rank.kind == "best" else min(values))
