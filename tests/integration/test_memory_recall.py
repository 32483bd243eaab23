"""Nothing falls between the recent turns and recall."""

from collections.abc import Iterator

import pytest

from backend.jobs.remember_turn import remember_turn
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.road_stage import Road, a_road


@pytest.fixture
def road(
    postgres: PostgresCluster, database: MigratedDatabase, valkey: ValkeyUrl
) -> Iterator[Road]:
    with a_road(postgres, database, valkey) as road:
        yield road


def remember_all(road: Road) -> None:
    while road.follow_ups:
        remember_turn(road.world.database, road.world.embedder, road.follow_ups.pop())


def test_what_long_answers_push_out_of_the_recent_turns_is_recalled(road: Road) -> None:
    road.ask("meu nome é Ana")
    for _ in range(4):
        road.ask("vendas por cidade e produto este ano")
    remember_all(road)
    body = road.ask("como eu me chamo?")
    assert "Ana" in body["response"]
    assert {line["source"] for line in body["memory"]} == {"recent", "recall"}


def test_recall_reaches_into_other_conversations_of_the_same_person_only(road: Road) -> None:
    road.ask("meu time favorito é o Bahia", user_id="ana")
    road.ask("meu time favorito é o Santos", user_id="bia")
    remember_all(road)
    body = road.ask("qual é o meu time favorito?", user_id="ana")
    said = " ".join(line["text"] for line in body["memory"])
    assert "Bahia" in said
    assert "Santos" not in said + body["response"]
