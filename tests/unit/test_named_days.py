"""Which days a question is about, when it is about what was said."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.semantic.named_days import named_days

ZONE = ZoneInfo("America/Sao_Paulo")
TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("question", "first", "after"),
    [
        ("O que combinamos com a União em março?", "2026-03-01", "2026-04-01"),
        ("O que eu te contei no dia 3 de julho?", "2026-07-03", "2026-07-04"),
        ("O que eu falei ontem sobre o Bom Preço?", "2026-11-24", "2026-11-25"),
        ("What did I report last week about Northgate?", "2026-11-16", "2026-11-23"),
        ("What happened at the Anchor in May 2023?", "2023-05-01", "2023-06-01"),
        ("¿Qué acordamos con Quebrada en mayo?", "2026-05-01", "2026-06-01"),
    ],
)
def test_the_days_of_a_question(question: str, first: str, after: str) -> None:
    [(since, until)] = named_days(question, TODAY, ZONE)
    assert since == datetime.fromisoformat(first).replace(tzinfo=ZONE)
    assert until == datetime.fromisoformat(after).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    "question",
    ["Quem toma a decisão na Padaria?", "May I visit the Anchor?", "até março", "", "a" * 5_000],
)
def test_a_question_without_days(question: str) -> None:
    assert named_days(question, TODAY, ZONE) == []
