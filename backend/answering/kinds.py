"""Whether a number is told as what it is: a value, a change with its direction, a share. Pure."""

import re

from backend.answering.claims import Claim
from backend.answering.clauses import CHANGE, FALL, NEGATIVE, RISE, SHARE, clause_ends
from backend.answering.facts import Fact
from backend.answering.numbers import WrittenNumber
from backend.answering.said import Said

#: "Subiu 5%": the figure is how much, not what it came to.
_BY = re.compile(r"(?:\s+(?:em|by|un|uma?|de|cerca|about))*\s+$", re.IGNORECASE)
#: "Caiu de 3% em setembro para 2%": where it came from.
_SINCE = re.compile(r"\b(?:de|from)\s+$", re.IGNORECASE)
_TO = re.compile(r"[^,;]{0,60}?\b(?:para|to|a|hasta)\s+(?:R\$\s?)?\d", re.IGNORECASE)


def fits_kind(said: Said, claim: Claim, fact: Fact) -> bool:
    start, end = clause_ends(said.text, said.mentions, claim.number.start)
    clause = said.text[start:end]
    if fact.kind in ("change", "difference"):
        if SHARE.search(clause):
            return False
        return _is_of_change(said, claim) and _fits_sign(said, claim, fact, clause)
    if fact.kind == "share":
        goes = RISE.search(clause) or FALL.search(clause)
        return not goes or bool(SHARE.search(clause))
    if claim.is_percent and _is_how_much(said.text, claim.number):
        return False
    if fact.value < 0 and NEGATIVE.search(clause):
        return True
    return claim.negative == (fact.value < 0)


def _is_of_change(said: Said, claim: Claim) -> bool:
    """A change is told with its sign, or by a word that says that it is one."""
    if claim.positive or claim.negative:
        return True
    text = f"{said.text}\n{said.statement.heading}"
    return any(words.search(text) for words in (RISE, FALL, CHANGE))


def _is_how_much(text: str, number: WrittenNumber) -> bool:
    """As in "subiu 5%", "queda de 5%"; not "subiu para 5%", nor "subiu de 3% para 5%"."""
    behind = text[number.start + len(number.text) :]
    for words in (RISE, FALL):
        for found in words.finditer(text, 0, number.start):
            between = text[found.end() : number.start]
            if _BY.fullmatch(between) and not (_SINCE.search(between) and _TO.match(behind)):
                return True
    return False


def _fits_sign(said: Said, claim: Claim, fact: Fact, clause: str) -> bool:
    near = clause if RISE.search(clause) or FALL.search(clause) else said.text
    rises, falls = bool(RISE.search(near)), bool(FALL.search(near))
    if fact.value < 0:
        return claim.negative or (falls and not rises) or (falls and rises and near is said.text)
    return not claim.negative and (rises or not falls)
