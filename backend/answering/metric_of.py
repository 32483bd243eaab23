"""Which metric a number of a statement is a figure of. Pure."""

import re
from collections.abc import Sequence

from backend.answering.claims import Claim
from backend.answering.clauses import clause_ends
from backend.answering.facts import Fact
from backend.answering.mentions import Mention
from backend.answering.numbers import WrittenNumber
from backend.answering.said import Said

#: Between a number and what it counts: "42 pedidos", "R$ 10 milhões de faturamento".
_COUNTED = re.compile(
    r"[\s*]{0,3}(?:(?:mil|mi|bi|k|m|thousand|[mb]il[hl]\w+|de|of|em|in|en)\s){0,3}", re.IGNORECASE
)
#: A number right before a name: it is that number's name.
_NUMBERED = re.compile(
    r"\d[\s*]{0,3}(?:(?:mil|mi|bi|k|m|thousand|[mb]il[hl]\w+|de|of|em|in|en)\s){0,2}$",
    re.IGNORECASE,
)


def fits_metric(said: Said, claim: Claim, fact: Fact) -> bool:
    bound = _metrics_of(said, claim.number)
    if not bound or any(fact.metric in each.names for each in bound):
        return True
    # "A margem foi de R$ 10 (31%)": the rate of the very amount that is told.
    return (
        claim.is_percent
        and fact.kind in ("value", "previous")
        and any(_is_rate_of(fact.metric, name) for each in bound for name in each.names)
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


def _metrics_of(said: Said, number: WrittenNumber) -> Sequence[Mention]:
    """What it counts, as in "42 PEDIDOS", else the last metric before it that no other number counts, else the heading's,
    else the next that no number stands before.
    """
    counted = counted_by(said, number)
    if counted is not None:
        return [counted]
    others = [counted_by(said, each) for each in said.numbers]
    here = [each for each in said.mentions if each.kind == "metric" and each not in others]
    before = [each for each in here if each.start < number.start]
    if before:
        start, _ = clause_ends(said.text, said.mentions, number.start)
        return [each for each in before if each.start >= start] or before[-1:]
    over = [each for each in said.over if each.kind == "metric"]
    behind = [each for each in here if each.names and not _NUMBERED.search(said.text[: each.start])]
    return over or behind[:1]


def _is_rate_of(rate: str, amount: str) -> bool:
    """By the names that models give them: `margin_rate` of `margin`."""
    return rate != amount and rate.startswith(amount.removesuffix("_amount") + "_")
