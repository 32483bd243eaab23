"""An attempt that fails leaves its trace: the steps it took, the tools it called, how it ended."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from backend.answering.answer_turn import answer_turn, fail_turn
from backend.answering.world import World
from backend.domain.chat import ChatReply, ChatRequest
from backend.domain.errors import ModelUnavailable, StoreUnavailable
from backend.domain.ports import ChatModel, OnText
from backend.domain.turns import TurnStatus
from backend.llm import retries
from backend.store import tasks, turns, views
from backend.store.views import Row
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.link import free_port
from tests.integration.road_stage import Road, a_road
from tests.integration.stage import ask, claim

QUESTION = "Quais foram as vendas do mês passado?"


@pytest.fixture(scope="module")
def road(
    postgres: PostgresCluster, module_database: MigratedDatabase, _valkey: ValkeyUrl
) -> Iterator[Road]:
    with a_road(postgres, module_database, _valkey, fast_path="off") as road:
        yield road


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A model that is there until it has seen a tool's answer."""

    model: ChatModel
    error: Exception

    @property
    def name(self) -> str:
        return self.model.name

    @property
    def provider(self) -> str:
        return self.model.provider

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        reply = self.model.complete(request, on_text)
        if not reply.tool_requests:
            raise self.error
        return reply


def test_a_turn_whose_model_is_down(
    postgres: PostgresCluster,
    database: MigratedDatabase,
    valkey: ValkeyUrl,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.01)
    closed = f"http://127.0.0.1:{free_port()}/v1"
    with a_road(
        postgres,
        database,
        valkey,
        llm_provider="openai_compatible",
        llm_model="gone",
        llm_base_url=closed,
        fast_path="off",
    ) as road:
        trace = _failed(road, road.world, ModelUnavailable)

    kinds = [(step["kind"], step["name"]) for step in trace["steps"]]
    assert kinds[:4] == [
        ("gather", "memory"),
        ("understand", "parser"),
        ("gather", "recall"),
        ("route", "decided"),
    ]
    assert kinds[-2:] == [("agent", "analyst"), ("record", "failure")]
    assert trace["steps"][3]["detail"]["decision"] == "sales"
    assert trace["steps"][-1]["detail"] == {"error": "model_unavailable"}
    assert trace["tool_calls"] == []
    assert {call["error_code"] for call in trace["llm_calls"]} == {"model_unavailable"}


def test_a_turn_whose_model_leaves_after_a_tool_was_called(road: Road) -> None:
    world = replace(road.world, model=Leaving(model=road.world.model, error=ModelUnavailable()))
    trace = _failed(road, world, ModelUnavailable)

    (call,) = trace["tool_calls"]
    assert (call["name"], call["ok"]) == ("sales_query_metrics", True)
    assert call["arguments"]["from"] == "2026-10-01"
    assert "SELECT" in call["sql"]
    assert trace["steps"][-1]["detail"] == {"error": "model_unavailable"}


def test_every_attempt_is_told_and_the_answer_is_the_last(road: Road) -> None:
    world = replace(road.world, model=Leaving(model=road.world.model, error=RuntimeError("x")))
    accepted = ask(road.world.database, road.tenant_id, QUESTION, user_id="again")
    first = claim(road.world.database)
    with pytest.raises(RuntimeError, match="x"):
        answer_turn(world, first)
    tasks.retry(road.world.database, first, delay=timedelta(0), error_code="internal")
    answer_turn(road.world, claim(road.world.database))

    trace = _trace(road, accepted.turn_id)
    assert {step["attempt"] for step in trace["steps"]} == {1, 2}
    assert [call["attempt"] for call in trace["tool_calls"]] == [1, 2]
    ends = [step["detail"] for step in trace["steps"] if step["kind"] == "record"]
    assert ends == [{"error": "internal"}]


def test_what_it_failed_of_is_told_also_when_its_trace_cannot_be_kept(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise StoreUnavailable

    monkeypatch.setattr(turns, "record_attempt", away)
    world = replace(road.world, model=Leaving(model=road.world.model, error=ModelUnavailable()))
    assert _failed(road, world, ModelUnavailable)["steps"] == []


def _failed(road: Road, world: World, error: type[Exception]) -> dict[str, list[Row]]:
    """The trace of a turn that is asked, fails with this error, and is closed."""
    accepted = ask(road.world.database, road.tenant_id, QUESTION, user_id=error.__name__)
    claimed = claim(road.world.database)
    with pytest.raises(error) as raised:
        answer_turn(world, claimed)
    fail_turn(world, claimed, _code(raised.value))
    turn = turns.find(road.world.database, road.tenant_id, accepted.turn_id)
    assert turn is not None
    assert (turn.status, turn.error_code) == (TurnStatus.FAILED, _code(raised.value))
    return _trace(road, accepted.turn_id)


def _trace(road: Road, turn_id: Any) -> dict[str, list[Row]]:
    with road.world.database.tenant(road.tenant_id) as conn:
        return views.trace(conn, road.tenant_id, turn_id)


def _code(error: BaseException) -> Any:
    return getattr(error, "code", None)
