"""Figures are written in the reader's format, rounded as people round."""

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.semantic.model import Format
from backend.semantic.number_format import Number, written_number
from backend.semantic.phrasebook import phrasebook

PT, EN, ES = Language.PORTUGUESE, Language.ENGLISH, Language.SPANISH


@pytest.mark.parametrize(
    ("value", "form", "currency", "pt", "en", "es"),
    [
        (Decimal("1234567.89"), "money", "BRL", "R$ 1.234.567,89", "R$1,234,567.89", None),
        (0, "money", "BRL", "R$ 0,00", "R$0.00", "R$ 0,00"),
        (-10.5, "money", "BRL", "-R$ 10,50", "-R$10.50", "-R$ 10,50"),
        (Decimal("-0.001"), "money", "BRL", "R$ 0,00", "R$0.00", "R$ 0,00"),
        (Decimal("2.675"), "money", "USD", "US$ 2,68", "$2.68", "US$ 2,68"),
        (5, "money", "CHF", "CHF  5,00", "CHF 5.00", "CHF  5,00"),
        (42, "count", "BRL", "42", "42", "42"),
        (1234567, "count", "BRL", "1.234.567", "1,234,567", "1.234.567"),
        (Decimal("1234.50"), "quantity", "BRL", "1.234,5", "1,234.5", "1.234,5"),
        (100, "quantity", "BRL", "100", "100", "100"),
        (0.05, "percent", "BRL", "5%", "5%", "5%"),
        (Decimal("0.1234"), "percent", "BRL", "12,3%", "12.3%", "12,3%"),
        (Decimal("0.0004"), "percent", "BRL", "0,04%", "0.04%", "0,04%"),
        (1, "ratio", "BRL", "100%", "100%", "100%"),
        (Decimal("-0.125"), "percent", "BRL", "-12,5%", "-12.5%", "-12,5%"),
    ],
)
def test_is_written_as(
    value: Number, form: Format, currency: str, pt: str, en: str, es: str | None
) -> None:
    for language, expected in ((PT, pt), (EN, en), (ES, es or pt)):
        assert written_number(value, form, currency, phrasebook(language)) == expected


@given(
    st.decimals(-(10**12), 10**12, places=4),
    st.sampled_from(Language),
)
def test_money_can_be_read_back(value: Decimal, language: Language) -> None:
    text = written_number(value, "money", "BRL", phrasebook(language))

    sign = "-" if text.startswith("-") else ""
    digits = re.sub(r"\D", "", text)
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    assert Decimal(f"{sign}{digits[:-2]}.{digits[-2:]}") == rounded
