"""Figures in the reader's format: "R$ 1.234.567,89", "R$1,234,567.89", "42", "12,3%"."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal

from babel.numbers import get_currency_precision, get_currency_symbol

from backend.semantic.model import Format
from backend.semantic.phrasebook import Phrasebook

#: A figure as a database or JSON gives it.
Number = int | float | Decimal

#: Decimals that are shown at most; money always shows its own.
_PLACES: Mapping[Format, int] = {"count": 0, "quantity": 2, "percent": 1, "ratio": 1}
#: Below one percent, one decimal would show most rates as the same.
_SMALL_PERCENT = Decimal(1)

#: As wide as a double can be: what a database holds is written, sensible or not.
_WIDE = Context(prec=400)


def written_number(value: Number, form: Format, currency: str, words: Phrasebook) -> str:
    """Rounded half up, as people do. `percent` and `ratio` are fractions: 0.05 is "5%".

    `currency` is ISO 4217. Its sign is the phrasebook's, else CLDR's, and its decimals are CLDR's: a
    yen has none.
    """
    number = Decimal(str(value))
    if form == "money":
        places = get_currency_precision(currency)
        amount = words.say(
            "number.money",
            symbol=_sign(currency, words),
            number=_digits(abs(number), places, words),
        )
        return f"-{amount}" if _rounded(number, places) < 0 else amount
    places = _PLACES[form]
    if form in ("percent", "ratio"):
        number *= 100
        places += int(abs(number) < _SMALL_PERCENT)
    return _trimmed(number, places, words) + ("%" if form in ("percent", "ratio") else "")


def _sign(currency: str, words: Phrasebook) -> str:
    key = f"currency.{currency}"
    if words.has(key):
        return words.say(key)
    sign: str = get_currency_symbol(currency, locale=words.say("number.locale"))
    # "CHF5.00" would read as one word; a language that parts sign and number does so itself.
    is_joined = words.say("number.money", symbol="", number="") == ""
    return f"{sign} " if is_joined and sign[-1:].isalpha() else sign


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
    rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _WIDE)
    # A rounded -0.001 is 0, not -0.
    return rounded if rounded else abs(rounded)
