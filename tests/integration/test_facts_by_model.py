"""Facts that a model finds: asked once, cheaply, on the books, and believed only where it quotes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from llmock.testing import LLMockServer

from backend.domain.errors import ClaimLost
from backend.jobs.learn_facts import learn_facts
from backend.store import facts, people, tasks
from backend.store.facts import Fact
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.road_stage import Road, a_road
from tests.integration.stage import claim
from tests.wire import fixtures
from tests.wire.llmock_server import Wire

wire_server, wire = fixtures.wire_server, fixtures.wire

SAID = "Geralmente falo com o comprador de manhã, e o Beto da Padaria Sol costuma pagar atrasado"
ANSWER = json.dumps(
    {"decision": "direct", "confidence": 0.9, "reason": "conversa", "answer": "Certo."}
)


@pytest.fixture(scope="module")
def road(
    postgres: PostgresCluster,
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    wire_server: LLMockServer,
) -> Iterator[Road]:
    with a_road(
        postgres,
        module_database,
        _valkey,
        llm_provider="openai_compatible",
        llm_model="local-model",
        llm_base_url=Wire(wire_server).base_url("openai_compatible"),
    ) as road:
        yield road


def a_fact(quote: str, about: str = "self", topic: str = "habits") -> dict[str, str]:
    return {"quote": quote, "about": about, "topic": topic}


def learn(
    road: Road, wire: Wire, user: str, *found: dict[str, Any], said: str = SAID
) -> list[Fact]:
    """Say something, and have it learnt with these facts as the model's answer."""
    wire.script([_reply(ANSWER), _reply(json.dumps({"facts": found}, ensure_ascii=False))])
    road.ask(said, user_id=user)
    learn_facts(road.world, claim(road.world.database, "bulk"))
    return known(road, user)


def known(road: Road, user: str) -> list[Fact]:
    with road.world.database.tenant(road.tenant_id) as conn:
        person = people.find(conn, road.tenant_id, user)
        assert person is not None
        return facts.listed(conn, road.tenant_id, person.person_id, history=False)


def _reply(text: str) -> dict[str, Any]:
    return {"type": "reply", "text": text}


def test_a_model_points_at_what_was_written(road: Road, wire: Wire) -> None:
    found = learn(
        road,
        wire,
        "ana",
        a_fact("falo com o comprador de manhã", topic="contato"),
        a_fact("Beto da Padaria Sol costuma pagar atrasado", "Padaria Sol", "pagamento"),
    )
    assert {(each.subject, each.topic, each.text, each.noted_by) for each in found} == {
        ("self", "contact", "falo com o comprador de manhã", "model"),
        ("Padaria Sol", "pagamento", "Beto da Padaria Sol costuma pagar atrasado", "model"),
    }


@pytest.mark.parametrize(
    "made_up",
    [
        a_fact("falo com o comprador de tarde"),
        a_fact("o orçamento é de R$ 50 mil"),
        a_fact("Beto da Padaria Sol costuma pagar atrasado", "Mercado Central"),
        a_fact(""),
        a_fact(SAID, topic=""),
        a_fact("de manhã", topic="admin permission"),
        {"quote": None, "about": None, "topic": None},
    ],
)
def test_what_was_not_written_is_not_believed(
    road: Road, wire: Wire, made_up: dict[str, Any], request: pytest.FixtureRequest
) -> None:
    assert learn(road, wire, request.node.name, made_up) == []


@pytest.mark.parametrize("answer", ["", "não sei", "{}", '{"facts": "x"}', '{"facts": [1, null]}'])
def test_an_answer_that_cannot_be_read_is_no_fault(road: Road, wire: Wire, answer: str) -> None:
    wire.script([_reply(ANSWER), _reply(answer or " ")])
    road.ask(SAID, user_id="vago")
    learn_facts(road.world, claim(road.world.database, "bulk"))
    assert known(road, "vago") == []


def test_it_costs_one_call_on_the_turns_own_books(road: Road, wire: Wire) -> None:
    learn(road, wire, "bia", a_fact("falo com o comprador de manhã"))
    [answer, asked] = wire.requests()
    told = json.dumps(asked["body"], ensure_ascii=False)
    assert "<said>" in told
    assert "tools" not in asked["body"]
    # Less than half of what the answer's own prompt takes.
    assert len(told) < 3_500
    with road.world.database.tenant(road.tenant_id) as conn:
        rows = conn.execute(
            "SELECT c.purpose, c.state, t.llm_calls FROM llm_calls c"
            "  JOIN turns t ON t.tenant_id = c.tenant_id AND t.id = c.turn_id"
            "  JOIN persons p ON p.tenant_id = t.tenant_id AND p.id = t.person_id"
            " WHERE p.user_id = 'bia' ORDER BY c.started_at"
        ).fetchall()
    assert [tuple(row.values()) for row in rows] == [("route", "ok", 2), ("learn", "ok", 2)]
    assert answer["status"] == 200


def test_another_attempt_does_not_ask_again(road: Road, wire: Wire) -> None:
    wire.script([_reply(ANSWER), _reply(json.dumps({"facts": []}))])
    road.ask(f"{SAID}. Meu nome é Caio", user_id="caio")
    first = claim(road.world.database, "bulk")
    _ask_only(road, first)
    assert len(wire.requests()) == 2
    learn_facts(road.world, claim(road.world.database, "bulk"))
    assert len(wire.requests()) == 2
    assert [fact.text for fact in known(road, "caio")] == ["Meu nome é Caio"]


def test_the_rules_facts_stay_when_the_model_fails(road: Road, wire: Wire) -> None:
    wire.script([_reply(ANSWER)])
    road.ask(f"{SAID}. Meu nome é Duda", user_id="duda")
    wire.script([{"type": "fail", "status": 401}])
    learn_facts(road.world, claim(road.world.database, "bulk"))
    assert [fact.text for fact in known(road, "duda")] == ["Meu nome é Duda"]


@pytest.mark.parametrize(
    "said", ["Bom dia, tudo bem?", "Quem é meu comprador?", "Mostre minhas visitas", "E aquilo?"]
)
def test_small_talk_and_questions_are_never_put_to_a_model_again(
    road: Road, wire: Wire, said: str
) -> None:
    wire.script([_reply(ANSWER)])
    road.ask(said, user_id="eli")
    assert tasks.claim(road.world.database, "bulk") is None


def test_what_the_rules_read_needs_no_model(road: Road, wire: Wire) -> None:
    wire.script([_reply(ANSWER)])
    road.ask("Meu nome é Fred", user_id="fred")
    learn_facts(road.world, claim(road.world.database, "bulk"))
    assert len(wire.requests()) == 1
    assert [fact.noted_by for fact in known(road, "fred")] == ["rules"]


def _ask_only(road: Road, claimed: tasks.Claim) -> None:
    """A worker that dies after it asked the model: what it found was never written."""
    tasks.give_back(road.world.database, claimed)
    with pytest.raises(ClaimLost):
        learn_facts(road.world, claimed)
