"""What the router says, and what becomes of it."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Reading
from backend.domain.turns import Decision
from tests.unit.crew_stage import SERIES, ScriptedModel, StagedTool, a_run, subject

# isort: split
from crews.sales_assistant import route as routing

RUN = a_run(ScriptedModel([]), route=None)


def said(**more: Any) -> str:
    return json.dumps(
        {"decision": "direct", "confidence": 0.8, "reason": "greeting", "answer": "Olá!"} | more
    )


def test_a_direct_answer_comes_with_the_decision() -> None:
    routed = routing.read(said(), RUN)
    assert routed.answer == "Olá!"
    assert routed.route.decision is Decision.DIRECT
    assert (routed.route.by, routed.route.confidence) == ("model", 0.8)
    assert routed.route.reason == "greeting"


@pytest.mark.parametrize("decision", ["sales", "market", "both", "handoff"])
def test_an_answer_to_what_needs_a_tool_or_a_person_is_not_taken(decision: str) -> None:
    routed = routing.read(said(decision=decision, answer="R$ 1.000,00"), RUN)
    assert routed.route.decision == decision
    assert routed.answer is None


@pytest.mark.parametrize("wrapped", ["```json\n{}\n```", "Here you are: {} Hope it helps."])
def test_json_in_other_words_is_found(wrapped: str) -> None:
    assert routing.read(wrapped.replace("{}", said()), RUN).answer == "Olá!"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sales",
        "{}",
        "} {",
        "[1]",
        said(decision="weather"),
        said(decision=["sales"]),
        said(decision=None),
        said(confidence="high"),
        said(confidence=None),
        said()[:-5],
    ],
)
def test_what_cannot_be_read_goes_to_a_plain_answer(text: str) -> None:
    routed = routing.read(text, RUN)
    assert (routed.route.decision, routed.answer) == (Decision.DIRECT, None)
    assert routed.route.confidence == 0


def test_an_unusable_router_leaves_a_metric_question_to_the_analyst() -> None:
    reading = Reading(
        query=MetricQuery(metrics=("revenue",)), language=Language.PORTUGUESE, complete=False
    )
    run = a_run(ScriptedModel([]), subject=subject(reading=reading))
    assert routing.fallback(run).route.decision is Decision.SALES
    customer = a_run(ScriptedModel([]), subject=subject(reading=reading), tools={"sales": ()})
    assert routing.fallback(customer).route.decision is Decision.DIRECT


def test_a_decision_without_its_tools_is_neither_offered_nor_taken() -> None:
    run = a_run(ScriptedModel([]), tools={"market": (StagedTool(spec=SERIES),)})
    offered = routing.answer_schema(run.possible())["properties"]["decision"]["enum"]
    assert "market" in offered
    assert not {"sales", "both"} & set(offered)
    assert routing.read(said(decision="sales"), run).route.decision is Decision.DIRECT


@pytest.mark.parametrize("answer", ["", "  \n", None, 3, {"text": "Olá"}])
def test_an_answer_that_is_none_is_written_by_the_answer_task(answer: object) -> None:
    routed = routing.read(said(answer=answer), RUN)
    assert (routed.route.decision, routed.answer) == (Decision.DIRECT, None)


def test_a_long_reason_is_cut() -> None:
    assert len(routing.read(said(reason="x" * 5_000), RUN).route.reason) == routing.MAX_REASON


@given(st.floats())
def test_confidence_stays_between_0_and_1(confidence: float) -> None:
    assert 0 <= routing.read(said(confidence=confidence), RUN).route.confidence <= 1


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert routing.read(text, RUN).route.decision in Decision
