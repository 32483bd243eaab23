"""What an answer costs in calls and in prompt, counted where the calls arrive.

The road of one process, with a model of one's own behind the fake of tests/wire.
"""

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from llmock.testing import LLMockServer

from backend.answering.answer_turn import answer_turn
from backend.domain.identity import TenantId
from backend.jobs.remember_turn import remember_turn
from backend.store import turns
from ops.load.history import give_history
from tests.conftest import LOOPBACK, MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.road_stage import Road, a_road
from tests.integration.stage import a_tenant, ask, claim, opened
from tests.wire import fixtures
from tests.wire.fixtures import ModelMaker
from tests.wire.llmock_server import Wire

wire_server, wire, model_at = fixtures.wire_server, fixtures.wire, fixtures.model_at

SALES = "Quais foram as vendas do mês passado?"
BOTH = "Vendas de outubro e o dólar"
MARKET = "Qual foi o dólar em outubro?"
VAGUE = "O negócio vai bem?"
OCTOBER = {"from": "2026-10-01", "to": "2026-10-31"}
SALES_CALL = {
    "type": "reply",
    "tool_calls": [
        {"name": "sales_query_metrics", "arguments": {"metrics": ["revenue"], **OCTOBER}}
    ],
}
MARKET_CALL = {
    "type": "reply",
    "tool_calls": [{"name": "market_get_series", "arguments": {"series": "dollar", **OCTOBER}}],
}
#: Without figures, so that there is nothing to object to.
TEXT = {"type": "reply", "text": "Pronto, está conferido."}


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
        # What the model costs where it is asked; certain questions would not ask it.
        fast_path="off",
    ) as road:
        yield road


@pytest.mark.parametrize(
    ("question", "script", "decision", "by"),
    [
        ("Obrigado!", ["direct"], "direct", "model"),
        ("E aquilo?", ["clarify"], "clarify", "model"),
        ("Escreva um poema sobre gatos", ["refuse"], "refuse", "model"),
        ("Quero falar com uma pessoa", ["handoff", TEXT], "handoff", "model"),
        (SALES, [SALES_CALL, TEXT], "sales", "rules"),
        (VAGUE, ["sales", SALES_CALL, TEXT], "sales", "model"),
        (MARKET, [MARKET_CALL, TEXT], "market", "rules"),
        (VAGUE, ["market", MARKET_CALL, TEXT], "market", "model"),
        (BOTH, [SALES_CALL, TEXT, MARKET_CALL, TEXT], "both", "rules"),
        (VAGUE, ["both", SALES_CALL, TEXT, MARKET_CALL, TEXT], "both", "model"),
    ],
    ids=[
        *("direct", "clarify", "refuse", "handoff"),
        *("sales", "sales-by-model", "market", "market-by-model", "both", "both-by-model"),
    ],
)
def test_an_answer_costs_no_call_more_than_its_kind(
    road: Road,
    wire: Wire,
    request: pytest.FixtureRequest,
    question: str,
    script: list[Any],
    decision: str,
    by: str,
) -> None:
    """A string in a script is the router's decision, told together with an answer."""
    wire.script([_decides(step) if isinstance(step, str) else step for step in script])

    body = road.ask(question, user_id=request.node.name)

    assert (body["route"]["decision"], body["route"]["by"]) == (decision, by)
    assert len(wire.requests()) == len(script)
    assert body["usage"]["llm_calls"] == len(script)
    # Nothing besides completions: no counting of tokens, no list of models.
    assert {call["path"] for call in wire.requests()} == {"/v1/chat/completions"}
    wire.judge()


def test_a_certain_question_costs_no_call(road: Road, wire: Wire) -> None:
    certain = replace(road, world=replace(road.world, fast_path=True))
    body = certain.ask(SALES, user_id="certain")
    assert wire.requests() == []
    assert body["model"] == "metric-engine"
    assert body["usage"] == {
        **dict.fromkeys(("llm_calls", "input_tokens", "cached_input_tokens", "output_tokens"), 0),
        "cost_usd": "0.000000",
        "priced": True,
    }


def test_prompts_do_not_grow_with_the_history(
    road: Road, wire: Wire, module_database: MigratedDatabase
) -> None:
    sizes: dict[int, list[int]] = {}
    tokens: dict[int, int] = {}
    # Ten turns would leave recall less to find than it may tell.
    for number in (40, 1_000):
        user = f"with-{number}"
        with opened(module_database.owner_dsn) as owner:
            give_history(owner, road.tenant_id, user, number)
        wire.script([SALES_CALL, TEXT])

        body = road.ask(SALES, user_id=user)

        assert {line["source"] for line in body["memory"]} == {"recent", "recall"}
        sizes[number] = [len(json.dumps(call["body"])) for call in wire.requests()]
        tokens[number] = body["usage"]["input_tokens"]
        wire.reset()

    assert len(sizes[1_000]) == len(sizes[40]) == 2
    for short, long in zip(sizes[40], sizes[1_000], strict=True):
        assert long <= short * 1.02
    assert tokens[1_000] <= tokens[40] * 1.02


def test_nothing_else_is_called_while_an_answer_is_made(
    road: Road, wire: Wire, model_at: ModelMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No telemetry, no price list, no look-up of a version."""
    # A model that has no connection yet, so that something is reached at all.
    model = model_at("openai_compatible", wire.base_url("openai_compatible"))
    road = replace(road, world=replace(road.world, model=model))
    reached: list[object] = []
    guarded = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> None:
        reached.append(address if isinstance(address, str) else address[0])
        guarded(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket, "getaddrinfo", _noting(reached, socket.getaddrinfo))
    wire.script([_decides("both"), SALES_CALL, TEXT, MARKET_CALL, TEXT])

    body = road.ask(VAGUE, user_id="watched")

    assert body["usage"]["llm_calls"] == len(wire.requests()) == 5
    assert reached
    assert set(reached) <= set(LOOPBACK)


def test_a_prompt_holds_the_words_of_nobody_else(
    road: Road, wire: Wire, module_database: MigratedDatabase
) -> None:
    with opened(module_database.owner_dsn) as owner:
        stranger = a_tenant(owner, "Outra empresa")
    said = {
        (road.tenant_id, "ana"): "O apelido do meu cliente favorito é Jabuticaba Azul",
        (road.tenant_id, "bia"): "O apelido do meu cliente favorito é Pinhão Verde",
        # Another tenant's person of the same name.
        (stranger.id, "ana"): "O apelido do meu cliente favorito é Caju Vermelho",
    }
    for (tenant_id, user), text in said.items():
        _told(road, wire, tenant_id, user, text, conversation="antes")
    wire.reset()

    for (tenant_id, user), text in said.items():
        question = "Qual é o apelido do meu cliente favorito?"
        prompts = _told(road, wire, tenant_id, user, question, conversation="depois")
        nicknames = {own.rpartition(" é ")[2] for own in said.values()}
        assert {name for name in nicknames if name in prompts} == {text.rpartition(" é ")[2]}


def _told(
    road: Road, wire: Wire, tenant_id: TenantId, user: str, text: str, *, conversation: str
) -> str:
    """Say something, have it answered and remembered; returns every prompt that this took."""
    wire.reset()
    wire.script([_decides("direct")])
    database = road.world.database
    accepted = ask(database, tenant_id, text, user_id=user, conversation=conversation)
    remembering = answer_turn(road.world, claim(database))
    assert remembering is not None
    remember_turn(database, road.world.embedder, remembering)
    turn = turns.find(database, tenant_id, accepted.turn_id)
    assert turn is not None
    assert UUID(str(turn.id)) == accepted.turn_id
    assert turn.answer is not None
    return json.dumps([call["body"] for call in wire.requests()], ensure_ascii=False)


def _decides(decision: str) -> dict[str, Any]:
    decided = {
        "decision": decision,
        "confidence": 0.9,
        "reason": "por palavras",
        "answer": "Às ordens." if decision in ("direct", "clarify", "refuse") else "",
    }
    return {"type": "reply", "text": json.dumps(decided, ensure_ascii=False)}


def _noting(reached: list[object], look_up: Any) -> Any:
    def noted(host: object, *more: Any, **named: Any) -> Any:
        reached.append(host)
        return look_up(host, *more, **named)

    return noted
