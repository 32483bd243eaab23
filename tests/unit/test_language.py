"""The language of a text, from its own words; a short one goes on in the conversation's."""

import pytest

from backend.domain.language import Language
from backend.semantic.language import detect_language

PT, EN, ES = Language.PORTUGUESE, Language.ENGLISH, Language.SPANISH


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Quanto a gente vendeu ontem?", PT),
        ("me manda os pedidos de março", PT),
        ("Como está a região Norte?", PT),
        ("obrigado, bom dia", PT),
        ("meu time é o Santos", PT),
        ("How much did we sell yesterday?", EN),
        ("thanks, and by seller?", EN),
        ("my team is good at this", EN),
        ("give me the orders of the week", EN),
        ("¿Cuánto vendimos ayer?", ES),
        ("muéstrame los pedidos del mes pasado", ES),
        ("y por región", ES),
        ("mi equipo está muy bien", ES),
        ("la tasa de conversión de este año", ES),
    ],
)
@pytest.mark.parametrize("default", Language)
def test_clear_texts_do_not_depend_on_the_default(
    text: str, language: Language, default: Language
) -> None:
    assert detect_language(text, default) is language


@pytest.mark.parametrize("text", ["", "?!", "2025?", "top 5", "WhatsApp", "123 456", "ok"])
@pytest.mark.parametrize("default", Language)
def test_texts_that_tell_nothing_keep_the_default(text: str, default: Language) -> None:
    assert detect_language(text, default) is default


def test_portuguese_is_where_a_conversation_begins() -> None:
    assert detect_language("2025?") is PT
