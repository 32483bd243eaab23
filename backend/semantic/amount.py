"""Numbers in a question, with their scale and currency: "10 mil", "R$ 1.000,50", "2.5k"."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from backend.domain.language import Language
from backend.semantic.kind import Kind
from backend.semantic.model import SemanticModel
from backend.semantic.sentence import Sentence

_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)*)(k|m|mi|mil|bi)?", re.ASCII)
_SCALES = {"k": 1_000, "mil": 1_000, "m": 1_000_000, "mi": 1_000_000, "bi": 1_000_000_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    value: Decimal
    #: 1 where the number is written out.
    scale: Decimal
    #: The spans that spell it, in order.
    places: tuple[int, ...]
    has_currency: bool
    #: True for "10%", whose value is 0.1.
    is_percent: bool


def amount_at(
    sentence: Sentence, place: int | None, model: SemanticModel, language: Language
) -> Amount | None:
    """The number that begins at the span. None for one in another currency than the model's."""
    places: list[int] = []
    currencies = 0
    if place is not None and _is_currency(sentence, place, model):
        places.append(place)
        currencies += 1
        place = sentence.after(place)
    if place is None or sentence.is_claimed(place):
        return None
    is_word = sentence.kind(place) is Kind.NUMBER
    read = _number(sentence.meaning(place).value if is_word else sentence.said(place), language)
    if read is None:
        return None
    value, scale = read
    places.append(place)
    after = sentence.after(place)
    if after is not None and sentence.kind(after) is Kind.SCALE:
        by = int(sentence.meaning(after).value)
        value, scale = value * by, scale * by
        places.append(after)
        after = sentence.after(after)
    is_percent = after is not None and sentence.kind(after) is Kind.PERCENT
    if after is not None and is_percent:
        places.append(after)
        value /= 100
    elif after is not None and _is_currency(sentence, after, model):
        places.append(after)
        currencies += 1
    return Amount(
        value=value,
        scale=scale,
        places=tuple(places),
        has_currency=currencies > 0,
        is_percent=is_percent,
    )


def _number(text: str, language: Language) -> tuple[Decimal, Decimal] | None:
    """Value and scale, as the language writes them: 1.000,50 in Portuguese and Spanish, 1,000.50
    in English.
    """
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    digits, suffix = found.groups()
    thousands, decimal = (",", ".") if language is Language.ENGLISH else (".", ",")
    whole, *rest = digits.split(decimal)
    groups = whole.split(thousands)
    if len(rest) > 1 or any(len(group) != 3 for group in groups[1:]) or thousands in "".join(rest):
        # Of "1.5" in Portuguese or "1,5" in English one cannot be sure.
        return None
    try:
        value = Decimal("".join(groups) + (f".{rest[0]}" if rest else ""))
    except InvalidOperation:
        return None
    scale = Decimal(_SCALES.get(suffix or "", 1))
    return value * scale, scale


def _is_currency(sentence: Sentence, place: int, model: SemanticModel) -> bool:
    """True for the model's own; a bound in another is not one that can be kept."""
    meaning = sentence.meaning(place)
    return meaning.kind is Kind.CURRENCY and meaning.value in (model.currency, "any")
