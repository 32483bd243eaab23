"""What a statement claims without a figure of its own: a count in words, days written out, a filter. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal

from backend.answering.clauses import EXCEPT
from backend.answering.evidence import Evidence
from backend.answering.numbers import spelt_number
from backend.answering.said import Said

#: Says what all the figures are narrowed to.
_FILTER = re.compile(
    r"\b(?:filtr\w+|filter\w*|apenas|somente|consider\w+|only|solamente|refer\w+)\b", re.IGNORECASE
)
#: "De 01/10/2026 a 31/10/2026", written out.
_RANGE = re.compile(
    r"\d{1,2}/\d{1,2}/\d{4}.+\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2}.+\d{4}-\d{2}-\d{2}"
)


_NONE = re.compile(r"\b(nenhuma?|ning[uú]n[ao]?|not a single|zero|cero)\s$", re.IGNORECASE)
#: Digits right before what they count.
_BIGGEST = (
    r"(?:(?:maiores|menores|melhores|piores|principais|mayores|menores|mejores|peores|principales|largest|biggest"
    r"|smallest|best|worst|top)\s)?$"
)
_SIZE = re.compile(r"(?<![\w.,])(\d{1,3})\s" + _BIGGEST, re.IGNORECASE)
_OF_ALL = re.compile(r"\b(?:tod[oa]s (?:[oa]s|l[oa]s)|all(?: (?:the|of the))?)\s$", re.IGNORECASE)
#: "E mais 9 linhas": rows, of whatever the dimension is called by the same word.
_MORE = re.compile(r"\b(?:mais|más|more)\s$", re.IGNORECASE)
#: A table of one row tells not how many there are.
_FEWEST = 2


def wrong_counts(said: Said, evidence: Evidence) -> Iterator[str]:
    """Number words that count a metric: "doze pedidos", "nenhum pedido"."""
    for mention in said.mentions:
        none = _NONE.search(said.text[: mention.start]) if mention.kind == "metric" else None
        told = [fact for fact in evidence.facts.facts if fact.metric in mention.names]
        if none and told and all(fact.value for fact in told):
            yield none[1]
        spelt = spelt_number(said.text[: mention.start]) if mention.kind == "metric" else None
        if spelt is None:
            continue
        word, value = spelt
        if not any(
            abs(fact.value) == value and fact.metric in mention.names
            for fact in evidence.facts.facts
        ):
            yield word


def wrong_sizes(said: Said, evidence: Evidence) -> Iterator[str]:
    """How many there are of a dimension: "das sete regiões", where the tool's table has five."""
    for mention in said.mentions:
        if mention.kind != "dimension" or not mention.plural:
            continue
        known = evidence.facts.most_members(mention.dimension)
        before = said.text[: mention.start]
        number = _SIZE.search(before)
        spelt = spelt_number(re.sub(_BIGGEST, "", before, flags=re.IGNORECASE))
        value = Decimal(number[1]) if number else spelt[1] if spelt else None
        if known < _FEWEST or value is None:
            continue
        word = number[1] if number else spelt[0] if spelt else ""
        if _MORE.search(before[: before.rindex(word)]):
            continue
        is_all = _OF_ALL.search(before[: before.rindex(word)]) is not None
        if word.casefold() not in evidence.question.casefold() and (
            value > known or (is_all and value != known)
        ):
            yield word


def wrong_ranges(said: Said, evidence: Evidence) -> Iterator[str]:
    """Days written out, of no figure: "Período: 01/09/2026 a 30/09/2026"."""
    if said.numbers or said.is_asking:
        return
    facts = evidence.facts
    known = {(str(fact.from_date), str(fact.to_date)) for fact in facts.facts} | facts.asked_days
    for mention in said.mentions:
        words = said.text[mention.start : mention.end]
        if mention.kind != "period" or not _RANGE.search(words):
            continue
        days = (str(mention.from_date), str(mention.to_date))
        if days not in known and words not in evidence.question:
            yield words


def wrong_filters(said: Said, evidence: Evidence) -> Iterator[str]:
    """As in "Filtro: região: Norte", where all figures are of the South."""
    if not _FILTER.search(said.text) or EXCEPT.search(said.text):
        return
    for mention in said.mentions:
        if mention.kind != "member":
            continue
        alike = [
            each for each in said.mentions if each.kind == "member" and each.start == mention.start
        ]
        # The same word may name a member of another dimension: São Paulo, the state.
        if not any(
            each.names & fact.members.get(each.dimension, frozenset())
            or (each is mention and each.dimension not in fact.members)
            for fact in evidence.facts.facts
            for each in alike
        ):
            yield said.text[mention.start : mention.end]
