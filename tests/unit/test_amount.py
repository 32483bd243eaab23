"""Bounds are the numbers that a reader of the language sees."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from tests.unit.parser_questions import PARSER

TODAY = date(2026, 11, 24)
ASKED = {
    Language.PORTUGUESE: "clientes com mais de {} em faturamento",
    Language.ENGLISH: "customers with more than {} in revenue",
    Language.SPANISH: "clientes con más de {} en facturación",
}
VALUES = st.integers(1, 10**9).map(lambda cents: Decimal(cents) / 100)


@given(VALUES, st.sampled_from(Language), st.booleans())
def test_a_number_is_read_as_its_language_writes_it(
    value: Decimal, language: Language, grouped: bool
) -> None:
    written = f"{value:,.2f}" if grouped else f"{value:.2f}"
    if language is not Language.ENGLISH:
        written = written.translate(str.maketrans(",.", ".,"))

    reading = PARSER.read(
        ASKED[language].format(written), today=TODAY, previous=None, language=language
    )

    assert reading.complete
    assert reading.query is not None
    assert [bound.value for bound in reading.query.having] == [value]


@pytest.mark.parametrize(
    ("question", "bounds"),
    [
        ("clientes com 10 mil ou mais em faturamento", [(">=", 10_000)]),
        ("clientes com 5 pedidos ou mais", [(">=", 5)]),
        ("customers with 5 or fewer orders", [("<=", 5)]),
        ("clientes com faturamento entre 10 e 20 mil", [(">=", 10_000), ("<=", 20_000)]),
        ("regiões com taxa de devolução acima de 5%", [(">", Decimal("0.05"))]),
        ("vendedores com faturamento acima de R$ 1,5 milhão", [(">", 1_500_000)]),
    ],
)
def test_bounds_in_the_words_that_people_use(
    question: str, bounds: list[tuple[str, Decimal]]
) -> None:
    query = PARSER.read(question, today=TODAY, previous=None).query

    assert query is not None
    assert [(bound.op, bound.value) for bound in query.having] == bounds


@pytest.mark.parametrize(
    "question",
    [
        # Of what?
        "clientes que compraram mais de 5",
        # Of their price, or of their sales?
        "produtos abaixo de 10 reais",
        # A rate is bounded by a percentage, money is not.
        "regiões com taxa de devolução acima de 5",
        "clientes com faturamento acima de 5%",
        # Of another money.
        "clientes com faturamento acima de 1000 dólares",
        # Figures are bounded, their growth cannot be.
        "faturamento por região com crescimento acima de 1000 em outubro",
    ],
)
def test_a_bound_that_may_be_of_something_else_is_not_read(question: str) -> None:
    assert not PARSER.read(question, today=TODAY, previous=None).complete
