"""Rates, prices and days as a reader of each language writes them, in the phrasebook's marks."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from backend.domain.language import Language
from backend.semantic.calendar_unit import Unit
from backend.semantic.period import whole
from backend.semantic.period_words import name_of, written_day
from backend.semantic.phrasebook import phrasebook


def percent(value: Decimal, language: Language, *, signed: bool = False) -> str:
    """`value` is in percent and keeps its two places: 4.5 is 4,50%. A change has its sign."""
    sign = "+" if signed and value > 0 else ""
    return f"{sign}{_number(value, 2, language)}%"


def reais(value: Decimal, places: int, language: Language) -> str:
    """As R$ 5,4321: a rate of exchange has more places than money has."""
    marks = phrasebook(language)
    number = _number(value, places, language)
    return marks.say("number.money", symbol=marks.say("currency.BRL"), number=number)


def day_text(day: date, language: Language) -> str:
    return written_day(day, phrasebook(language))


def month_text(day: date, language: Language) -> str:
    return name_of(whole(Unit.MONTH, day), Unit.MONTH, phrasebook(language))


def _number(value: Decimal, places: int, language: Language) -> str:
    marks = phrasebook(language)
    exact = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    whole_part, _, fraction = f"{exact:,.{places}f}".partition(".")
    digits = whole_part.replace(",", marks.say("number.thousands"))
    return f"{digits}{marks.say('number.decimal')}{fraction}"
