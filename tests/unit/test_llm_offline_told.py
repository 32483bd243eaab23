"""What a person told the offline model about themselves, and asks for again."""

from dataclasses import replace
from datetime import date

import pytest

from backend.domain.chat import Remembered, Subject
from backend.domain.language import Language
from backend.llm.offline.phrases import phrases
from tests.unit.offline_stage import EN, ES, PT, a_request, a_subject, ask, say


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
    assert say(asked, language, told) == expected


def test_the_newest_statement_wins() -> None:
    told = ("Minha região é o Sul.", "Minha região é o Norte. Na verdade, minha região é o Leste!")

    assert say("Qual é a minha região?", PT, *told) == "Você me disse que sua região é o Leste."


def test_the_order_is_by_time_and_not_by_place() -> None:
    subject = a_subject(
        "Qual é a minha região?", PT, "Minha região é o Sul.", "Minha região é o Norte."
    )
    shuffled = Subject(
        question=subject.question,
        language=PT,
        today=subject.today,
        memory=tuple(reversed(subject.memory)),
    )

    assert ask(a_request(shuffled)).text == "Você me disse que sua região é o Norte."


def test_only_the_person_tells_about_the_person() -> None:
    said = Remembered(
        role="assistant", text="Minha região é o Sul.", at="2026-11-01T10:00:00Z", source="recent"
    )
    subject = Subject(
        question="Qual é a minha região?", language=PT, today=date(2026, 11, 24), memory=(said,)
    )

    assert ask(a_request(subject)).text == "Você ainda não me disse isso sobre sua região."


@pytest.mark.parametrize("language", Language)
def test_a_stored_name_serves_until_another_is_told(language: Language) -> None:
    asked = {PT: "Como me chamo?", EN: "Who am I?", ES: "¿Cómo me llamo?"}[language]
    told = {PT: "Me chamo Ovídia.", EN: "My name is Ovídia.", ES: "Me llamo Ovídia."}[language]

    assert say(asked, language) == phrases(language).says["name_unknown"]
    assert "Belarmino" in say(asked, language, user_name="Belarmino")
    assert "Ovídia" in say(asked, language, told, user_name="Belarmino")


def test_a_decomposed_accent_is_the_same_letter() -> None:
    told = "Minha regia\u0303o e\u0301 o Sul."

    assert say("Qual é a minha região?", PT, told) == "Você me disse que sua região é o Sul."


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
    assert say(question, language) == expected


@pytest.mark.parametrize(
    "question",
    ["Meu time e eu vendemos bem", "Minha dúvida é outra", "Será que minha região é o Sul?"],
)
def test_not_everything_with_my_is_a_fact(question: str) -> None:
    assert say(question) == phrases(PT).says["cannot"]


def a_fact(text: str, *, topic: str, subject: str = "self", score: float = 0.0) -> Remembered:
    return Remembered(
        role="user",
        text=text,
        at="2026-10-03T10:00:00-03:00",
        source="fact",
        score=score,
        why={"fact": "1", "subject": subject, "topic": topic},
    )


def with_facts(question: str, *facts: Remembered, language: Language = PT, told: str = "") -> str:
    subject = a_subject(question, language, *([told] if told else []))
    return ask(a_request(replace(subject, memory=(*subject.memory, *facts)))).text


def test_a_kept_fact_is_quoted_with_its_date() -> None:
    budget = a_fact("Orçamento aprovado até R$ 50 mil", topic="budget")
    shop = a_fact("A Padaria Sol fecha às segundas", topic="fecha", subject="Padaria Sol", score=1)

    assert with_facts("Qual meu orçamento?", budget) == (
        "Está anotado, em 03/10/2026: “Orçamento aprovado até R$ 50 mil”."
    )
    assert "“A Padaria Sol fecha às segundas”" in with_facts("Quando a Padaria Sol fecha?", shop)
    # Somebody else's budget is not the person's own.
    other = replace(budget, why={"subject": "Padaria Sol", "topic": "budget"})
    assert "ainda não me disse" in with_facts("Qual meu orçamento?", other)


def test_a_kept_fact_that_is_newer_than_what_was_said_wins() -> None:
    older = "Meu orçamento é 30 mil."
    fact = replace(a_fact("Orçamento até 50 mil", topic="budget"), at="2026-12-03T10:00:00-03:00")

    assert "50 mil" in with_facts("Qual é o meu orçamento?", fact, told=older)
    earlier = replace(fact, at="2026-10-03T10:00:00-03:00")
    assert "30 mil" in with_facts("Qual é o meu orçamento?", earlier, told=older)


@pytest.mark.parametrize(
    ("language", "me", "shop"),
    [
        (PT, "O que você sabe sobre mim?", "O que você lembra da Padaria Sol?"),
        (EN, "What do you know about me?", "What do you remember about Padaria Sol?"),
        (ES, "¿Qué sabe sobre mí?", "¿Qué sabes de la Padaria Sol?"),
    ],
)
def test_all_that_is_kept_about_somebody_is_listed(language: Language, me: str, shop: str) -> None:
    facts = (
        a_fact("me chamo Ana", topic="name"),
        a_fact("fecha às segundas", topic="fecha", subject="Padaria Sol"),
    )

    assert with_facts(me, *facts, language=language).count("“") == 1
    assert "me chamo Ana" in with_facts(me, *facts, language=language)
    assert "fecha às segundas" in with_facts(shop, *facts, language=language)
    assert with_facts(shop, language=language) == phrases(language).says["known_nothing"]


def test_what_will_be_kept_is_said_so() -> None:
    subject = replace(
        a_subject("A Padaria Sol fecha às segundas", PT), noted=("A Padaria Sol fecha",)
    )

    assert ask(a_request(subject)).text == "Anotado: “A Padaria Sol fecha”."


def test_a_question_after_something_told_is_not_passed_over() -> None:
    noted, rest = say("Meu nome é Zilá. Você faz café?").split("\n\n")

    assert noted.startswith("Prazer, Zilá!")
    assert rest == phrases(PT).says["cannot"]
