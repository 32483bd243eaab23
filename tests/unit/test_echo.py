"""The echo of a query tells all that it asks, shortly; two readings are told apart by what differs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Threshold
from backend.semantic.echo import echo
from backend.semantic.query_words import differences, query_in_words
from tests.unit.semantic_model import MODEL

PT, EN, ES = Language.PORTUGUESE, Language.ENGLISH, Language.SPANISH
OCTOBER: Mapping[str, Any] = {"from_date": date(2026, 10, 1), "to_date": date(2026, 10, 31)}
YEAR: Mapping[str, Any] = {"from_date": date(2025, 1, 1), "to_date": date(2025, 12, 31)}


@pytest.mark.parametrize(
    ("query", "pt", "en", "es"),
    [
        (
            MetricQuery(metrics=("revenue",), filters={"region": ("Sul",)}, **OCTOBER),
            "Faturamento, região Sul, 01–31/10/2026",
            "Revenue, region Sul, 2026-10-01 to 2026-10-31",
            "Facturación, región Sul, 01–31/10/2026",
        ),
        (
            MetricQuery(
                metrics=("revenue", "orders"),
                dimensions=("seller",),
                exclude={"channel": ("Portal", "Loja")},
                having=(Threshold(metric="revenue", op=">", value=Decimal(1000)),),
                order="desc",
                limit=3,
                other=True,
                **YEAR,
            ),
            "Faturamento e pedidos por vendedor, exceto canal Portal ou Loja, faturamento acima de"
            " R$ 1.000,00, do maior para o menor, só os 3 primeiros, e a soma dos demais,"
            " 01/01–31/12/2025",
            "Revenue and orders by seller, except channel Portal or Loja, revenue above R$1,000.00,"
            " from highest to lowest, the first 3 only, and the sum of the others,"
            " 2025-01-01 to 2025-12-31",
            "Facturación y pedidos por vendedor, excepto canal Portal o Loja, facturación por encima"
            " de R$ 1.000,00, de mayor a menor, solo los 3 primeros, y la suma de los demás,"
            " 01/01–31/12/2025",
        ),
        (
            MetricQuery(
                metrics=("revenue",), grain="month", compare="same_period_last_year", share=True
            ),
            "Faturamento por mês, comparado com o mesmo período do ano anterior, com a parte no"
            " total, em todo o período",
            "Revenue by month, compared with the same period last year, with the share of the total,"
            " over all time",
            "Facturación por mes, comparado con el mismo período del año anterior, con la parte del"
            " total, en todo el período",
        ),
        (
            MetricQuery(
                metrics=("revenue",),
                dimensions=("customer",),
                without="orders",
                from_date=date(2025, 11, 3),
                to_date=date(2026, 2, 1),
            ),
            "Faturamento por cliente, quem não tem pedidos, 03/11/2025–01/02/2026",
            "Revenue by customer, those with no orders, 2025-11-03 to 2026-02-01",
            "Facturación por cliente, quienes no tienen pedidos, 03/11/2025–01/02/2026",
        ),
        (
            MetricQuery(metrics=("orders",), from_date=date(2026, 3, 5), to_date=date(2026, 3, 5)),
            "Pedidos, 05/03/2026",
            "Orders, 2026-03-05",
            "Pedidos, 05/03/2026",
        ),
        (
            MetricQuery(
                metrics=("orders",), cumulative=True, grain="day", to_date=date(2026, 3, 5)
            ),
            "Pedidos por dia, acumulado, até 05/03/2026",
            "Orders by day, cumulative, until 2026-03-05",
            "Pedidos por día, acumulado, hasta el 05/03/2026",
        ),
    ],
)
def test_a_query_is_one_short_line(query: MetricQuery, pt: str, en: str, es: str) -> None:
    assert [echo(MODEL, query, each) for each in (PT, EN, ES)] == [pt, en, es]


_DAYS = st.none() | st.dates(date(2024, 12, 30), date(2026, 2, 2))
_MEMBERS = st.dictionaries(
    st.sampled_from(["region", "channel"]),
    st.sampled_from([("Sul",), ("Norte",), ("Norte", "Sul")]),
    max_size=2,
)
QUERIES = st.builds(
    MetricQuery,
    metrics=st.sampled_from([("revenue",), ("orders",), ("revenue", "orders")]),
    dimensions=st.sampled_from([(), ("region",), ("region", "seller")]),
    filters=_MEMBERS,
    exclude=_MEMBERS,
    from_date=_DAYS,
    to_date=_DAYS,
    grain=st.none() | st.sampled_from(["day", "month", "year"]),
    compare=st.none() | st.sampled_from(["previous_period", "same_period_last_year"]),
    order=st.none() | st.sampled_from(["asc", "desc"]),
    limit=st.none() | st.integers(1, 3),
    other=st.booleans(),
    share=st.booleans(),
    cumulative=st.booleans(),
    without=st.none() | st.sampled_from(["orders", "revenue"]),
    having=st.sampled_from(
        [
            (),
            (Threshold(metric="revenue", op=">", value=Decimal(5)),),
            (Threshold(metric="revenue", op=">=", value=Decimal(5)),),
        ]
    ),
)


@given(QUERIES, QUERIES, st.sampled_from(Language))
def test_two_queries_never_have_one_echo(
    one: MetricQuery, other: MetricQuery, language: Language
) -> None:
    assert (echo(MODEL, one, language) == echo(MODEL, other, language)) == (one == other)


def test_readings_are_told_apart_by_their_members_where_that_is_all() -> None:
    by_state = MetricQuery(metrics=("revenue",), filters={"state": ("São Paulo",)}, **OCTOBER)
    by_city = MetricQuery(metrics=("revenue",), filters={"city": ("São Paulo",)}, **OCTOBER)
    assert differences(MODEL, (by_state, by_city), PT) == ("estado: São Paulo", "cidade: São Paulo")


def test_readings_that_differ_otherwise_are_told_in_full() -> None:
    october = MetricQuery(metrics=("revenue",), **OCTOBER)
    year = MetricQuery(metrics=("revenue",), **YEAR)
    assert differences(MODEL, (october, year), EN) == (
        "Revenue, 2026-10-01 to 2026-10-31",
        "Revenue, 2025-01-01 to 2025-12-31",
    )


def test_a_sentence_names_order_and_limit_too() -> None:
    query = MetricQuery(metrics=("revenue",), dimensions=("seller",), order="desc", limit=1)
    assert query_in_words(MODEL, query, PT) == (
        "faturamento por vendedor, do maior para o menor, só o primeiro"
    )
