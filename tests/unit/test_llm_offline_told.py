"""What a person told the offline model about themselves, and asks for again."""

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


def test_a_question_after_something_told_is_not_passed_over() -> None:
    noted, rest = say("Meu nome é Zilá. Você faz café?").split("\n\n")

    assert noted.startswith("Prazer, Zilá!")
    assert rest == phrases(PT).says["cannot"]
