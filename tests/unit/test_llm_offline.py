"""The offline model: tools by plan, their sentences as the answer, and honest small talk."""

import json
import re
import time
from collections.abc import Mapping
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.chat import (
    Purpose,
    Subject,
)
from backend.domain.errors import DeadlineExceeded
from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Reading
from backend.domain.usage import Usage
from backend.llm.offline.phrases import phrases
from backend.llm.offline_model import OfflineModel
from tests.unit.offline_stage import EN, ES, PT, Plan, a_request, a_subject, ask, say, told_by_tool
from tests.wire.stage import MARKET, SALES

# Tools -------------------------------------------------------------------------------------------


def test_the_plan_is_asked_for_and_nothing_that_is_not_offered() -> None:
    plan = Plan(((SALES.name, {"metrics": ["revenue"]}), (MARKET.name, {"series": "dollar"})))

    both = ask(a_request(a_subject("Q"), tools=(SALES, MARKET)), plan)
    one = ask(a_request(a_subject("Q"), tools=(MARKET,)), plan)

    assert both.finish_reason == "tool_calls"
    assert [(call.name, call.arguments) for call in both.tool_requests] == list(plan.calls)
    assert len({call.id for call in both.tool_requests}) == 2
    assert [call.name for call in one.tool_requests] == [MARKET.name]


def test_the_tools_own_sentences_are_the_answer() -> None:
    results = [
        told_by_tool({"status": "ok", "summary": "Vendas: tudo certo.", "rows": []}),
        told_by_tool({"status": "ok", "summary": "Dólar: estável."}),
    ]

    reply = ask(
        a_request(a_subject("Q"), *results, tools=(SALES, MARKET)), Plan(((SALES.name, {}),))
    )

    assert reply.text == "Vendas: tudo certo.\n\nDólar: estável."
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize(
    "content", [{"status": "internal"}, "Error executing tool: boom", "[]", {"summary": "  "}]
)
@pytest.mark.parametrize("language", Language)
def test_a_tool_that_failed_leaves_a_gap_that_is_named(content: Any, language: Language) -> None:
    good = told_by_tool({"status": "ok", "summary": "A."})

    text = ask(a_request(a_subject("Q", language), good, told_by_tool(content))).text

    assert text == f"A.\n\n{phrases(language).says['failed']}"
    assert "boom" not in text


def test_what_a_colleague_found_is_told_along() -> None:
    subject = a_subject("Q", findings=("Vendas: tudo certo.",))
    market = told_by_tool({"status": "ok", "summary": "Dólar: estável."})

    assert ask(a_request(subject, market)).text == "Vendas: tudo certo.\n\nDólar: estável."
    assert ask(a_request(subject)).text == "Vendas: tudo certo."


def test_it_costs_nothing_and_says_who_it_is() -> None:
    reply = ask(a_request(a_subject("Oi")))

    assert (reply.model, reply.usage) == ("offline", Usage())
    assert reply.usage.priced


def test_it_streams_what_it_answers() -> None:
    heard: list[str] = []

    reply = OfflineModel(Plan()).complete(a_request(a_subject("Oi")), heard.append)

    assert "".join(heard) == reply.text
    assert len(heard) == len(reply.text.split())


def test_it_is_not_late_either() -> None:
    with pytest.raises(DeadlineExceeded):
        ask(a_request(a_subject("Oi"), deadline=time.monotonic()))


# Small talk --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "kind", "language"),
    [
        ("Oi!", "greeting", PT),
        ("Olá, bom dia, tudo bem?", "greeting", PT),
        ("Muito obrigada 🙂", "thanks", PT),
        ("Ok, obrigado! Até mais.", "thanks", PT),
        ("boa tarde, tudo certo com você?", "greeting", PT),
        ("tá bom, entendi", "filler", PT),
        ("Tchau", "goodbye", PT),
        ("Oi, quem é você?", "about", PT),
        ("quem e voce", "about", PT),
        ("O que você pode fazer?", "about", PT),
        ("Hello there", "greeting", EN),
        ("great, that helps a lot", "thanks", EN),
        ("I see", "filler", EN),
        ("Thank you very much.", "thanks", EN),
        ("bye", "goodbye", EN),
        ("What can you do?", "about", EN),
        ("¡Hola, buenos días!", "greeting", ES),
        ("perfecto, muy amable", "thanks", ES),
        ("Gracias", "thanks", ES),
        ("¿Quién eres?", "about", ES),
    ],
)
def test_small_talk_is_answered_in_its_language(
    question: str, kind: str, language: Language
) -> None:
    for guessed in Language:
        text = say(question, guessed)
        assert text in {phrases(each).says[kind] for each in Language}
    assert say(question, language) == phrases(language).says[kind]


def test_a_greeting_before_something_else_is_not_all_that_was_said() -> None:
    assert say("Oi, conte uma piada") == phrases(PT).says["cannot"]


# Whatever else -----------------------------------------------------------------------------------


def test_the_words_that_were_not_read_are_named() -> None:
    reading = Reading(
        query=MetricQuery(metrics=("revenue",)),
        language=PT,
        complete=False,
        not_understood=("zebras", "azuis"),
    )

    text = say("Receita das zebras azuis", PT, reading=reading)

    assert "“zebras”, “azuis”" in text


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=3))
def test_it_always_has_something_to_say(question: str, told: list[str]) -> None:
    for language in Language:
        assert say(question, language, *told).strip()


def test_pages_of_my_are_read_in_a_moment() -> None:
    """An expression that backtracks without bound would not end."""
    for start in ("meu " * 2_000, "meu " + "a " * 4_000, "qual é o meu " * 600, "." * 8_000):
        assert say(start, PT, start)


# The router --------------------------------------------------------------------------------------

PROPERTIES: Mapping[str, Any] = {
    "decision": {"type": "string", "enum": ["direct", "sales", "market", "both", "clarify"]},
    "confidence": {"type": "number"},
    "reason": {"type": "string"},
    "answer": {"type": "string"},
}
SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": PROPERTIES,
    "required": ["decision", "confidence", "reason", "answer"],
    "additionalProperties": False,
}


def _route(plan: Plan, subject: Subject, schema: Mapping[str, Any] = SCHEMA) -> dict[str, Any]:
    request = a_request(subject, purpose=Purpose.ROUTE, answer_schema=schema, tools=(SALES, MARKET))
    said: dict[str, Any] = json.loads(ask(request, plan).text)
    assert set(said) == set(schema["properties"])
    return said


@pytest.mark.parametrize(
    ("calls", "decision"),
    [
        (((SALES.name, {}),), "sales"),
        (((MARKET.name, {}),), "market"),
        (((MARKET.name, {}), (SALES.name, {})), "both"),
        ((), "direct"),
    ],
)
def test_the_route_is_where_the_plan_leads(
    calls: tuple[tuple[str, Mapping[str, Any]], ...], decision: str
) -> None:
    said = _route(Plan(calls), a_subject("Oi"))

    assert said["decision"] == decision
    assert said["answer"] == (phrases(PT).says["greeting"] if decision == "direct" else "")
    assert isinstance(said["confidence"], float)


def test_a_metric_that_was_read_goes_to_the_analyst() -> None:
    reading = Reading(query=MetricQuery(metrics=("revenue",)), language=PT, complete=False)

    assert _route(Plan(), a_subject("Receita?", reading=reading))["decision"] == "sales"


def test_only_possible_decisions_are_taken() -> None:
    schema = {**SCHEMA, "properties": {**PROPERTIES, "decision": {"enum": ["direct"]}}}

    assert _route(Plan(((SALES.name, {}),)), a_subject("Q"), schema)["decision"] == "direct"


# The words ---------------------------------------------------------------------------------------


def test_the_languages_say_the_same_things() -> None:
    first = phrases(PT)
    for language in Language:
        words = phrases(language)
        assert words.says.keys() == first.says.keys()
        assert words.recognises.keys() == first.recognises.keys()
        for key, sentence in words.says.items():
            assert _places(sentence) == _places(first.says[key]), key


def test_no_word_of_ours_states_a_figure() -> None:
    for language in Language:
        for sentence in phrases(language).says.values():
            assert not re.search(r"\d", sentence)


def _places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
