"""The lean loop says to the model exactly what CrewAI's own loop says."""

from collections.abc import Sequence
from typing import Any

import pytest

from backend.domain.chat import ChatRequest
from backend.domain.turns import Decision
from tests.unit.crew_stage import (
    CREWAI_WARNS,
    QUERY,
    SERIES,
    Line,
    ScriptedModel,
    a_run,
    route,
    wants,
)

# isort: split
from crewai.agents.agent_executor import AgentExecutor
from crewai.events.stream_context import add_stream_sink, reset_stream_sinks

from crews.executor import LeanExecutor
from crews.sales_assistant.crew import answer

pytestmark = CREWAI_WARNS

QUERY_IT = wants(QUERY.name, {"metrics": ["revenue"]})
SERIES_IT = wants(SERIES.name, {"series": "ipca"})

RUNS: dict[str, tuple[Decision, Sequence[Line]]] = {
    "direct": (Decision.DIRECT, ["Olá! Em que posso ajudar?"]),
    "one tool": (Decision.SALES, [QUERY_IT, "Foram R$ 10,00."]),
    "two tools in one reply": (Decision.SALES, [QUERY_IT + QUERY_IT, "Foram R$ 10,00."]),
    "two tools in turn": (Decision.SALES, [QUERY_IT, QUERY_IT, "Foram R$ 10,00."]),
    "malformed arguments": (
        Decision.SALES,
        [wants(QUERY.name, malformed="not an object"), QUERY_IT, "Foram R$ 10,00."],
    ),
    "unknown tool": (Decision.SALES, [wants("sales_guess", {"a": 1}), QUERY_IT, "R$ 10,00."]),
    "too many rounds": (Decision.MARKET, [SERIES_IT] * 4 + ["Não encontrei."]),
    "a crew of two": (Decision.BOTH, [QUERY_IT, "R$ 10,00", SERIES_IT, "Vendas e mercado."]),
}


@pytest.mark.parametrize("name", RUNS)
def test_the_same_is_said_to_the_model(name: str) -> None:
    lean, lean_sent = played(name, LeanExecutor)
    stock, stock_sent = played(name, AgentExecutor)
    assert lean.requests
    assert told(lean.requests) == told(stock.requests)
    # Also what CrewAI itself handed over, before our translation.
    assert lean_sent == stock_sent


@pytest.mark.parametrize("name", RUNS)
def test_both_come_to_the_same_answer_and_trace(name: str) -> None:
    decision, lines = RUNS[name]
    drafts = [
        answer(a_run(ScriptedModel(lines), route=route(decision)), executor=executor)
        for executor in (LeanExecutor, AgentExecutor)
    ]
    assert drafts[0].text == drafts[1].text == lines[-1]
    lean, stock = (
        [(call.name, call.arguments, call.outcome) for call in draft.tool_calls] for draft in drafts
    )
    assert lean == stock
    assert [step.detail for step in drafts[0].steps] == [step.detail for step in drafts[1].steps]


def test_the_lean_loop_leaves_the_words_of_an_answer_alone() -> None:
    # CrewAI's loop for agents without tools reads these as its own text protocol.
    for text in (
        "Thought: easy\nFinal Answer: 42",
        "Action: sales_query\nAction Input: {}",
        "  spaces stay  ",
    ):
        draft = answer(a_run(ScriptedModel([text]), route=route(Decision.DIRECT)))
        assert draft.text == text


def test_it_is_crewais_executor_through_the_public_field() -> None:
    seen: list[type] = []

    class Watched(LeanExecutor):
        def kickoff(self, *args: Any, **kwargs: Any) -> None:
            seen.append(type(self))
            super().kickoff(*args, **kwargs)

    answer(a_run(ScriptedModel([QUERY_IT, "ok"])), executor=Watched)
    assert seen == [Watched]
    assert issubclass(LeanExecutor, AgentExecutor)


def played(name: str, executor: type[AgentExecutor]) -> tuple[ScriptedModel, list[tuple[Any, Any]]]:
    decision, lines = RUNS[name]
    model = ScriptedModel(lines)
    sent: list[tuple[Any, Any]] = []

    def hear(_source: Any, event: Any) -> None:
        if event.type == "llm_call_started":
            # No tools are None to one loop and an empty list to the other.
            sent.append((event.messages, event.tools or None))

    token = add_stream_sink(hear)
    try:
        answer(a_run(model, route=route(decision)), executor=executor)
    finally:
        reset_stream_sinks(token)
    return model, sent


def told(requests: Sequence[ChatRequest]) -> list[Any]:
    return [(each.purpose, each.messages, each.tools, each.answer_schema) for each in requests]
