"""Facts over the whole road: told in one talk, known in another, closed by newer ones."""

from collections.abc import Iterator
from typing import Any

import pytest

from backend.domain.identity import PersonId
from backend.jobs.learn_facts import learn_facts
from backend.jobs.remember_turn import remember_turn
from backend.store import facts, people
from backend.store.facts import Fact
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.road_stage import Road, a_road
from tests.integration.stage import claim


@pytest.fixture(scope="module")
def road(
    postgres: PostgresCluster, module_database: MigratedDatabase, _valkey: ValkeyUrl
) -> Iterator[Road]:
    with a_road(postgres, module_database, _valkey) as road:
        yield road


def tell(road: Road, text: str, *, user: str, learns: bool = True) -> dict[str, Any]:
    """Ask, and let the worker do all that follows."""
    body = road.ask(text, user_id=user)
    remember_turn(road.world.database, road.world.embedder, road.follow_ups.pop())
    if learns:
        learn_facts(road.world, claim(road.world.database, "bulk"))
    return body


def known(road: Road, user: str, *, history: bool = False) -> list[Fact]:
    with road.world.database.tenant(road.tenant_id) as conn:
        person = people.find(conn, road.tenant_id, user)
        assert person is not None
        return facts.listed(conn, road.tenant_id, PersonId(person.person_id), history=history)


def texts(found: list[Fact]) -> list[str]:
    return [fact.text for fact in found]


def chatter(road: Road, user: str) -> None:
    """As many turns as push everything before out of the recent ones."""
    for number in range(7):
        tell(road, f"E o número {number} da lista?", user=user, learns=False)


@pytest.mark.parametrize(
    ("user", "told", "asked", "expected"),
    [
        ("ana", "Oi, meu nome é Ana Zilda", "Como eu me chamo?", "Você se chama Ana Zilda."),
        (
            "bruno",
            "Orçamento aprovado até R$ 50 mil",
            "Qual meu orçamento?",
            "“Orçamento aprovado até R$ 50 mil”",
        ),
        (
            "clara",
            "A Padaria Sol fecha às segundas",
            "Quando a Padaria Sol fecha?",
            "“A Padaria Sol fecha às segundas”",
        ),
        ("dora", "I prefer calls in the afternoon", "When do I prefer calls?", "in the afternoon"),
        ("elio", "Mi presupuesto es de 50 mil dólares", "¿Cuál es mi presupuesto?", "50 mil"),
    ],
)
def test_what_was_told_long_ago_is_told_again(
    road: Road, user: str, told: str, asked: str, expected: str
) -> None:
    tell(road, told, user=user)
    chatter(road, user)
    body = tell(road, asked, user=user, learns=False)
    assert expected in body["response"], body["response"]
    assert any(line["source"] == "fact" for line in body["memory"])
