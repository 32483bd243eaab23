"""Certain questions are answered without a model, from kept rows where nothing can have changed."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import redis

from backend.answering import result_cache
from backend.answering.answer_turn import answer_turn
from backend.domain.chat import ChatReply, ChatRequest
from backend.domain.ports import OnText
from backend.store import people, turns
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.link import free_port
from tests.integration.road_stage import Road, a_road
from tests.integration.stage import ask, claim

OCTOBER = "Qual foi o faturamento de outubro?"


class NobodyAsked:
    """A configured model that no certain question may reach."""

    name = "gpt-4o-mini"
    provider = "openai"

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        raise AssertionError(f"the model was asked: {request.messages[-1].text}")


@pytest.fixture(scope="module")
def road(
    postgres: PostgresCluster, module_database: MigratedDatabase, _valkey: ValkeyUrl
) -> Iterator[Road]:
    with a_road(postgres, module_database, _valkey) as road:
        yield road


@pytest.fixture(scope="module")
def redis_url(_valkey: ValkeyUrl) -> str:
    return _valkey.url


def test_a_certain_question_asks_no_model_and_says_who_answered(road: Road) -> None:
    modelled = replace(road, world=replace(road.world, model=NobodyAsked()))
    body = modelled.ask(OCTOBER, user_id="certain")
    assert body["model"] == "metric-engine"
    assert body["route"]["decision"] == "sales"
    assert body["route"]["by"] == "rules"
    assert body["usage"]["llm_calls"] == body["tokens_used"] == 0
    assert [call["name"] for call in body["tool_calls"]] == ["sales_query_metrics"]
    assert body["figures"][0]["text"] in body["response"]
    assert body["understood"] == "Faturamento em outubro de 2026 (01/10/2026 a 31/10/2026)"


def test_with_the_path_switched_off_the_model_is_asked(road: Road) -> None:
    """The twin: what keeps the model out is the path, and not the question."""
    world = replace(road.world, model=NobodyAsked(), fast_path=False)
    with pytest.raises(Exception, match=r"went wrong|the model was asked"):
        replace(road, world=world).ask(OCTOBER, user_id="off")


def test_offline_says_that_no_model_is_there(road: Road) -> None:
    assert road.ask(OCTOBER, user_id="offline")["model"] == "offline"


def test_what_may_mean_two_things_is_asked_back_and_then_answered(road: Road) -> None:
    question = "faturamento em São Paulo em outubro"
    asked = road.ask(question, user_id="two")
    assert asked["route"]["decision"] == "clarify"
    assert asked["tool_calls"] == []
    assert "estado: São Paulo" in asked["response"]
    assert "cidade: São Paulo" in asked["response"]
    by_word = road.ask("a cidade", user_id="two")
    assert by_word["tool_calls"][0]["arguments"]["filters"] == {"city": ["São Paulo"]}

    road.ask(question, user_id="three")
    by_number = road.ask("1", user_id="three")
    assert by_number["tool_calls"][0]["arguments"]["filters"] == {"state": ["São Paulo"]}

    road.ask(question, user_id="four")
    other = road.ask("qual foi o faturamento de setembro?", user_id="four")
    assert "filters" not in other["tool_calls"][0]["arguments"]


def test_the_same_rows_are_not_read_twice(road: Road) -> None:
    question = "Quantos pedidos tivemos em maio de 2025?"
    first = road.ask(question, user_id="cache-1")
    again = road.ask("pedidos de maio de 2025", user_id="cache-2")
    assert (first["cached"], again["cached"]) == (False, True)
    assert again["figures"] == first["figures"]
    assert again["cache"]["age_seconds"] >= 0
    assert first["cache"] is None
    assert road.ask("pedidos de junho de 2025", user_id="cache-2")["cached"] is False


def test_bytes_that_somebody_planted_are_not_believed(road: Road, redis_url: str) -> None:
    question = "Quantos pedidos tivemos em março de 2025?"
    true = road.ask(question, user_id="planted")["figures"]
    client = redis.Redis.from_url(redis_url)
    keys = list(client.scan_iter("sales:rows:*"))
    assert keys
    for key in keys:
        kept = client.get(key)
        assert isinstance(kept, bytes)
        client.set(key, kept[:32] + kept[32:].replace(b"1", b"9").replace(b"2", b"8"))
    again = road.ask(question, user_id="planted")
    assert again["cached"] is False
    assert again["figures"] == true


def test_moved_bytes_are_not_believed(road: Road, redis_url: str) -> None:
    """A value of another key is as wrong as a made-up one."""
    client = redis.Redis.from_url(redis_url)
    client.flushdb()
    road.ask("Quantos pedidos tivemos em janeiro de 2025?", user_id="moved")
    [january] = client.scan_iter("sales:rows:*")
    kept = client.get(january)
    february = road.ask("Quantos pedidos tivemos em fevereiro de 2025?", user_id="moved")
    for key in client.scan_iter("sales:rows:*"):
        client.set(key, kept)
    again = road.ask("Quantos pedidos tivemos em fevereiro de 2025?", user_id="moved")
    assert again["figures"] == february["figures"]
    assert again["cached"] is False


def test_without_redis_there_is_no_cache_and_no_failure(
    postgres: PostgresCluster, database: MigratedDatabase
) -> None:
    nowhere = ValkeyUrl(url=f"redis://127.0.0.1:{free_port()}/0")
    with a_road(postgres, database, nowhere) as road:
        first = road.ask(OCTOBER)
        assert first["cached"] is road.ask(OCTOBER)["cached"] is False


def test_two_askers_of_different_scope_share_no_entry(road: Road) -> None:
    """A seller's own rows and everybody's are two questions."""
    tenant_id = road.tenant_id
    with road.world.database.tenant(tenant_id) as conn:
        sellers = road.world.sources.find(conn, tenant_id, None)().layer
        assert sellers is not None
        one, other, *_ = sellers.members.of("seller")
        for user_id, name in (("own-1", one), ("own-2", other)):
            people.describe(
                conn, tenant_id, user_id, role="seller", name=None, attributes={"seller": name}
            )
    question = "Qual foi o faturamento de agosto de 2025?"
    told = [road.ask(question, user_id=user) for user in ("everybody", "own-1", "own-2")]
    assert [body["cached"] for body in told] == [False, False, False]
    assert len({body["figures"][0]["value"] for body in told}) == 3
    assert [road.ask(question, user_id=user)["cached"] for user in ("own-1", "own-2")] == [True] * 2


def test_with_the_scope_left_out_of_the_statement_they_would_share(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the statement in the key is what tells them apart."""
    constant: Any = lambda *_args, **_names: "one key for all"  # noqa: E731
    monkeypatch.setattr(result_cache, "key_of", constant)
    first = road.ask("Qual foi o faturamento de julho de 2025?", user_id="everybody")
    second = road.ask("Qual foi o faturamento de junho de 2025?", user_id="own-1")
    assert second["cached"] is True
    assert second["figures"][0]["value"] == first["figures"][0]["value"]


def test_an_answer_that_cannot_be_told_is_still_remembered(road: Road) -> None:
    world = replace(road.world, publish=_unless_last(road.world.publish))
    accepted = ask(world.database, road.tenant_id, OCTOBER, user_id="untold")
    follow_up = answer_turn(world, claim(world.database))
    assert follow_up is not None
    turn = turns.find(world.database, road.tenant_id, accepted.turn_id)
    assert turn is not None
    assert turn.answer is not None


def _unless_last(publish: Any) -> Any:
    def published(turn_id: Any, events: Any) -> None:
        if any(event.kind.closes for event in events):
            raise OSError("no telling")
        publish(turn_id, events)

    return published
