"""Figures are written in the reader's format, rounded as people round."""

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from babel.numbers import format_currency, format_decimal, format_percent
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
        (5, "money", "CHF", "CHF 5,00", "CHF 5.00", "CHF 5,00"),
        (1234.5, "money", "JPY", "JP¥ 1.235", "¥1,235", "JPY 1.235"),
        (-1234, "money", "CLP", "-CLP 1.234", "-CLP 1,234", "-CLP 1.234"),
        (5, "money", "GBP", "£ 5,00", "£5.00", "GBP 5,00"),
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


#: Where CLDR has another habit than a company of Brazil: none of these locales knows "R$" but the first.
SAME = [(PT, "pt_BR", "BRL"), (PT, "pt_BR", "USD"), (EN, "en_US", "BRL"), (EN, "en_US", "EUR")]


@given(
    st.decimals(-(10**11), 10**11, places=6),
    st.sampled_from(SAME),
)
def test_money_is_written_as_cldr_writes_it(
    value: Decimal, place: tuple[Language, str, str]
) -> None:
    language, locale, currency = place
    rounded = value.quantize(Decimal("0.01"), ROUND_HALF_UP)
    expected = format_currency(rounded or Decimal(0), currency, locale=locale)
    # CLDR keeps sign and number on one line by a space of its own; a reader who copies them needs none.
    assert written_number(value, "money", currency, phrasebook(language)) == expected.replace(
        "\u00a0", " "
    )


@given(
    st.decimals(-(10**11), 10**11, places=6),
    st.sampled_from([(PT, "pt_BR"), (EN, "en_US"), (ES, "es_AR")]),
)
def test_numbers_and_percents_are_written_as_cldr_writes_them(
    value: Decimal, place: tuple[Language, str]
) -> None:
    language, locale = place
    words = phrasebook(language)
    for form, pattern, places in (("count", "#,##0", 0), ("quantity", "#,##0.##", 2)):
        rounded = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP) or Decimal(0)
        expected = format_decimal(rounded, pattern, locale=locale)
        assert written_number(value, form, "BRL", words) == expected  # type: ignore[arg-type]
    percent = (value * 100).quantize(
        Decimal("0.01") if abs(value * 100) < 1 else Decimal("0.1"), ROUND_HALF_UP
    )
    expected = format_percent(percent / 100 or Decimal(0), "#,##0.##%", locale=locale)
    assert written_number(value, "percent", "BRL", words) == expected


def test_what_no_company_earns_is_written_all_the_same() -> None:
    assert len(written_number(Decimal("1e300"), "money", "BRL", phrasebook(EN))) > 400
