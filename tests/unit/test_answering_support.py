"""What is said without a figure of its own is checked as well: directions, ranks, counts, days."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from backend.answering import evidence as evidences
from backend.answering.evidence import Evidence
from backend.answering.mentions import spoken
from backend.answering.sentences import unsupported
from backend.domain.language import Language
from backend.domain.trace import Figure, ToolOutcome
from tests.unit.parser_questions import PARSER

TODAY = date(2026, 11, 24)
OCTOBER = {"from_date": date(2026, 10, 1), "to_date": date(2026, 10, 31)}
SEPTEMBER = {"from_date": date(2026, 9, 1), "to_date": date(2026, 9, 30)}


def a_figure(text: str, value: float, **told: Any) -> Figure:
    known: dict[str, Any] = {"metric": "revenue", "tool_call": 0, **OCTOBER, **told}
    return Figure(text=text, value=value, **known)


RISEN = (
    a_figure("R$ 120,00", 120),
    a_figure("R$ 100,00", 100, kind="previous", **SEPTEMBER),
    a_figure("+20%", 0.2, kind="change"),
)
REGIONS = tuple(
    a_figure(f"R$ {value},00", value, members={"region": region})
    for region, value in (("Sul", 300), ("Norte", 200), ("Sudeste", 100))
)


def evidence_of(
    *figures: Figure, question: str = "", content: str = '{"status": "ok"}'
) -> Evidence:
    mentions = spoken(PARSER.spans, Language.PORTUGUESE, TODAY)
    evidence = evidences.of_turn(question, (), [TODAY.isoformat()], mentions)
    evidence.witness(
        ToolOutcome(content=content, ok=True, figures=figures, rows=len(figures), sql="SELECT 1")
    )
    return evidence


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("O faturamento aumentou em outubro.", []),
        ("O faturamento diminuiu em outubro.", ["diminuiu"]),
        ("O faturamento aumentou em setembro.", ["aumentou"]),
        ("O faturamento dobrou em outubro.", ["dobrou"]),
        ("O faturamento diminuiu em outubro?", []),
        ("O faturamento não diminuiu em outubro.", []),
        ("Para entender se o faturamento caiu, veja setembro.", []),
    ],
)
def test_a_direction_is_that_of_the_change(text: str, wrong: list[str]) -> None:
    assert unsupported(text, evidence_of(*RISEN)) == wrong


def test_a_direction_that_nothing_is_known_of_is_only_the_users_word() -> None:
    text = "O faturamento caiu em outubro."
    assert unsupported(text, evidence_of(*REGIONS)) == ["caiu"]
    assert unsupported(text, evidence_of(*REGIONS, question="Por que caiu?")) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("A região líder foi o Sul.", []),
        ("A região líder foi o Norte.", ["líder"]),
        ("O Norte ficou em segundo lugar.", []),
        ("O Sudeste ficou em segundo lugar.", ["segundo lugar"]),
        ("A segunda maior região foi o Norte.", []),
        ("A menor região foi o Norte.", ["menor"]),
        ("A maior parte veio do Norte.", []),
        ("A maior região em setembro foi o Sul.", ["maior"]),
    ],
)
def test_a_rank_is_that_of_the_table(text: str, wrong: list[str]) -> None:
    assert unsupported(text, evidence_of(*REGIONS)) == wrong


def test_the_last_of_the_largest_is_not_the_smallest_of_all() -> None:
    text = "A menor região foi o Sudeste."
    cut = '{"status": "ok", "provenance": {"filters": {}, "order": "desc", "limit": 3}}'
    assert unsupported(text, evidence_of(*REGIONS)) == []
    assert unsupported(text, evidence_of(*REGIONS, content=cut)) == ["menor"]


@pytest.mark.parametrize(
    "text", ["Foram 24 pedidos.", "Foram 2026 pedidos.", "Foram doze pedidos.", "Foi R$ 24,00."]
)
def test_a_day_a_year_or_a_word_makes_no_amount(text: str) -> None:
    orders = replace(RISEN[0], text="42", value=42, metric="orders")
    assert unsupported(text, evidence_of(orders))
    true = "Hoje é 24/11/2026. Os 5 maiores tiveram 42 pedidos."
    assert unsupported(true, evidence_of(orders)) == []


def test_an_amount_of_the_users_is_not_told_as_ours() -> None:
    evidence = evidence_of(*RISEN, question="Chegamos a R$ 500,00 em outubro?")
    assert unsupported("O faturamento de outubro foi de R$ 500,00.", evidence) == ["500,00"]
    assert unsupported("Abaixo dos R$ 500,00: foram R$ 120,00.", evidence) == []


def test_days_written_out_are_those_of_a_figure() -> None:
    evidence = evidence_of(*RISEN)
    assert unsupported("Período: 01/10/2026 a 31/10/2026.", evidence) == []
    assert unsupported("Período: 01/08/2026 a 31/08/2026.", evidence) == ["01/08/2026 a 31/08/2026"]


def test_another_currency_is_another_figure() -> None:
    assert unsupported("Foram US$ 120,00 em outubro.", evidence_of(*RISEN)) == ["120,00"]


def test_a_heading_tells_for_its_list_the_time_and_what_it_is_of() -> None:
    evidence = evidence_of(*REGIONS)
    assert unsupported("**Outubro de 2026**\n\n- Sul: R$ 300,00\n", evidence) == []
    assert unsupported("**Setembro de 2026**\n\n- Sul: R$ 300,00\n", evidence) == ["300,00"]


def test_a_refusal_may_tell_when_its_source_was_last_read() -> None:
    evidence = evidence_of(*RISEN)
    refusal = "A fonte não responde. A última leitura foi em 23/11/2026 às 06:59."
    evidence.witness(ToolOutcome(content="{}", ok=False, summary=refusal))
    assert unsupported(refusal, evidence) == []
    # What it tells makes no amount.
    assert unsupported("Foram 59 pedidos em outubro.", evidence) == ["59"]


TABLE = "{title}\n\n| Região | Faturamento |\n|---|---:|\n| Sul | R$ 300,00 |\n"


def test_the_title_over_a_table_tells_the_time_of_its_rows() -> None:
    evidence = evidence_of(*REGIONS)
    assert unsupported(TABLE.format(title="**Outubro de 2026**"), evidence) == []
    assert unsupported(TABLE.format(title="**Setembro de 2026**"), evidence) == ["300,00"]


def test_a_column_tells_the_time_of_its_own_cells() -> None:
    evidence = evidence_of(
        a_figure("R$ 120,00", 120, members={"region": "Sul"}),
        a_figure("R$ 100,00", 100, members={"region": "Sul"}, **SEPTEMBER),
    )
    row = "| Região | {one} | {other} |\n|---|---|---|\n| Sul | R$ 100,00 | R$ 120,00 |\n"
    assert unsupported(row.format(one="Set/2026", other="Out/2026"), evidence) == []
    assert unsupported(row.format(one="Out/2026", other="Set/2026"), evidence) == [
        "100,00",
        "120,00",
    ]


def test_the_rest_of_a_list_is_no_rival() -> None:
    rest = a_figure("R$ 900,00", 900, members={"region": "(other)"})
    evidence = evidence_of(*REGIONS, rest)
    assert unsupported("A maior região foi o Sul, com R$ 300,00.", evidence) == []
    assert unsupported("A maior região foi o Norte.", evidence) == ["maior"]


def test_an_amount_that_something_fell_by_is_a_difference_that_fell() -> None:
    difference = a_figure("-R$ 20,00", -20, kind="difference")
    amount = a_figure("R$ 20,00", 20, members={"region": "Sul"})
    text = "Queda de R$ 20,00 em outubro."
    assert unsupported(text, evidence_of(difference)) == []
    assert unsupported("Alta de R$ 20,00 em outubro.", evidence_of(difference)) == ["20,00"]
    assert unsupported(text, evidence_of(amount)) == ["20,00"]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Na última semana de outubro foram R$ 50,00.", []),
        ("Na primeira semana de outubro foram R$ 50,00.", ["50,00"]),
        ("Na última semana de setembro foram R$ 50,00.", ["50,00"]),
        ("Em outubro foram R$ 50,00.", ["50,00"]),
    ],
)
def test_a_week_of_a_month_is_one_of_its_weeks(text: str, wrong: list[str]) -> None:
    week = {"from_date": date(2026, 10, 26), "to_date": date(2026, 11, 1)}
    assert unsupported(text, evidence_of(a_figure("R$ 50,00", 50, **week))) == wrong
