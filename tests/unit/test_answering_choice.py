"""A short reply picks one of the readings that were asked about; any other is a new question."""

from datetime import date
from typing import Any

import pytest

from backend.answering.choice import chosen
from backend.domain.sales import MetricQuery
from tests.unit.semantic_model import MODEL

OCTOBER: dict[str, Any] = {"from_date": date(2026, 10, 1), "to_date": date(2026, 10, 31)}
STATE = MetricQuery(metrics=("revenue",), filters={"state": ("São Paulo",)}, **OCTOBER)
CITY = MetricQuery(metrics=("revenue",), filters={"city": ("São Paulo",)}, **OCTOBER)
PLACES = (STATE, CITY)
SELLERS = tuple(
    MetricQuery(metrics=("revenue",), filters={"seller": (name,)}, **OCTOBER)
    for name in ("Ana Souza", "Ana Lima")
)


@pytest.mark.parametrize(
    ("reply", "picked"),
    [
        ("1", STATE),
        ("a primeira", STATE),
        ("O primeiro, por favor.", STATE),
        ("the first one", STATE),
        ("el primero", STATE),
        ("one", STATE),
        ("estado", STATE),
        ("Quis dizer o ESTADO de São Paulo", STATE),
        ("number two", CITY),
        ("opção 2", CITY),
        ("a segunda opção", CITY),
        ("a cidade", CITY),
        ("yes, the city", CITY),
        ("sí, la ciudad", CITY),
    ],
)
def test_a_place_or_a_name_picks_a_reading(reply: str, picked: MetricQuery) -> None:
    assert chosen(reply, PLACES, MODEL) is picked


@pytest.mark.parametrize(
    "reply",
    [
        # Questions of their own, though they hold a place or a name.
        "vendas por cidade em setembro",
        "cidade em setembro",
        "pedidos por estado",
        "pedidos de um cliente",
        "e os dois maiores?",
        "quarta-feira vendemos quanto",
        "na segunda",
        "segunda-feira",
        "a cidade de Campinas",
        # No choice, or none of these.
        "São Paulo",
        "não, o estado",
        "nenhuma das duas",
        "a cidade e o estado",
        "1 e 2",
        "a terceira",
        "?",
        "",
        "a cidade " * 9 + "x",
    ],
)
def test_anything_else_is_a_new_question(reply: str) -> None:
    assert chosen(reply, PLACES, MODEL) is None


def test_names_of_one_kind_are_told_apart_by_their_own_words() -> None:
    assert chosen("a Lima", SELLERS, MODEL) is SELLERS[1]
    assert chosen("Ana Souza", SELLERS, MODEL) is SELLERS[0]
    assert chosen("a Ana", SELLERS, MODEL) is None
