"""The planner calls the tools that answer a question, and none where it is not sure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from backend.domain.chat import Subject, ToolSpec
from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.semantic.planner import (
    CATALOG_TOOL,
    GUIDANCE_TOOL,
    QUERY_TOOL,
    SERIES_TOOL,
    SalesPlanner,
)
from tests.unit.parser_questions import PARSER

TODAY = date(2026, 11, 24)
TOOLS = tuple(
    ToolSpec(name=name, description="", parameters={})
    for name in (QUERY_TOOL, SERIES_TOOL, GUIDANCE_TOOL, CATALOG_TOOL)
)


def plan(
    question: str, tools: tuple[ToolSpec, ...] = TOOLS, previous: MetricQuery | None = None
) -> tuple[tuple[str, Mapping[str, Any]], ...]:
    reading = PARSER.read(question, today=TODAY, previous=previous)
    subject = Subject(question=question, language=reading.language, today=TODAY, reading=reading)
    return SalesPlanner().plan(subject, tools)


def test_a_metric_question_becomes_a_query() -> None:
    assert plan("top 3 produtos no Sul em outubro") == (
        (
            QUERY_TOOL,
            {
                "metrics": ["revenue"],
                "dimensions": ["product"],
                "filters": {"region": ["Sul"]},
                "from": "2026-10-01",
                "to": "2026-10-31",
                "order": "desc",
                "limit": 3,
            },
        ),
    )


@pytest.mark.parametrize(
    ("question", "series", "days"),
    [
        ("Quanto está o dólar hoje?", ["dollar"], ("2026-11-24", "2026-11-24")),
        ("cotação do dólar na semana passada", ["dollar"], ("2026-11-16", "2026-11-22")),
        ("qual a inflação de 2025?", ["ipca"], ("2025-01-01", "2025-12-31")),
        ("como anda a selic?", ["selic"], None),
        ("ipca e taxa de juros no ano passado", ["ipca", "selic"], ("2025-01-01", "2025-12-31")),
        ("what is the exchange rate today?", ["dollar"], ("2026-11-24", "2026-11-24")),
        ("current interest rate", ["selic"], None),
        ("Brazilian inflation last year", ["ipca"], ("2025-01-01", "2025-12-31")),
        ("¿cuál es el tipo de cambio de ayer?", ["dollar"], ("2026-11-23", "2026-11-23")),
        ("¿cómo está la inflación?", ["ipca"], None),
    ],
)
def test_market_words_become_series(
    question: str, series: list[str], days: tuple[str, str] | None
) -> None:
    between = {"from": days[0], "to": days[1]} if days else {}

    assert plan(question) == tuple((SERIES_TOOL, {"series": each} | between) for each in series)


@pytest.mark.parametrize(
    "question",
    [
        "Como trato um cliente que acha caro?",
        "o que responder quando pedem prazo maior?",
        "Qual a política de devolução?",
        "posso dar 10% de desconto?",
        "how should I answer a price objection?",
        "what is the policy for returns?",
        "¿Cómo respondo a una objeción de precio?",
        "¿cuál es la política de descuentos?",
        "quanto tempo o cliente tem para reclamar?",
        "how many days does a buyer have to complain?",
    ],
)
def test_questions_of_how_to_act_go_to_the_playbook(question: str) -> None:
    assert plan(question) == ((GUIDANCE_TOOL, {"query": question}),)


@pytest.mark.parametrize(
    "question", ["que métricas existem?", "which KPIs are there?", "¿qué métricas hay?"]
)
def test_who_asks_which_figures_there_are_is_told_their_names(question: str) -> None:
    assert plan(question) == ((CATALOG_TOOL, {}),)


@pytest.mark.parametrize(
    "question",
    [
        "vendas de outubro e a cotação do dólar",
        "revenue in October and the exchange rate",
        "ventas de octubre y la cotización del dólar",
    ],
)
def test_sales_and_market_are_planned_together(question: str) -> None:
    sales, market = plan(question)

    assert sales[0] == QUERY_TOOL
    assert market == (
        SERIES_TOOL,
        {"series": "dollar", "from": "2026-10-01", "to": "2026-10-31"},
    )


@pytest.mark.parametrize(
    "question",
    ["vendas de outubro salvo engano", "bom dia", "", "faturamento em dólares", "revenue growth"],
)
def test_what_was_not_understood_calls_nothing(question: str) -> None:
    assert plan(question) == ()


def test_a_market_word_that_changes_the_question_calls_no_sales() -> None:
    assert [name for name, _ in plan("impacto do dólar nas vendas")] == [SERIES_TOOL]


def test_a_market_follow_up_does_not_repeat_the_sales() -> None:
    previous = PARSER.read("vendas de outubro", today=TODAY, previous=None).query

    assert [name for name, _ in plan("e o dólar hoje?", previous=previous)] == [SERIES_TOOL]


def test_how_sales_went_is_no_question_of_how_to_act() -> None:
    assert [name for name, _ in plan("como foram as vendas de ontem?")] == [QUERY_TOOL]


def test_only_tools_on_offer_are_called() -> None:
    assert plan("vendas de outubro e a cotação do dólar", TOOLS[1:2]) == (
        (SERIES_TOOL, {"series": "dollar", "from": "2026-10-01", "to": "2026-10-31"}),
    )
    assert plan("vendas de outubro", ()) == ()


def test_without_a_reading_the_words_still_count() -> None:
    subject = Subject(question="selic hoje", language=Language.PORTUGUESE, today=TODAY)

    assert SalesPlanner().plan(subject, TOOLS) == (
        (SERIES_TOOL, {"series": "selic", "from": "2026-11-24", "to": "2026-11-24"}),
    )
