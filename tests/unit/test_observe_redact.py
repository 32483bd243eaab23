"""What identifies people or opens doors does not reach a log."""

import json
import logging
import re
import unicodedata
from typing import Literal

import pytest
import structlog

from backend.observe import logs
from backend.observe.redact import MOST_CHARACTERS, redact

SECRETS = [
    "123.456.789-09",
    "12345678909",
    "12.345.678/0001-95",
    "12.ABC.345/01DE-35",
    "12345678000195",
    "123456789-09",
    "123 456 789 09",
    "123.456.789.09",
    "12 345 678 0001 95",
    "12ABC34501DE35",
    "12.abc.345/01de-35",
    "4111 1111 1111 1111",
    "4111.1111.1111.1111",
    "4111111111111111",
    "3782 822463 10005",
    "+55 11 91234-5678",
    "+5511912345678",
    "+55 (11) 9 8765-4321",
    "+1 (415) 555-2671",
    "(11) 91234-5678",
    "11 9 1234-5678",
    "011 91234-5678",
    "91234-5678",
    "9 1234-5678",
    "3456-7890",
    "ana.souza@empresa.com.br",
    "joão.silva@empresa.com.br",
    unicodedata.normalize("NFD", "joão.silva@empresa.com.br"),
    "sk-proj-abcdefghijklmnop123456",
    "sc_AbCdEfGhIjKlMnOpQrStUvWx",
    "gsk_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "Bearer abcdefgh.ijklmnop",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_it_is_taken_out_and_the_rest_stays(secret: str) -> None:
    text = redact(f"ligue para {secret} amanhã")
    masked = text.removeprefix("ligue para ").removesuffix(" amanhã")
    assert re.fullmatch(r"\[[A-Za-z-]+\]", masked)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://user:secret@db/x", "[login]@db/x"),
        ("postgresql://user:se:cret@db.example.com/x", "[login]@db.example.com/x"),
        ("redis://:secret@cache:6379/0", "[login]@cache:6379/0"),
    ],
)
def test_of_an_address_only_the_login_is_taken_out(url: str, shown: str) -> None:
    assert redact(f"cannot reach {url}") == f"cannot reach {shown}"


@pytest.mark.parametrize(
    "text",
    [
        "Quais foram as vendas do mês passado?",
        "R$ 1.234.567,89 em 42 contratos",
        "de 01/10/2026 a 31/10/2026",
        "top 10",
        "Qual foi a receita do 3º trimestre de 2026?",
        "Compare 2023 2024 2025 2026 por região",
        "Contratos entre 2025-10-01 e 2026-10-31, acima de R$ 50.000,00",
        "Evolução 2025-2026 mês a mês",
        "O pedido 48213 e o pedido 2026-000123 já foram faturados?",
        "Status do contrato CT-2026-0042, parcela 3/12",
        "Crescemos +12,5% ou +12.345.678 reais sobre 2025?",
        "Faturamento de R$ 123.456.789.012,00 no ano; meta de 1.234.567.890,12",
        "Vendas de 100 200 e 300 unidades às 14:30 de 05/11",
        "What were sales in Q3 2026 vs. Q3 2025, in $1,234,567.89?",
        "¿Cuáles son los 5 mejores clientes de octubre de 2026?",
        "PRODUTOS/2026-10 e TRIMESTRES2026 são nomes de relatório",
        "Vendas em 10/2026: 12345678 unidades, 0,98765 de margem",
    ],
)
def test_ordinary_questions_stay_readable(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize("keep", ["start", "end"])
@pytest.mark.parametrize(
    "piece",
    ["a@", "1", "A", "x://", "a.", "1 ", "1.", "+1-", "eyJ-", "sk-", "x://a:", "é", "a@a.", "1A"],
)
def test_a_giant_text_is_cut_before_it_is_searched(
    piece: str, keep: Literal["start", "end"]
) -> None:
    attack = piece * (100_000 // len(piece))
    assert len(redact(attack, keep)) <= MOST_CHARACTERS * 2
    assert len(redact(attack + "@", keep)) <= MOST_CHARACTERS * 2


def test_the_end_of_a_giant_traceback_is_what_stays() -> None:
    frames = '  File "road.py", line 7, in answer\n    raise ValueError(number)\n' * 500
    text = redact(f"Traceback:\n{frames}ValueError: CPF 123.456.789-09", keep="end")
    assert text.startswith("…\n  ")
    assert text.endswith("ValueError: CPF [CPF]")


def test_half_a_login_at_the_cut_is_dropped_with_its_line() -> None:
    rest = "\n" + "x" * (MOST_CHARACTERS - 10)
    assert redact(f"{'y' * 50} postgresql://user:secret@db/x{rest}", keep="end") == "…" + rest


def test_a_logged_exception_keeps_its_type_and_message(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setattr(logging.getLogger(), "level", logging.WARNING)
    before = structlog.get_config()
    try:
        logs.configure("json", "test")
        try:
            _raise_from_depth(60)
        except RuntimeError:
            structlog.get_logger().exception("http.request_failed")
    finally:
        structlog.configure(**before)
        structlog.contextvars.clear_contextvars()
    line = json.loads(capsys.readouterr().out)
    assert line["exception"].endswith("RuntimeError: no answer for [e-mail]")


def _raise_from_depth(calls: int) -> None:
    """Through two functions in turn: a traceback folds repeated lines of one."""
    if not calls:
        raise RuntimeError("no answer for ana@empresa.com")
    _raise_by_another_way(calls - 1)


def _raise_by_another_way(calls: int) -> None:
    _raise_from_depth(calls)
