"""What identifies people or opens doors does not reach a log."""

import pytest

from backend.observe.redact import MOST_CHARACTERS, redact

SECRETS = [
    "123.456.789-09",
    "12345678909",
    "12.345.678/0001-95",
    "12.ABC.345/01DE-35",
    "12345678000195",
    "4111 1111 1111 1111",
    "4111111111111111",
    "3782 822463 10005",
    "+55 11 91234-5678",
    "(11) 91234-5678",
    "ana.souza@empresa.com.br",
    "sk-proj-abcdefghijklmnop123456",
    "sc_AbCdEfGhIjKlMnOpQrStUvWx",
    "Bearer abcdefgh.ijklmnop",
    "postgresql://user:secret@db/x",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_it_is_taken_out_and_the_rest_stays(secret: str) -> None:
    text = redact(f"ligue para {secret} amanhã")
    assert secret not in text
    assert text.startswith("ligue para ")
    assert text.endswith("amanhã")


@pytest.mark.parametrize(
    "text",
    [
        "Quais foram as vendas do mês passado?",
        "R$ 1.234.567,89 em 42 contratos",
        "de 01/10/2026 a 31/10/2026",
        "top 10",
    ],
)
def test_ordinary_questions_stay_readable(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "attack", ["a@" * 50_000, "1" * 100_000, "A" * 100_000, "x://" * 30_000, "a." * 50_000 + "@"]
)
def test_a_giant_text_is_cut_before_it_is_searched(attack: str) -> None:
    assert len(redact(attack)) <= MOST_CHARACTERS * 8
