"""A number as a text states it, with its unit and sign; and whether a fact has that value. Pure."""

import re
from dataclasses import dataclass
from decimal import Decimal

from backend.answering.facts import Fact
from backend.answering.numbers import WrittenNumber

_PERCENT = re.compile(r"\s{0,2}(?:%|por cento|per cent|percent|por ciento|pontos? percentua\w+)")
_CURRENCY_BEFORE = re.compile(r"(R\$|US\$|\$|€)\s{0,2}-?$")
_CURRENCY_AFTER = re.compile(
    r"\s{0,2}(?:(?:mil|mi|bi|thousand|[mb]il[hl]\w+)\s+)?(?:de\s+)?(reais|reales|dólares|dollars|euros)\b"
)
_SIGNS = {"reais": "R$", "reales": "R$", "dólares": "US$", "dollars": "US$", "euros": "€"}
#: A dash with a space behind it parts a name from its figure.
_MINUS = re.compile(r"(?:^|[\s(*])[-−–](?:(?:R\$|US\$|\$|€)\s{0,2})?$")
_PLUS = re.compile(r"\+(?:(?:R\$|US\$|\$|€)\s{0,2})?$")
_MONEY_SIGN = r"[\s*]*(?:(?:R\$|US\$|\$|€)\s{0,2})?$"
_ABOUT = re.compile(
    r"(?:\b(?:cerca de|aproximadamente|quase|casi|unos|unas|uns|umas|por volta de|em torno de|perto de|alrededor de|about"
    r"|around|roughly|nearly|almost|approximately|some|close to|aprox\.?|circa)(?:\s+(?:um?|un|d[eo]|as|os))?|[~≈])"
    + _MONEY_SIGN,
    re.IGNORECASE,
)
_OVER = re.compile(
    r"\b(?:mais de|más de|more than|over|upwards of|acima de|por encima de|pass(?:ou|aram|amos|ei) d[aeo]s?"
    r"|ultrapass\w+(?: [oa]s?)?|super(?:ou|aram|amos|ó|aron)(?: (?:[oa]s?|l[oa]s))?|topped|passed)"
    + _MONEY_SIGN,
    re.IGNORECASE,
)
_UNDER = re.compile(
    r"\b(?:quase|casi|nearly|almost|just under|menos de|less than|under|abaixo de)" + _MONEY_SIGN,
    re.IGNORECASE,
)
#: Of the figure: what "cerca de" may be off by.
_ABOUT_SO_MUCH = Decimal("0.03")
#: What a figure that is told in a double may be off by.
_NOISE = Decimal("0.000001")
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Claim:
    """A number that is stated, with its unit."""

    number: WrittenNumber
    is_percent: bool
    is_money: bool
    #: The sign of the currency, where one is written.
    currency: str
    negative: bool
    #: Written with a plus, as changes are.
    positive: bool
    #: Told as round: about so much, more than that, or less.
    is_about: bool
    is_over: bool
    is_under: bool


def claim_of(text: str, number: WrittenNumber) -> Claim:
    """The number with what stands around it."""
    before, after = text[: number.start], text[number.start + len(number.text) :]
    currency = _CURRENCY_BEFORE.search(before) or _CURRENCY_AFTER.match(after)
    return Claim(
        number=number,
        is_percent=_PERCENT.match(after) is not None,
        is_money=currency is not None,
        currency=_SIGNS.get(currency[1], currency[1]) if currency else "",
        negative=_MINUS.search(before) is not None,
        positive=_PLUS.search(before) is not None,
        is_about=_ABOUT.search(before) is not None,
        is_over=_OVER.search(before) is not None,
        is_under=_UNDER.search(before) is not None,
    )


def has_value(claim: Claim, fact: Fact) -> bool:
    """Whether the figure is the number, rounded as it is written."""
    if (
        fact.kind == "rank"
        or claim.is_percent != fact.is_percent
        or (claim.is_money and not fact.is_money)
    ):
        return False
    if claim.currency and fact.currency and claim.currency != fact.currency:
        return False
    value = abs(fact.value) * (_HUNDRED if fact.is_percent else 1)
    for written in claim.number.values:
        # Half of the last place written: as whoever rounds would.
        tolerance = claim.number.tolerance or Decimal(10) ** min(_exponent(written), 0) / 2
        if abs(value - written) <= tolerance + _NOISE or _is_roughly(claim, value, written):
            return True
    return False


def _is_roughly(claim: Claim, value: Decimal, written: Decimal) -> bool:
    """Of 893: "quase 900", "cerca de 900", "mais de 800". Noughts at the end say nothing of the last place."""
    if not (claim.is_about or claim.is_over or claim.is_under) or not written:
        return False
    place = Decimal(10) ** _exponent(written.normalize())
    if claim.is_over:
        return written <= value < written + place
    if claim.is_under:
        return written - place < value <= written
    return abs(value - written) <= min(place / 2, written * _ABOUT_SO_MUCH)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
