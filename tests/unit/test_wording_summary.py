"""An answer says what was asked, when, for whom and from where, with every figure it names."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, MetricTable
from backend.semantic.listing import LINES, MOST_LINES
from backend.semantic.wording import summarise
from tests.unit.semantic_model import MODEL

PT, EN, ES = Language.PORTUGUESE, Language.ENGLISH, Language.SPANISH
OCTOBER: Mapping[str, Any] = {"from_date": date(2026, 10, 1), "to_date": date(2026, 10, 31)}
# 06:59 in the model's zone, three hours behind.
READ_AT = "2026-11-24T09:59:30.000+00:00"


def table(query: MetricQuery, *rows: Mapping[str, Any], truncated: bool = False) -> MetricTable:
    return MetricTable(
        query=query,
        columns=(),
        rows=rows,
        sql="",
        source="Vendas",
        model_version=MODEL.version,
        read_at=READ_AT,
        truncated=truncated,
    )


SOURCES = {
    PT: "Fonte: Vendas, lida em 24/11/2026 às 06:59.",
    EN: "Source: Vendas, read on 2026-11-24 at 06:59.",
    ES: "Fuente: Vendas, leída el 24/11/2026 a las 06:59.",
}


def said(answer: MetricTable, language: Language = PT) -> list[str]:
    """The lines of the answer, without its source, which every answer ends with."""
    *lines, source = summarise(MODEL, answer, language).text.split("\n")
    assert source == SOURCES[language]
    return lines


SALES = table(
    MetricQuery(metrics=("revenue", "contracts_closed"), **OCTOBER),
    {"revenue": Decimal("1234567.89"), "contracts_closed": 42},
)


def test_a_group_is_one_sentence() -> None:
    assert said(SALES, PT) == [
        "As vendas em outubro de 2026 (01/10/2026 a 31/10/2026) foram de R$ 1.234.567,89"
        " em 42 contratos fechados."
    ]
    assert said(SALES, EN) == [
        "Sales in October 2026 (2026-10-01 to 2026-10-31) were R$1,234,567.89"
        " across 42 contracts closed."
    ]
    assert said(SALES, ES) == [
        "Las ventas en octubre de 2026 (01/10/2026 a 31/10/2026) fueron de R$ 1.234.567,89"
        " en 42 contratos cerrados."
    ]


def test_figures_are_kept_as_they_are_written() -> None:
    figures = summarise(MODEL, SALES, PT).figures

    assert [(each.text, each.value, each.metric) for each in figures] == [
        ("R$ 1.234.567,89", 1234567.89, "revenue"),
        ("42", 42.0, "contracts_closed"),
    ]
    assert {(each.from_date, each.to_date, each.tool_call) for each in figures} == {
        (date(2026, 10, 1), date(2026, 10, 31), 0)
    }


@pytest.mark.parametrize(
    ("metric", "value", "pt", "en", "es"),
    [
        (
            "margin_rate",
            Decimal("0.2345"),
            "A margem percentual em todo o período foi de 23,5%.",
            "Margin rate over all time was 23.5%.",
            "El margen porcentual en todo el período fue de 23,5%.",
        ),
        (
            "orders",
            1,
            "Em todo o período, foi 1 pedido.",
            "Over all time, there was 1 order.",
            "En todo el período, hubo 1 pedido.",
        ),
        (
            "orders",
            0,
            "Em todo o período, não houve pedidos (0).",
            "Over all time, there were no orders (0).",
            "En todo el período, no hubo pedidos (0).",
        ),
    ],
)
def test_a_single_figure_is_one_sentence(
    metric: str, value: Any, pt: str, en: str, es: str
) -> None:
    answer = table(MetricQuery(metrics=(metric,)), {metric: value})

    assert said(answer, PT) == [pt]
    assert said(answer, EN) == [en]
    assert said(answer, ES) == [es]


@pytest.mark.parametrize(
    ("first", "last", "pt", "en"),
    [
        (date(2026, 10, 5), date(2026, 10, 5), "em 05/10/2026", "on 2026-10-05"),
        (
            date(2026, 11, 16),
            date(2026, 11, 22),
            "na semana de 16/11/2026 a 22/11/2026",
            "in the week of 2026-11-16 to 2026-11-22",
        ),
        (
            date(2026, 7, 1),
            date(2026, 9, 30),
            "no 3º trimestre de 2026 (01/07/2026 a 30/09/2026)",
            "in Q3 2026 (2026-07-01 to 2026-09-30)",
        ),
        (
            date(2025, 1, 1),
            date(2025, 12, 31),
            "em 2025 (01/01/2025 a 31/12/2025)",
            "in 2025 (2025-01-01 to 2025-12-31)",
        ),
        (
            date(2026, 1, 1),
            date(2026, 11, 24),
            "de 01/01/2026 a 24/11/2026",
            "from 2026-01-01 to 2026-11-24",
        ),
        (None, date(2026, 3, 31), "até 31/03/2026", "until 2026-03-31"),
        (date(2026, 3, 1), None, "desde 01/03/2026", "since 2026-03-01"),
    ],
)
def test_periods_are_said_in_words_and_days(
    first: date | None, last: date | None, pt: str, en: str
) -> None:
    query = MetricQuery(metrics=("revenue",), from_date=first, to_date=last)
    answer = table(query, {"revenue": 10})

    assert said(answer, PT) == [f"O faturamento {pt} foi de R$ 10,00."]
    assert said(answer, EN) == [f"Revenue {en} was R$10.00."]


def test_several_figures_each_have_their_name_and_none_is_made_up() -> None:
    query = MetricQuery(metrics=("revenue", "orders", "avg_ticket"), **OCTOBER)
    answer = table(query, {"revenue": 10, "orders": 2, "avg_ticket": None})

    assert said(answer) == [
        "Em outubro de 2026 (01/10/2026 a 31/10/2026): faturamento de R$ 10,00, 2 pedidos"
        " e ticket médio sem dados."
    ]
    assert [each.metric for each in summarise(MODEL, answer, PT).figures] == ["revenue", "orders"]


def test_filters_are_echoed() -> None:
    filters = {"region": ("Norte", "Sul"), "channel": ("Portal",)}
    answer = table(MetricQuery(metrics=("revenue",), filters=filters), {"revenue": 10})

    assert said(answer)[1:] == ["Filtro: região: Norte ou Sul; canal: Portal."]
    assert said(answer, EN)[1:] == ["Filter: region: Norte or Sul; channel: Portal."]
    assert said(answer, ES)[1:] == ["Filtro: región: Norte o Sul; canal: Portal."]


def test_a_ranking_is_a_numbered_list() -> None:
    query = MetricQuery(
        metrics=("revenue",), dimensions=("product",), order="desc", limit=2, **OCTOBER
    )
    answer = table(
        query, {"product": "Café", "revenue": 30}, {"product": None, "revenue": Decimal("-3.5")}
    )

    assert said(answer) == [
        "Faturamento por produto em outubro de 2026 (01/10/2026 a 31/10/2026),"
        " do maior para o menor:",
        "1. Café: R$ 30,00",
        "2. sem produto: -R$ 3,50",
    ]


def test_rows_of_several_metrics_are_a_table() -> None:
    query = MetricQuery(
        metrics=("revenue", "contracts_closed"), dimensions=("region", "channel"), **OCTOBER
    )
    answer = table(
        query,
        {"region": "Sul", "channel": "Portal", "revenue": 10, "contracts_closed": 1},
        {"region": "Norte", "channel": "Portal", "revenue": None, "contracts_closed": 3},
    )

    assert said(answer, ES) == [
        "Facturación y contratos cerrados por región y canal en octubre de 2026"
        " (01/10/2026 a 31/10/2026):",
        "",
        "| Región | Canal | Facturación | Contratos cerrados |",
        "| --- | --- | ---: | ---: |",
        "| Sul | Portal | R$ 10,00 | 1 |",
        "| Norte | Portal | – | 3 |",
        "",
        "Total: facturación de R$ 10,00 y 4 contratos cerrados.",
    ]


def test_a_series_has_a_line_for_each_unit_and_days_for_each_figure() -> None:
    query = MetricQuery(
        metrics=("revenue",),
        grain="month",
        from_date=date(2026, 1, 15),
        to_date=date(2026, 2, 10),
    )
    answer = table(
        query,
        {"period": "2026-01-01", "revenue": 10},
        {"period": date(2026, 2, 1), "revenue": 20},
    )

    assert said(answer) == [
        "Faturamento de 15/01/2026 a 10/02/2026:",
        "- janeiro de 2026: R$ 10,00",
        "- fevereiro de 2026: R$ 20,00",
        "Total: R$ 30,00.",
    ]
    figures = summarise(MODEL, answer, PT).figures
    assert [(each.from_date, each.to_date) for each in figures] == [
        (date(2026, 1, 15), date(2026, 1, 31)),
        (date(2026, 2, 1), date(2026, 2, 10)),
        (date(2026, 1, 15), date(2026, 2, 10)),
    ]


def test_a_long_list_says_how_much_is_left_out() -> None:
    query = MetricQuery(metrics=("orders",), dimensions=("customer",))
    rows = [{"customer": f"Cliente {each}", "orders": each} for each in range(MOST_LINES + 2)]
    answer = table(query, *rows, truncated=True)

    lines = said(answer)
    assert lines[-2:] == [
        "… e mais 2 linhas.",
        "Há mais linhas do que cabem numa resposta; estas são só as primeiras.",
    ]
    assert len(lines) == MOST_LINES + 3
    left_out = summarise(MODEL, answer, PT).figures[-1]
    assert (left_out.text, left_out.metric) == ("2", LINES)


def test_no_rows_are_said_as_such() -> None:
    answer = table(MetricQuery(metrics=("orders",), filters={"region": ("Sul",)}, **OCTOBER))

    assert said(answer) == [
        "Não há dados de pedidos em outubro de 2026 (01/10/2026 a 31/10/2026).",
        "Filtro: região: Sul.",
    ]
    assert summarise(MODEL, answer, PT).figures == ()


@given(
    st.sampled_from(Language),
    st.lists(st.sampled_from(list(MODEL.metrics)), min_size=1, max_size=4, unique=True),
    st.lists(st.decimals(-(10**9), 10**9, places=4), min_size=4, max_size=4),
    st.booleans(),
)
def test_every_number_that_is_said_is_a_figure(
    language: Language, metrics: list[str], values: list[Decimal], by_region: bool
) -> None:
    row = dict(zip(metrics, values, strict=False)) | {"region": "Sul"}
    query = MetricQuery(
        metrics=tuple(metrics), dimensions=("region",) if by_region else (), **OCTOBER
    )
    summary = summarise(MODEL, table(query, row), language)

    dates = r"\d\d/\d\d/\d{4}|\d{4}-\d\d-\d\d|(?<= )2026(?= )"
    text = re.sub(dates, "", summary.text.rsplit("\n", 1)[0])
    for figure in summary.figures:
        assert figure.text in text
        text = text.replace(figure.text, "", 1)
    assert re.search(r"\d", text) is None
