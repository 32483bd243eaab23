"""Numbers and days as a reader of each language writes them."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from backend.domain.language import Language
from backend.plugins.words import say


def number(value: Decimal, places: int, language: Language) -> str:
    """With separators: 1.234,50 in Portuguese and Spanish, 1,234.50 in English."""
    exact = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{exact:,.{places}f}"
    if language is Language.ENGLISH:
        return text
    return text.translate({ord(","): ".", ord("."): ","})


def percent(value: Decimal, language: Language, *, signed: bool = False) -> str:
    """`value` is in percent: 4.5 is "4,50%". Signed ones are changes: "+4,50%"."""
    sign = "+" if signed and value > 0 else ""
    return f"{sign}{number(value, 2, language)}%"


def reais(value: Decimal, places: int, language: Language) -> str:
    return f"R$ {number(value, places, language)}"


def day_text(day: date, language: Language) -> str:
    """As 23/11/2026; in English the month is a word, so that nobody reads it American."""
    if language is Language.ENGLISH:
        return f"{day.day} {_month(day, language)[:3]} {day.year}"
    return f"{day:%d/%m/%Y}"


def month_text(day: date, language: Language) -> str:
    """As outubro de 2026."""
    return say(language, "month", name=_month(day, language), year=str(day.year))


def _month(day: date, language: Language) -> str:
    return say(language, f"months.{day.month}")
