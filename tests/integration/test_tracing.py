"""One question is one trace: from HTTP through the queue to the agent, its model and its tools."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest
from opentelemetry import trace as global_tracing
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from opentelemetry.sdk.trace import TracerProvider
from structlog.testing import capture_logs

from backend.answering.answer_turn import answer_turn, fail_turn
from backend.domain.chat import ChatReply, ChatRequest
from backend.domain.errors import ModelUnavailable
from backend.domain.identity import Scope, new_id
from backend.domain.ports import OnText
from backend.observe import collector as collecting
from backend.observe import tracing
from backend.settings import Settings
from backend.store import tenants
from ops.load.fake_model import FakeModel
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.e2e.fake_model import ModelThread, WatchedModel
from tests.integration.api_stage import Door
from tests.integration.link import free_port
from tests.integration.patience import until
from tests.integration.road_stage import TODAY, Road, a_road
from tests.integration.span_collector import Collector, a_collector, attributes
from tests.integration.stage import ask as ask_store
from tests.integration.stage import claim
from tests.wire.garbage import GarbageServer, silence

QUESTION = "Quais foram as vendas do mês passado?"
CPF = "529.982.247-25"
#: A caller that traces, too.
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
CONTENT = {
    "gen_ai.input.messages",
    "gen_ai.output.messages",
    "gen_ai.tool.call.arguments",
    "gen_ai.tool.call.result",
}


class Unmarked(WatchedModel):
    """Whose questions carry no marker."""

    complete = FakeModel.complete


@pytest.fixture(scope="module")
def model() -> Iterator[ModelThread]:
    with ModelThread(Unmarked(TODAY)) as thread:
        yield thread


@pytest.fixture(scope="module")
def road(
    postgres: PostgresCluster,
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    model: ModelThread,
) -> Iterator[Road]:
    with a_road(
        postgres,
        module_database,
        _valkey,
        llm_provider="openai_compatible",
        llm_model="small",
        llm_base_url=model.base_url,
        llm_price_per_million="0.15/0.60",
        fast_path="off",
    ) as road:
        yield road


@pytest.fixture(scope="module")
def door(road: Road, module_database: MigratedDatabase, _valkey: ValkeyUrl) -> Iterator[Door]:
    with capture_logs():
        door = Door(
            database_url=module_database.app_dsn,
            app_redis_url=_valkey.url,
            app_today=TODAY,
        )
        door.start()
        yield door
        door.stop()


@pytest.fixture
def collector() -> Iterator[Collector]:
    with a_collector() as collector:
        yield collector


@contextmanager
def traced(url: str, **settings: Any) -> Iterator[None]:
    """As a process's main() does it, from its settings."""
    chosen = Settings(_env_file=None, otel_exporter_otlp_endpoint=url, **settings)
    tracing.start(process="test", **chosen.tracing)
    try:
        yield
    finally:
        tracing.stop()


def ask(door: Door, road: Road, message: str = QUESTION, **headers: str) -> dict[str, Any]:
    """Ask by HTTP, and answer as a worker does; returns what the door says of the turn."""
    with door.client(_key(road)) as client:
        accepted = client.post(
            "/chat",
            json={"user_id": "123", "message": message, "channel": "web"},
            headers={"Prefer": "respond-async", **headers},
        )
        assert accepted.status_code == 202
        answer_turn(road.world, claim(road.world.database))
        body: dict[str, Any] = client.get(f"/turns/{accepted.json()['turn_id']}").json()
    return body


def test_a_question_is_one_trace_from_the_door_to_the_tool(
    door: Door, road: Road, collector: Collector
) -> None:
    with traced(collector.url, otel_exporter_otlp_headers="x-key=a%20secret"):
        body = ask(door, road, traceparent=CALLER)

    asked = collector.one("POST /chat")
    turn = collector.one("answer turn")
    agent = collector.one("invoke_agent sales")
    assert asked.parent_span_id.hex() == "b7ad6b7169203331"
    assert collector.children(asked) == [turn]
    assert collector.children(turn) == [agent]
    done = collector.children(agent)
    assert [span.name for span in done] == [
        "chat small",
        "execute_tool sales_query_metrics",
        "chat small",
    ]
    for span in (asked, turn, agent, *done):
        assert span.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
        assert span.status.code != Status.STATUS_CODE_ERROR

    assert [span.kind for span in (asked, turn, agent, *done)] == [
        Span.SPAN_KIND_SERVER,
        Span.SPAN_KIND_CONSUMER,
        Span.SPAN_KIND_INTERNAL,
        Span.SPAN_KIND_CLIENT,
        Span.SPAN_KIND_INTERNAL,
        Span.SPAN_KIND_CLIENT,
    ]
    assert attributes(asked) == {
        "http.request.method": "POST",
        "http.route": "/chat",
        "http.response.status_code": 202,
    }
    told = attributes(turn)
    assert told["messaging.message.id"] == body["turn_id"]
    assert told["gen_ai.conversation.id"] == body["conversation_id"]
    assert told["messaging.system"] == "dramatiq"
    assert told["messaging.destination.name"] == "interactive"
    assert 0 <= told["sales.turn.waited_ms"] <= body["time_ms"]
    assert attributes(agent)["gen_ai.agent.name"] == "sales"
    assert attributes(agent)["sales.route.decision"] == "sales"
    wanting, answering = attributes(done[0]), attributes(done[2])
    for call in (wanting, answering):
        assert call["gen_ai.operation.name"] == "chat"
        assert call["gen_ai.provider.name"] == "openai_compatible"
        assert call["gen_ai.request.model"] == call["gen_ai.response.model"] == "small"
    assert wanting["gen_ai.response.finish_reasons"] == ["tool_calls"]
    assert answering["gen_ai.response.finish_reasons"] == ["stop"]
    usage = body["usage"]
    for kind in ("input_tokens", "output_tokens"):
        name = f"gen_ai.usage.{kind}"
        assert wanting[name] + answering[name] == usage[kind]
    assert attributes(done[1])["gen_ai.operation.name"] == "execute_tool"
    assert attributes(done[1])["gen_ai.tool.name"] == "sales_query_metrics"

    # Content is off: none of its attributes, and not a word of the question in any other.
    assert not CONTENT & {name for span in collector.spans for name in attributes(span)}
    assert not any(b"vendas" in span.SerializeToString() for span in collector.spans)
    assert set(collector.services.values()) == {"sales-crew-test"}
    assert collector.paths == {"/v1/traces"}
    assert collector.headers["x-key"] == "a secret"


def test_two_agents_of_one_crew_are_in_the_same_trace(
    door: Door, road: Road, model: ModelThread, collector: Collector
) -> None:
    with traced(collector.url):
        ask(door, road, "vendas de outubro e o dólar")
    agent = collector.one("invoke_agent sales")
    names = [span.name for span in collector.children(agent)]
    assert names.count("chat small") == 4
    assert {"execute_tool sales_query_metrics", "execute_tool market_get_series"} <= set(names)
    # Who names no trace gets a new one.
    asked = collector.one("POST /chat")
    assert not asked.parent_span_id
    assert {span.trace_id for span in (agent, *collector.children(agent))} == {asked.trace_id}


def test_spans_of_libraries_do_not_ride_along(door: Door, road: Road, collector: Collector) -> None:
    with traced(collector.url):
        # CrewAI and Semantic Kernel trace with the process's provider, and it is not ours.
        assert not isinstance(global_tracing.get_tracer_provider(), TracerProvider)
        ask(door, road)
    assert collector.scopes == {"sales_crew"}


def test_content_is_told_only_where_it_is_wanted_and_redacted(
    door: Door, road: Road, collector: Collector
) -> None:
    with traced(collector.url, otel_instrumentation_genai_capture_message_content=True):
        ask(door, road, f"{QUESTION} Meu CPF é {CPF}.")
    calls = [span for span in collector.spans if span.name == "chat small"]
    (tool,) = [span for span in collector.spans if span.name.startswith("execute_tool")]
    said = json.loads(attributes(calls[0])["gen_ai.input.messages"])
    assert {message["role"] for message in said} >= {"system", "user"}
    assert f"{QUESTION} Meu CPF é [CPF]." in said[-1]["parts"][0]["content"]
    wanted = json.loads(attributes(calls[-2])["gen_ai.output.messages"])
    assert wanted[0]["parts"][0]["name"] == "sales_query_metrics"
    assert json.loads(attributes(tool)["gen_ai.tool.call.arguments"])["metrics"]
    assert "status" in json.loads(attributes(tool)["gen_ai.tool.call.result"])
    assert not any(CPF.encode() in span.SerializeToString() for span in collector.spans)


def test_a_worker_whose_door_is_not_traced_begins_the_trace_by_its_name(
    door: Door, road: Road, collector: Collector
) -> None:
    with door.client(_key(road)) as client:
        client.post(
            "/chat",
            json={"user_id": "123", "message": QUESTION, "channel": "web"},
            headers={"Prefer": "respond-async", "traceparent": CALLER},
        )
    with traced(collector.url):
        answer_turn(road.world, claim(road.world.database))
    turn = collector.one("answer turn")
    assert turn.trace_id.hex() == "0af7651916cd43dd8448eb211c80319c"
    assert not turn.parent_span_id


def test_a_caller_that_keeps_no_trace_is_not_traced(
    door: Door, road: Road, collector: Collector
) -> None:
    with traced(collector.url):
        ask(door, road, traceparent=f"{CALLER[:-2]}00")
    # Its own spans of the turn are left out; looking at the turn was another request.
    assert [span.name for span in collector.spans] == ["GET /turns/{turn_id}"]


def test_without_the_redaction_the_number_would_be_told(
    door: Door, road: Road, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "redact", lambda text: text)
    with traced(collector.url, otel_instrumentation_genai_capture_message_content=True):
        ask(door, road, f"{QUESTION} Meu CPF é {CPF}.")
    assert any(CPF.encode() in span.SerializeToString() for span in collector.spans)


@dataclass(frozen=True, slots=True)
class Down:
    """A model that is away, and says more of it than anybody may hear."""

    name: str = "small"
    provider: str = "offline"

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        raise ModelUnavailable("secret words")


def test_a_failure_is_told_by_its_code_alone(road: Road, collector: Collector) -> None:
    world = replace(road.world, model=Down())
    ask_store(world.database, road.tenant_id)
    task = claim(world.database)
    with traced(collector.url), pytest.raises(ModelUnavailable):
        answer_turn(world, task)
    fail_turn(world, task, ModelUnavailable.code)
    assert {span.name for span in collector.spans} == {
        "answer turn",
        "invoke_agent sales",
        "chat small",
    }
    for span in collector.spans:
        assert span.status.code == Status.STATUS_CODE_ERROR
        assert attributes(span)["error.type"] == ModelUnavailable.code
        assert not span.events
        assert b"secret" not in span.SerializeToString()
    # Nobody knows what it used.
    assert "gen_ai.usage.input_tokens" not in attributes(collector.one("chat small"))


def test_a_collector_that_is_not_there_costs_no_answer(
    door: Door, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "SEND_SECONDS", 0.2)
    with capture_logs() as logs, traced(f"http://127.0.0.1:{free_port()}"):
        assert ask(door, road)["status"] == "answered"
    assert [line["event"] for line in logs if line["event"].startswith("spans.")] == [
        "spans.not_taken"
    ]


def test_a_collector_that_hangs_holds_nobody_up(
    door: Door, road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "STOP_SECONDS", 0.1)
    with GarbageServer() as hanging:
        hanging.answer(silence())
        with capture_logs() as logs, traced(hanging.url):
            for _ in range(collecting.MOST_WAITING):
                with tracing.span("work", "internal", {}):
                    pass
            until(lambda: hanging.requests > 0)
            # Its thread waits for an answer that never comes; nobody else does.
            assert ask(door, road)["status"] == "answered"
    assert [line["event"] for line in logs if line["event"].startswith("spans.")] == [
        "spans.left_behind"
    ]


def _key(road: Road) -> str:
    """A new key of the road's tenant, to ask and to look."""
    key = f"sc_test_{new_id().hex}"
    with road.world.database.tenant(road.tenant_id) as conn:
        scopes = frozenset({Scope.CHAT, Scope.OPERATOR})
        tenants.add_api_key(conn, road.tenant_id, key, scopes, "traces")
    return key
