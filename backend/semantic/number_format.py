"""Figures in the reader's format: "R$ 1.234.567,89", "R$1,234,567.89", "42", "12,3%"."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from backend.semantic.model import Format
from backend.semantic.phrasebook import Phrasebook

#: A figure as a database or JSON gives it.
Number = int | float | Decimal

#: Decimals that are shown at most; money always shows its two.
_PLACES: Mapping[Format, int] = {"count": 0, "quantity": 2, "percent": 1, "ratio": 1}
#: Below one percent, one decimal would show most rates as the same.
_SMALL_PERCENT = Decimal(1)


def written_number(value: Number, form: Format, currency: str, words: Phrasebook) -> str:
    """Rounded half up, as people do. `percent` and `ratio` are fractions: 0.05 is "5%".

    `currency` is ISO 4217; one without a sign in the phrasebook is written by its code.
    """
    number = Decimal(str(value))
    if form == "money":
        key = f"currency.{currency}"
        symbol = words.say(key) if words.has(key) else f"{currency} "
        amount = words.say("number.money", symbol=symbol, number=_digits(abs(number), 2, words))
        return f"-{amount}" if _rounded(number, 2) < 0 else amount
    places = _PLACES[form]
    if form in ("percent", "ratio"):
        number *= 100
        places += int(abs(number) < _SMALL_PERCENT)
    return _trimmed(number, places, words) + ("%" if form in ("percent", "ratio") else "")


def _trimmed(number: Decimal, places: int, words: Phrasebook) -> str:
    """Without zeros that say nothing: "5", not "5,0"."""
    digits = _digits(number, places, words)
    mark = words.say("number.decimal")
    return digits.rstrip("0").removesuffix(mark) if mark in digits else digits


def _digits(number: Decimal, places: int, words: Phrasebook) -> str:
    rounded = _rounded(number, places)
    whole, _, fraction = f"{rounded:,.{places}f}".partition(".")
    digits = whole.replace(",", words.say("number.thousands"))
    return f"{digits}{words.say('number.decimal')}{fraction}" if fraction else digits


def _rounded(number: Decimal, places: int) -> Decimal:
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    # A rounded -0.001 is 0, not -0.
    return rounded if rounded else abs(rounded)
