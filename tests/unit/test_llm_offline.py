"""The offline model: tools by plan, their sentences as the answer, and honest small talk."""

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.chat import (
    ChatMessage,
    ChatReply,
    ChatRequest,
    Purpose,
    Remembered,
    Subject,
    ToolSpec,
)
from backend.domain.errors import DeadlineExceeded
from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Reading
from backend.domain.usage import Usage
from backend.llm.offline.phrases import phrases
from backend.llm.offline_model import OfflineModel
from tests.wire.stage import MARKET, SALES

PT, EN, ES = Language.PORTUGUESE, Language.ENGLISH, Language.SPANISH


@dataclass
class Plan:
    """A planner that plans what it was given, for the tools that are offered."""

    calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    subjects: list[Subject] = field(default_factory=list)

    def plan(
        self, subject: Subject, tools: tuple[ToolSpec, ...]
    ) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        self.subjects.append(subject)
        return self.calls


def _subject(question: str, language: Language = PT, *told: str, **more: Any) -> Subject:
    """A subject with what the person said before, oldest first."""
    memory = tuple(
        Remembered(role="user", text=text, at=f"2026-11-{day:02}T10:00:00-03:00", source="recent")
        for day, text in enumerate(told, start=1)
    )
    return Subject(
        question=question, language=language, today=date(2026, 11, 24), memory=memory, **more
    )


def _request(subject: Subject, *messages: ChatMessage, **more: Any) -> ChatRequest:
    defaults: dict[str, Any] = {"purpose": Purpose.ANSWER, "deadline": time.monotonic() + 60}
    return ChatRequest(subject=subject, messages=messages, **(defaults | more))


def _say(question: str, language: Language = PT, *told: str, **more: Any) -> str:
    return _ask(_request(_subject(question, language, *told, **more))).text


def _ask(request: ChatRequest, plan: Plan | None = None) -> ChatReply:
    return OfflineModel(plan or Plan()).complete(request)


def _told_by_tool(content: Any) -> ChatMessage:
    text = content if isinstance(content, str) else json.dumps(content)
    return ChatMessage(role="tool", text=text, tool_request_id="x", tool_name="x")


# Tools -------------------------------------------------------------------------------------------


def test_the_plan_is_asked_for_and_nothing_that_is_not_offered() -> None:
    plan = Plan(((SALES.name, {"metrics": ["revenue"]}), (MARKET.name, {"series": "dollar"})))

    both = _ask(_request(_subject("Q"), tools=(SALES, MARKET)), plan)
    one = _ask(_request(_subject("Q"), tools=(MARKET,)), plan)

    assert both.finish_reason == "tool_calls"
    assert [(call.name, call.arguments) for call in both.tool_requests] == list(plan.calls)
    assert len({call.id for call in both.tool_requests}) == 2
    assert [call.name for call in one.tool_requests] == [MARKET.name]


def test_the_tools_own_sentences_are_the_answer() -> None:
    results = [
        _told_by_tool({"status": "ok", "summary": "Vendas: tudo certo.", "rows": []}),
        _told_by_tool({"status": "ok", "summary": "Dólar: estável."}),
    ]

    reply = _ask(
        _request(_subject("Q"), *results, tools=(SALES, MARKET)), Plan(((SALES.name, {}),))
    )

    assert reply.text == "Vendas: tudo certo.\n\nDólar: estável."
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize(
    "content", [{"status": "internal"}, "Error executing tool: boom", "[]", {"summary": "  "}]
)
@pytest.mark.parametrize("language", Language)
def test_a_tool_that_failed_leaves_a_gap_that_is_named(content: Any, language: Language) -> None:
    good = _told_by_tool({"status": "ok", "summary": "A."})

    text = _ask(_request(_subject("Q", language), good, _told_by_tool(content))).text

    assert text == f"A.\n\n{phrases(language).says['failed']}"
    assert "boom" not in text


def test_what_a_colleague_found_is_told_along() -> None:
    subject = _subject("Q", findings=("Vendas: tudo certo.",))
    market = _told_by_tool({"status": "ok", "summary": "Dólar: estável."})

    assert _ask(_request(subject, market)).text == "Vendas: tudo certo.\n\nDólar: estável."
    assert _ask(_request(subject)).text == "Vendas: tudo certo."


def test_it_costs_nothing_and_says_who_it_is() -> None:
    reply = _ask(_request(_subject("Oi")))

    assert (reply.model, reply.usage) == ("offline", Usage())
    assert reply.usage.priced


def test_it_streams_what_it_answers() -> None:
    heard: list[str] = []

    reply = OfflineModel(Plan()).complete(_request(_subject("Oi")), heard.append)

    assert "".join(heard) == reply.text
    assert len(heard) == len(reply.text.split())


def test_it_is_not_late_either() -> None:
    with pytest.raises(DeadlineExceeded):
        _ask(_request(_subject("Oi"), deadline=time.monotonic()))


# Small talk --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "kind", "language"),
    [
        ("Oi!", "greeting", PT),
        ("Olá, bom dia, tudo bem?", "greeting", PT),
        ("Muito obrigada 🙂", "thanks", PT),
        ("Ok, obrigado! Até mais.", "thanks", PT),
        ("Tchau", "goodbye", PT),
        ("Oi, quem é você?", "about", PT),
        ("quem e voce", "about", PT),
        ("O que você pode fazer?", "about", PT),
        ("Hello there", "greeting", EN),
        ("Thank you very much.", "thanks", EN),
        ("bye", "goodbye", EN),
        ("What can you do?", "about", EN),
        ("¡Hola, buenos días!", "greeting", ES),
        ("Gracias", "thanks", ES),
        ("¿Quién eres?", "about", ES),
    ],
)
def test_small_talk_is_answered_in_its_language(
    question: str, kind: str, language: Language
) -> None:
    for guessed in Language:
        text = _say(question, guessed)
        assert text in {phrases(each).says[kind] for each in Language}
    assert _say(question, language) == phrases(language).says[kind]


def test_a_greeting_before_something_else_is_not_all_that_was_said() -> None:
    assert _say("Oi, conte uma piada") == phrases(PT).says["cannot"]


# What the person told ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "told", "asked", "expected"),
    [
        (PT, "Oi, me chamo Zilá e vendo muito.", "Como eu me chamo?", "Você se chama Zilá."),
        (PT, "meu nome é Zilá.", "Qual o meu nome?", "Você se chama Zilá."),
        (
            PT,
            "Bom dia! Minha região é o Sul e meu gerente se chama Quincas.",
            "Você lembra qual é a minha região?",
            "Você me disse que sua região é o Sul.",
        ),
        (
            PT,
            "Bom dia! Minha região é o Sul e meu gerente se chama Quincas.",
            "Quem é meu gerente?",
            "Você me disse que seu gerente se chama Quincas.",
        ),
        (
            PT,
            "Meu chefe é meu irmão.",
            "quem é o meu chefe",
            "Você me disse que seu chefe é meu irmão.",
        ),
        (EN, "My name's Wilberforce.", "What is my name?", "Your name is Wilberforce."),
        (
            EN,
            "My favourite colour is teal.",
            "What's my favourite colour?",
            "You told me that your favourite colour is teal.",
        ),
        (ES, "Me llamo Casilda.", "¿Cómo me llamo?", "Usted se llama Casilda."),
        (
            ES,
            "Mi zona es el Centro, y me gusta.",
            "¿Cuál es mi zona?",
            "Usted me dijo que su zona es el Centro, y me gusta.",
        ),
    ],
)
def test_what_was_told_is_told_again(
    language: Language, told: str, asked: str, expected: str
) -> None:
    assert _say(asked, language, told) == expected


def test_the_newest_statement_wins() -> None:
    told = ("Minha região é o Sul.", "Minha região é o Norte. Na verdade, minha região é o Leste!")

    assert _say("Qual é a minha região?", PT, *told) == "Você me disse que sua região é o Leste."


def test_the_order_is_by_time_and_not_by_place() -> None:
    subject = _subject(
        "Qual é a minha região?", PT, "Minha região é o Sul.", "Minha região é o Norte."
    )
    shuffled = Subject(
        question=subject.question,
        language=PT,
        today=subject.today,
        memory=tuple(reversed(subject.memory)),
    )

    assert _ask(_request(shuffled)).text == "Você me disse que sua região é o Norte."


def test_only_the_person_tells_about_the_person() -> None:
    said = Remembered(
        role="assistant", text="Minha região é o Sul.", at="2026-11-01T10:00:00Z", source="recent"
    )
    subject = Subject(
        question="Qual é a minha região?", language=PT, today=date(2026, 11, 24), memory=(said,)
    )

    assert _ask(_request(subject)).text == "Você ainda não me disse isso sobre sua região."


@pytest.mark.parametrize("language", Language)
def test_a_stored_name_serves_until_another_is_told(language: Language) -> None:
    asked = {PT: "Como me chamo?", EN: "Who am I?", ES: "¿Cómo me llamo?"}[language]
    told = {PT: "Me chamo Ovídia.", EN: "My name is Ovídia.", ES: "Me llamo Ovídia."}[language]

    assert _say(asked, language) == phrases(language).says["name_unknown"]
    assert "Belarmino" in _say(asked, language, user_name="Belarmino")
    assert "Ovídia" in _say(asked, language, told, user_name="Belarmino")


def test_a_decomposed_accent_is_the_same_letter() -> None:
    told = "Minha regia\u0303o e\u0301 o Sul."

    assert _say("Qual é a minha região?", PT, told) == "Você me disse que sua região é o Sul."


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [
        (PT, "Minha região é o Sul.", "Anotado: sua região é o Sul."),
        (PT, "Meu nome é Zilá, tudo bem?", "Prazer, Zilá! Vou lembrar do seu nome."),
        (EN, "Our target is growth.", "Noted: your target is growth."),
        (ES, "Mi zona es el Centro.", "Anotado: su zona es el Centro."),
    ],
)
def test_what_is_told_is_noted(language: Language, question: str, expected: str) -> None:
    assert _say(question, language) == expected


@pytest.mark.parametrize(
    "question",
    ["Meu time e eu vendemos bem", "Minha dúvida é outra", "Será que minha região é o Sul?"],
)
def test_not_everything_with_my_is_a_fact(question: str) -> None:
    assert _say(question) == phrases(PT).says["cannot"]


def test_a_question_after_something_told_is_not_passed_over() -> None:
    noted, rest = _say("Meu nome é Zilá. Você faz café?").split("\n\n")

    assert noted.startswith("Prazer, Zilá!")
    assert rest == phrases(PT).says["cannot"]


# Whatever else -----------------------------------------------------------------------------------


def test_the_words_that_were_not_read_are_named() -> None:
    reading = Reading(
        query=MetricQuery(metrics=("revenue",)),
        language=PT,
        complete=False,
        not_understood=("zebras", "azuis"),
    )

    text = _say("Receita das zebras azuis", PT, reading=reading)

    assert "“zebras”, “azuis”" in text


@given(st.text(max_size=200), st.lists(st.text(max_size=200), max_size=3))
def test_it_always_has_something_to_say(question: str, told: list[str]) -> None:
    for language in Language:
        assert _say(question, language, *told).strip()


def test_pages_of_my_are_read_in_a_moment() -> None:
    """An expression that backtracks without bound would not end."""
    for start in ("meu " * 2_000, "meu " + "a " * 4_000, "qual é o meu " * 600, "." * 8_000):
        assert _say(start, PT, start)


# The router --------------------------------------------------------------------------------------

SCHEMA = {
    "type": "object",
    "properties": {
        "decision": {"type": "string", "enum": ["direct", "sales", "market", "both", "clarify"]},
        "confidence": {"type": "number"},
        "reason": {"type": "string"},
        "answer": {"type": "string"},
    },
    "required": ["decision", "confidence", "reason", "answer"],
    "additionalProperties": False,
}


def _route(plan: Plan, subject: Subject, schema: Mapping[str, Any] = SCHEMA) -> dict[str, Any]:
    request = _request(subject, purpose=Purpose.ROUTE, answer_schema=schema, tools=(SALES, MARKET))
    said: dict[str, Any] = json.loads(_ask(request, plan).text)
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
    said = _route(Plan(calls), _subject("Oi"))

    assert said["decision"] == decision
    assert said["answer"] == (phrases(PT).says["greeting"] if decision == "direct" else "")
    assert isinstance(said["confidence"], float)


def test_a_metric_that_was_read_goes_to_the_analyst() -> None:
    reading = Reading(query=MetricQuery(metrics=("revenue",)), language=PT, complete=False)

    assert _route(Plan(), _subject("Receita?", reading=reading))["decision"] == "sales"


def test_only_possible_decisions_are_taken() -> None:
    schema = {**SCHEMA, "properties": {**SCHEMA["properties"], "decision": {"enum": ["direct"]}}}

    assert _route(Plan(((SALES.name, {}),)), _subject("Q"), schema)["decision"] == "direct"


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
