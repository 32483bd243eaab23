"""Whether a number is told as what it is: a value, a change with its direction, a share. Pure."""

import re

from backend.answering.claims import Claim
from backend.answering.clauses import CHANGE, FALL, NEGATIVE, RISE, SHARE, clause_ends
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact
from backend.answering.metric_of import counted_by
from backend.answering.numbers import WrittenNumber
from backend.answering.ratios import is_of_ratio
from backend.answering.said import Said

#: "Subiu 5%": the figure is how much, not what it came to.
_BY = re.compile(
    r"(?:\s+(?:em|by|un|uma?|de|cerca|about))*\s+(?:(?:R\$|US\$|\$|€)\s?)?$", re.IGNORECASE
)
#: "Caiu de 3% em setembro para 2%": where it came from.
_SINCE = re.compile(r"\b(?:de|from)\s+(?:(?:R\$|US\$|\$|€)\s?)?$", re.IGNORECASE)
_TO = re.compile(r"[^;]{0,60}?\b(?:para|to|a|hasta)\s+(?:R\$\s?)?\d", re.IGNORECASE)
#: "Um encolhimento de 5%": a noun that may be of either way.
_SOME = re.compile(
    r"\b(?:uma?|una?|an?)\s(?!(?:margem|margen|margin|taxa|tasa|rate|parte|part|participa|share|fatia|desconto|discount"
    r"|descuento|convers|média|media|average|cota|cuota))[^\W\d_]+(?:\s[^\W\d_]+)?\s(?:de|of)\s$",
    re.IGNORECASE,
)
#: "7% do faturamento".
_PART = re.compile(r"\s?%\**\s(?:d[oae]s?|of|del?)\b", re.IGNORECASE)
#: "111 pedidos menos", "128 pedidos adicionais".
_MORE_OR_LESS = re.compile(
    r"\d[\d.,]*\d?%?\*{0,2}\s+(?:(?!(?:pelo|ao|al|que|quem|quien)\b)[^\W\d_]+\s+){0,2}"
    r"(?:(menos|fewer|less)|(?:mais|más|more|adiciona\w+|additional|extra))\b",
    re.IGNORECASE,
)


def fits_kind(said: Said, claim: Claim, fact: Fact, evidence: Evidence) -> bool:
    start, end = clause_ends(said.text, said.mentions, claim.number.start)
    clause = said.text[start:end]
    if fact.kind in ("change", "difference"):
        if SHARE.search(clause) and not (RISE.search(clause) or FALL.search(clause)):
            return False
        is_change = _is_of_change(said, claim) or _is_nothing_else(said, claim, fact, evidence)
        return is_change and _fits_sign(said, claim, fact, clause)
    if fact.kind == "share":
        goes = RISE.search(clause) or FALL.search(clause)
        is_share = not goes or bool(SHARE.search(clause))
        return is_share and not _is_how_much(said, claim.number)
    # "Ganhou 21 oportunidades", "abaixo de R$ 100 mil" tell no step.
    is_no_step = (
        claim.is_over
        or claim.is_under
        or (
            not claim.is_percent
            and (counted_by(said, claim.number) is not None or is_of_ratio(said, claim.number))
        )
    )
    if not is_no_step and _is_how_much(said, claim.number):
        return False
    is_negative = claim.negative or (fact.value < 0 and NEGATIVE.search(clause) is not None)
    return is_negative == (fact.value < 0)


def _is_of_change(said: Said, claim: Claim) -> bool:
    """A change is told with its sign, or by a word that says that it is one, be it one that we do not know."""
    if claim.is_percent and _SOME.search(said.text[: claim.number.start]):
        return True
    if claim.positive or claim.negative or _MORE_OR_LESS.match(said.text, claim.number.start):
        return True
    text = "\n".join((said.text, said.statement.heading, *said.statement.columns))
    return any(words.search(text) for words in (RISE, FALL, CHANGE)) or any(
        each.kind == "period" and said.binding.is_compared_with(each) for each in said.mentions
    )


def _is_nothing_else(said: Said, claim: Claim, fact: Fact, evidence: Evidence) -> bool:
    """Whether a percent with no word for a change can be but a rise: no rate and no share is known."""
    end = claim.number.start + len(claim.number.text)
    return (
        claim.is_percent
        and fact.value > 0
        and not SHARE.search(said.text)
        and not _PART.match(said.text, end)
        and not any(
            each.is_percent and each.kind not in ("change", "difference")
            for each in evidence.facts.facts
        )
    )


def _is_how_much(said: Said, number: WrittenNumber) -> bool:
    """As in "subiu 5%", "queda de 5%"; not "subiu para 5%", nor "subiu de 3% para 5%"."""
    text = said.text
    behind = text[number.start + len(number.text) :]
    for words in (RISE, FALL):
        for found in words.finditer(text, 0, number.start):
            if any(
                each.kind == "metric" and each.start <= found.start() < each.end
                for each in said.mentions
            ):
                # "Valor ganho de R$ 10" is no gain.
                continue
            between = text[found.end() : number.start]
            if _BY.fullmatch(between) and not (_SINCE.search(between) and _TO.match(behind)):
                return True
    return False


def _fits_sign(said: Said, claim: Claim, fact: Fact, clause: str) -> bool:
    told = _MORE_OR_LESS.match(said.text, claim.number.start)
    if told:
        return (fact.value < 0) == (told[1] is not None)
    near = clause if RISE.search(clause) or FALL.search(clause) else said.text
    rises, falls = bool(RISE.search(near)), bool(FALL.search(near))
    if fact.value < 0:
        is_some = not rises and not falls and _SOME.search(said.text[: claim.number.start])
        return (
            claim.negative
            or bool(is_some)
            or (falls and not rises)
            or (falls and rises and near is said.text)
        )
    return not claim.negative and (rises or not falls)
