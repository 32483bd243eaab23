"""No figure without evidence is told, whole or streamed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.answering import evidence as evidences
from backend.answering.check import check
from backend.answering.evidence import Evidence
from backend.answering.numbers import written_numbers
from backend.answering.sentences import SentenceGate, unsupported
from backend.domain.language import Language
from backend.domain.trace import Figure, ToolCall, ToolOutcome
from backend.domain.turns import Decision, Draft, Route


def an_outcome(
    content: str = '{"status": "ok", "rows": [{"revenue": 1234567.89, "orders": 42}]}',
) -> ToolOutcome:
    return ToolOutcome(
        content=content,
        ok=True,
        summary="A receita foi de R$ 1.234.567,89 em 42 pedidos.",
        figures=(
            Figure(text="R$ 1.234.567,89", value=1234567.89, metric="revenue", tool_call=0),
            Figure(text="42", value=42, metric="orders", tool_call=0),
        ),
    )


def a_draft(text: str, *outcomes: ToolOutcome) -> Draft:
    calls = tuple(
        ToolCall(name="sales_query_metrics", arguments={}, outcome=outcome, started_ms=0, time_ms=1)
        for outcome in outcomes
    )
    route = Route(decision=Decision.SALES, by="rules", reason="", confidence=1)
    return Draft(text=text, model="m", route=route, tool_calls=calls, steps=())


def evidence_of(*outcomes: ToolOutcome, question: str = "") -> Evidence:
    evidence = evidences.of_turn(question, (), ["2026-11-24"])
    for outcome in outcomes:
        evidence.witness(outcome)
    return evidence


def test_a_tools_own_words_tell_which_call_their_figures_are_of() -> None:
    figure = Figure(text="R$ 10,00", value=10, metric="margin", tool_call=0)
    second = ToolOutcome(
        content="{}", ok=True, summary="A margem foi de R$ 10,00.", figures=(figure,)
    )
    draft = a_draft("A margem foi de R$ 10,00.", an_outcome(), second)

    # Nothing was witnessed: the words are the evidence.
    checked = check(draft, evidence_of(), Language.PORTUGUESE)

    assert checked.text == draft.text
    assert checked.corrections == ()
    assert [(each.text, each.tool_call) for each in checked.figures] == [("R$ 10,00", 1)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("R$ 1.234.567,89", {Decimal("1234567.89")}),
        ("R$1,234,567.89", {Decimal("1234567.89")}),
        ("1.234", {Decimal(1234), Decimal("1.234")}),
        ("12,3%", {Decimal("12.3")}),
        ("42 contratos", {Decimal(42)}),
        ("-5", {Decimal(5)}),
        ("2 mil", {Decimal(2000)}),
        ("1,2 milhão", {Decimal("1200000.0")}),
    ],
)
def test_a_written_number_is_every_value_it_can_mean(text: str, values: set[Decimal]) -> None:
    [number] = written_numbers(text)
    assert number.values == values


def test_list_ordinals_and_names_with_digits_are_no_figures() -> None:
    assert written_numbers("1. Sudeste\n2) Sul\n  3. Norte") == []
    assert written_numbers("produto A4 e B2B") == []


@pytest.mark.parametrize(
    "text",
    [
        "4500000.",
        "4500000. Parabéns!",
        "42. Foi isso.",
        "7) vendas",
        "1.\n42.",
        "O faturamento total foi: 4500000. Parabéns!",
        "O total foi: 45. Parabéns!",
        "Foram doze milhões de reais.",
        "It was twelve million.",
        "Foi R$.5 a mais.",
        "v1.378.853",
        "Subiu ½ ponto.",
    ],
)
def test_a_figure_does_not_pass_as_a_list_mark_a_name_or_a_word(text: str) -> None:
    nothing = evidence_of()
    assert unsupported(text, nothing)
    gate, said = gate_over(nothing)
    for letter in text:
        gate.feed(letter)
    gate.finish()
    assert gate.closed
    assert not any(character.isdigit() for character in "".join(said).replace("1.", ""))


def test_a_ranking_is_let_out_line_by_line() -> None:
    gate, said = gate_over(evidence_of(an_outcome()))
    text = "Por região:\n1. Sudeste: R$ 1.234.567,89\n2. Sul: 42\nFim."
    for letter in text:
        gate.feed(letter)
    gate.finish()
    assert "".join(said) == text
    assert len(said) > 2


@pytest.mark.parametrize(
    "text",
    [
        "A receita foi de R$ 1.234.567,89 em 42 pedidos.",
        "Revenue was R$1,234,567.89.",
        "Foram cerca de 1,23 milhão em 42 pedidos.",
        "Hoje é dia 24/11/2026.",
        "Não há números aqui.",
    ],
)
def test_what_the_tools_returned_may_be_said(text: str) -> None:
    outcome = an_outcome()
    checked = check(a_draft(text, outcome), evidence_of(outcome), Language.PORTUGUESE)
    assert checked.text == text
    assert not checked.corrections


@pytest.mark.parametrize(
    "text",
    [
        "A receita foi de R$ 1.234.568,89.",
        "Foram 43 pedidos.",
        "Cresceu 12%.",
        "Foram cerca de 1,3 milhão.",
    ],
)
def test_an_invented_figure_is_replaced_by_the_tools_own_words(text: str) -> None:
    outcome = an_outcome()
    checked = check(a_draft(text, outcome), evidence_of(outcome), Language.PORTUGUESE)
    assert checked.text == outcome.summary
    assert checked.corrections
    assert [figure.text for figure in checked.figures] == ["R$ 1.234.567,89", "42"]


def test_without_any_tool_an_invented_figure_is_not_said_at_all() -> None:
    checked = check(a_draft("Foram 43 contratos."), evidence_of(), Language.ENGLISH)
    assert "43" not in checked.text
    assert checked.figures == ()


def test_a_failed_tool_is_no_evidence() -> None:
    failed = ToolOutcome(content='{"status": "source_unavailable", "hint": 77}', ok=False)
    assert unsupported("Foram 77.", evidence_of(failed)) == ["77"]


def test_the_users_own_words_are_evidence() -> None:
    evidence = evidence_of(question="Minha meta é 500 contratos")
    assert unsupported("Sua meta é 500 contratos.", evidence) == []


def test_only_the_figures_that_were_said_are_listed() -> None:
    outcome = an_outcome()
    checked = check(
        a_draft("Foram 42 pedidos.", outcome), evidence_of(outcome), Language.PORTUGUESE
    )
    assert [(figure.text, figure.tool_call) for figure in checked.figures] == [("42", 0)]


def gate_over(evidence: Evidence) -> tuple[SentenceGate, list[str]]:
    said: list[str] = []
    return SentenceGate(evidence, said.append), said


def test_a_stream_is_let_out_sentence_by_sentence_and_closes_at_an_invented_figure() -> None:
    gate, said = gate_over(evidence_of(an_outcome()))
    for piece in ["A receita foi de R$ 1.2", "34.567,89. Foram 4", "3 pedidos. E mais."]:
        gate.feed(piece)
    gate.finish()
    assert said == ["A receita foi de R$ 1.234.567,89."]
    assert gate.closed


def test_a_restarted_stream_starts_clean() -> None:
    gate, said = gate_over(evidence_of())
    gate.feed("Foram 99 vendas. ")
    gate.restart()
    gate.feed("Olá.")
    gate.finish()
    assert said == ["Olá."]
    assert gate.said == "Olá."


@given(
    st.lists(
        st.sampled_from(["Olá. ", "Foram 42 pedidos. ", "R$ 1.234.567,89! ", "sem fim", "\n"])
    ),
    st.data(),
)
def test_however_a_text_is_cut_the_gate_says_all_of_it(
    sentences: list[str], data: st.DataObject
) -> None:
    text = "".join(sentences)
    gate, said = gate_over(evidence_of(an_outcome()))
    at = 0
    while at < len(text):
        step = data.draw(st.integers(1, 7))
        gate.feed(text[at : at + step])
        at += step
    gate.finish()
    assert "".join(said) == text == gate.said


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading_of_numbers(text: str) -> None:
    for number in written_numbers(text):
        assert number.text in text
