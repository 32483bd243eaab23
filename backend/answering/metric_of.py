"""Which metric a number of a statement is a figure of. Pure."""

import re
from collections.abc import Mapping, Sequence

from backend.answering.claims import Claim
from backend.answering.clauses import clause_ends
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact
from backend.answering.mention import Mention
from backend.answering.numbers import WrittenNumber
from backend.answering.ratios import is_of_ratio
from backend.answering.said import Said

#: Between a number and what it counts: "42 pedidos", "R$ 10 milhões de faturamento".
_COUNTED = re.compile(
    r"%?[\s*]{0,3}(?:(?:mil|mi|bi|k|m|thousand|[mb]il[hl]\w+|de|of|em|in|en)\s){0,3}", re.IGNORECASE
)
#: A number right before a name: it is that number's name.
_NUMBERED = re.compile(
    r"\d%?[\s*]{0,3}(?:(?:mil|mi|bi|k|m|thousand|[mb]il[hl]\w+|de|of|em|in|en)\s){0,2}$",
    re.IGNORECASE,
)


#: Before what a part is of: "7% do faturamento", "um terço das oportunidades".
_PART_OF = re.compile(
    r"(?:%|por cento|por ciento|per\s?cent|\b(?:metade|mitad|half|terços?|tercios?|thirds?|quartos?|cuartos?|quarters?|quintos?"
    r"|fifths?|décim[oa]s?|tenths?|partes?|share|fatia|participa\w+))\*{0,2}\s+(?:d[oae]s?|of|del?)"
    r"(?:\s+(?:the|la|el|l[ao]s|tod[oa]s?|total|all|your|our|its|su|sua|seu))*\s+$",
    re.IGNORECASE,
)
#: Between a metric and its own number: "a margin of about 29.5%".
_LEADS = re.compile(r"[\s:*]*(?:(?!and\b|e\b|y\b)[^\W\d_]+\s+){0,4}(?:R\$|US\$|\$|€)?\s?[-+]?")
#: What tells "opportunities_won" from "opportunities": how a word of a metric's name begins, and how it is said.
_QUALIFIERS: Mapping[str, str] = {
    "won": r"\bganh|\bgan[aó]|\bwon\b|\bwin",
    "lost": r"\bperd|\blos[te]",
    "cance": r"\bcancel",
    "retur": r"\bdevol|\bdevuel|\breturn",
    "close": r"\bfech|\bcerr|\bclos|\bassin|\bfirm|\bsign",
    "decid": r"\bencerr|\bdecid|\bclos|\bcerr|\bconclu|\bfinaliz|\bsettled",
    "open": r"\babert|\babiert|\bopen",
    "new": r"\bnov[oa]|\bnuev|\bnew",
    "units": r"\bunid|\bunit",
    "amoun": r"\bvalor|\bamount|\bimporte|\$",
    "value": r"\bvalor|\bvalue|\$",
}  # fmt: skip
#: "Cada pedido rendeu R$ 10" tells no number of orders.
_EACH = re.compile(r"\b(?:cada|por|per|each|every)\s$", re.IGNORECASE)
_BRACKETS = re.compile(r"[\s*_]{0,3}\([^()]*")
#: Letters that a word of a metric's name shares with how it is said.
_STEM = 5


def fits_metric(said: Said, claim: Claim, fact: Fact, evidence: Evidence) -> bool:
    if not claim.is_percent and is_of_ratio(said, claim.number):
        # "17 das 35 oportunidades": either may be any count of the same.
        return not fact.is_percent and not fact.is_money
    bound = _metrics_of(said, claim.number, evidence)
    if claim.is_percent and fact.kind != "share":
        # A rate is not of what it is a part of.
        bound = [each for each in bound if not _PART_OF.search(said.text[: each.start])]
    if not bound or any(fact.metric in each.names for each in bound):
        return True
    is_rate = claim.is_percent and fact.kind not in ("change", "difference")
    if not is_rate and any(is_named(said, fact, each, claim.number.start) for each in bound):
        return True
    if is_rate and any(_is_amount(evidence, each) for each in bound):
        # "26 de 58 oportunidades (44,8%)": no percent is a number of opportunities.
        return fact.kind in ("value", "previous")
    # "A margem foi de R$ 10 (31%)": the rate of the very amount that is told.
    return (
        claim.is_percent
        and fact.kind in ("value", "previous")
        and any(_is_rate_of(fact.metric, name) for each in bound for name in each.names)
    )


def _is_amount(evidence: Evidence, metric: Mention) -> bool:
    """Whether what is named is known, or what is alike is, and is no rate."""
    alike = [
        fact
        for fact in evidence.facts.facts
        if fact.kind == "value"
        and any(name == fact.metric or are_akin(name, fact.metric) for name in metric.names)
    ]
    return any(not fact.is_percent for fact in alike) and not any(
        fact.is_percent for fact in alike if fact.metric in metric.names
    )


def are_akin(one: str, other: str) -> bool:
    """By what their names begin with: `returns_amount`, `return_rate`."""
    return one.split("_")[0][:_STEM] == other.split("_")[0][:_STEM]


def is_named(said: Said, fact: Fact, metric: Mention, at: int) -> bool:
    """Whether the name may be that of the metric of a figure that is told at that place."""
    return fact.metric in metric.names or any(
        _is_one_of(said, fact, name, at) for name in metric.names
    )


def counted_by(said: Said, number: WrittenNumber) -> Mention | None:
    """What a number counts: "42 PEDIDOS"."""
    end = number.start + len(number.text)
    for each in said.mentions:
        if (
            each.kind == "metric"
            and each.start >= end
            and _COUNTED.fullmatch(said.text[end : each.start])
        ):
            return each
    return None


def _metrics_of(said: Said, number: WrittenNumber, evidence: Evidence) -> Sequence[Mention]:
    """What it counts, as in "42 PEDIDOS", else the last metric before it that no other number counts, else the heading's,
    else the next that no number stands before.
    """
    if said.statement.columns:
        return said.binding.bound("metric", number)
    counted = counted_by(said, number) or _before_brackets(said, number)
    if counted is not None:
        return [counted]
    others = [counted_by(said, each) for each in said.numbers]
    here = [
        each
        for each in said.mentions
        if each.kind == "metric"
        and each not in others
        and not (each.start < number.start and _EACH.search(said.text[: each.start]))
    ]
    before = [
        each
        for each in here
        if each.start < number.start
        and not _PART_OF.search(said.text[: each.start])
        and (
            _LEADS.fullmatch(said.text[each.end : number.start])
            or sum(other.kind == "metric" for other in said.mentions) < 2
            or not each.names
            or any(fact.metric in each.names for fact in evidence.facts.facts)
        )
    ]
    if before:
        start, _ = clause_ends(said.text, said.mentions, number.start)
        # "Orders grew faster than revenue (7% vs. 6%)": either.
        last = 2 if said.binding.is_compared_with(before[-1]) else 1
        within = [each for each in before if each.start >= start]
        if not within and any(before[-1].end <= each.start < number.start for each in said.numbers):
            # It has its number: what follows in another clause may be of anything.
            return []
        return within or before[-last:]
    over = [each for each in said.over if each.kind == "metric"]
    behind = [
        each
        for each in here
        if each.start > number.start
        and each.names
        and not _NUMBERED.search(said.text[: each.start])
        and not _has_its_own(said, each, number)
    ]
    return over or behind[:1]


def _before_brackets(said: Said, number: WrittenNumber) -> Mention | None:
    """What brackets stand behind: "42 pedidos (+7%)"."""
    before = [each for each in said.mentions if each.kind == "metric" and each.end <= number.start]
    if not said.text.startswith("%", number.start + len(number.text)):
        # "77 pedidos (R$ 10)" may be of anything.
        return None
    if before and _BRACKETS.fullmatch(said.text[before[-1].end : number.start]):
        return before[-1]
    return None


def _has_its_own(said: Said, metric: Mention, number: WrittenNumber) -> bool:
    """Whether another number follows it at once."""
    return any(
        other is not number
        and other.start >= metric.end
        and _LEADS.fullmatch(said.text[metric.end : other.start])
        for other in said.numbers
    )


def _is_one_of(said: Said, fact: Fact, named: str, at: int) -> bool:
    """As opportunities that were won are opportunities, where it is told that they were won."""
    own = {word[:_STEM] for word in fact.metric.split("_")}
    other = {word[:_STEM] for word in named.split("_")}
    if not own & other:
        return False
    text = f"{said.text}\n{said.statement.heading}".casefold()
    if said.statement.in_list and other < own:
        return True
    start, end = clause_ends(said.text, said.mentions, at)
    return all(_is_told(text, word) for word in own - other) and not any(
        _is_told(said.text[start:end].casefold(), word) for word in other - own
    )


def _is_told(text: str, word: str) -> bool:
    pattern = _QUALIFIERS.get(word) or rf"\b{re.escape(word)}"
    return re.search(pattern, text) is not None


def _is_rate_of(rate: str, amount: str) -> bool:
    """By the names that models give them: `margin_rate` of `margin`."""
    return rate != amount and rate.startswith(amount.removesuffix("_amount") + "_")
