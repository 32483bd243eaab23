"""Parts told in words: "quase um terço do faturamento", "half of revenue". Pure."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from backend.answering.claims import Claim
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact
from backend.answering.fitting import fits_period
from backend.answering.members import fits_members
from backend.answering.numbers import WrittenNumber
from backend.answering.said import Said

_PORTION = re.compile(
    r"\b(?:(mais d[ea]|more than|over|más de(?: la)?)|(menos d[ea]|less than|under|menos de(?: la)?|quase(?: a)?|casi(?: la)?|almost|nearly)"
    r")?\s*(?:\b(?:a|la|about|cerca de|roughly|around)\s+)*"
    r"\b(?:(metade|mitad|half)|(?:dois|dos|two)[ -](terços|tercios|thirds)|(?:três|tres|three)[ -](quartos|cuartos|quarters)"
    r"|(?:um|un|one|a)[ -](terço|tercio|third)|(?:um|un|one|a)[ -](quarto|cuarto|quarter)"
    r"|(?:um|un|one|a)[ -](quinto|fifth)|(?:um|un|one|a)[ -](décimo|tenth))"
    r"\s+(?:d[oae]s?|of|del?)\s+(?:(?:the|la|el|l[ao]s|tod[oa]|total|our|your|seu|sua|su|nosso|nossa|all)\s+)*",
    re.IGNORECASE,
)
_OF_IT = re.compile(r"(?:'s)?\s*(?:d[oae]s?\s+|of\s+)?")
#: In percent, by the groups of the pattern behind "more than" and "less than".
_PERCENTS = tuple(map(Decimal, ("50", "66.667", "75", "33.333", "25", "20", "10")))
#: Points of percent that such words may be off by.
_POINTS = Decimal(4)
#: "Mais de um terço" is no half.
_MOST_POINTS = Decimal(12)
_TOTAL = re.compile(r"(?:total|vendas|ventas|sales)\b", re.IGNORECASE)


def wrong_portions(said: Said, evidence: Evidence) -> Iterator[str]:
    """The parts that no share or rate of who is named bears out, where such figures are known."""
    shares = [
        fact for fact in evidence.facts.facts if fact.is_percent and fact.kind in ("share", "value")
    ]
    if not shares:
        return
    for found in _PORTION.finditer(said.text):
        at = found.end()
        period = next((e for e in said.mentions if e.kind == "period" and e.start == at), None)
        if period is not None:
            # "Half of October's orders".
            behind = _OF_IT.match(said.text, period.end)
            at = behind.end() if behind else period.end
        is_of_metric = any(
            each.kind == "metric" and each.start <= at < each.end for each in said.mentions
        )
        if (
            not is_of_metric
            and not _TOTAL.match(said.text, found.end())
            and "total" not in found[0]
        ):
            continue
        group = next(n for n, part in enumerate(found.groups()[2:]) if part)
        claim = _claim(found, _PERCENTS[group])
        if not any(
            _is_so(claim, fact.value * 100)
            and fits_members(said, fact, claim.number)
            and fits_period(said, claim.number, fact, evidence)
            for fact in shares
        ) and not _is_so(claim, _together(said, shares)):
            yield found[0].strip()


def _together(said: Said, shares: Sequence[Fact]) -> Decimal:
    """In percent, what all who are named come to: "dois terços vieram do Sudeste e do Sul"."""
    return 100 * sum(
        (
            fact.value
            for fact in shares
            if fact.kind == "share"
            and any(
                each.names & fact.members.get(each.dimension, frozenset())
                for each in said.mentions
                if each.kind == "member"
            )
        ),
        Decimal(0),
    )


def _claim(found: re.Match[str], percent: Decimal) -> Claim:
    number = WrittenNumber(
        text=found[0], start=found.start(), values=frozenset({percent}), tolerance=_POINTS
    )
    return Claim(
        number=number,
        is_percent=True,
        is_money=False,
        currency="",
        negative=False,
        positive=False,
        is_about=False,
        is_over=found[1] is not None,
        is_under=found[2] is not None,
    )


def _is_so(claim: Claim, percent: Decimal) -> bool:
    [told] = claim.number.values
    if claim.is_over:
        return told - 1 <= percent <= told + _MOST_POINTS
    if claim.is_under:
        return told - _MOST_POINTS <= percent <= told + 1
    return abs(percent - told) <= _POINTS
