"""One `/chat` through the real API and the real worker, as the local stack starts them: one trace.

Both are told of the collector by the environment alone, where every library of theirs sees it too.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from ops.demo.load import load
from ops.local import application
from ops.local.application import Backing, api_url
from ops.local.configuration import Configuration
from ops.local.data_directory import DataDirectory
from ops.local.ports import Ports
from ops.local.prepare import DEMO_DATABASE
from ops.local.root import ROOT
from ops.local.seed import seed_demo_tenant
from ops.local.stack_file import DemoTenant
from ops.local.watchdog_pipe import WatchdogPipe
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.e2e.fake_model import ModelThread
from tests.integration.link import free_port
from tests.integration.road_stage import SECRET, TODAY
from tests.integration.span_collector import Collector, a_collector, attributes
from tests.integration.test_tracing import CALLER, CONTENT, CPF, QUESTION, Unmarked
from tests.services import running


@pytest.fixture(scope="module")
def model() -> Iterator[ModelThread]:
    with ModelThread(Unmarked(TODAY)) as thread:
        yield thread


@pytest.fixture(scope="module")
def tenant(postgres: PostgresCluster, module_database: MigratedDatabase) -> DemoTenant:
    load(postgres.owner_dsn(DEMO_DATABASE), TODAY)
    return seed_demo_tenant(
        owner_dsn=module_database.owner_dsn,
        demo_reader_dsn=postgres.reader_dsn(),
        secret_key=SECRET,
        remembered=None,
    )


@pytest.fixture
def asked(
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    _scratch: tuple[Path, WatchdogPipe],
    model: ModelThread,
    tenant: DemoTenant,
) -> Any:
    """Asks two processes that trace as `environment` says, and stops them; returns the answer."""

    def ask(message: str, **environment: str) -> dict[str, Any]:
        with _processes(module_database, _valkey, _scratch, model, environment) as url:
            answer = httpx.post(
                f"{url}/chat",
                json={"user_id": "123", "message": message},
                headers={"Authorization": f"Bearer {tenant.api_key}", "traceparent": CALLER},
                timeout=60,
                trust_env=False,
            )
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return ask


@pytest.fixture
def collector() -> Iterator[Collector]:
    with a_collector() as collector:
        yield collector


def test_a_chat_is_one_trace_over_both_processes(asked: Any, collector: Collector) -> None:
    body = asked(QUESTION, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
    chat = collector.one("POST /chat")
    turn = collector.one("answer turn")
    agent = collector.one("invoke_agent sales")
    done = collector.children(agent)
    assert [span.name for span in done] == [
        "chat small",
        "execute_tool sales_query_metrics",
        "chat small",
    ]
    assert _line(chat) == ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331")
    assert collector.children(chat) == [turn]
    assert collector.children(turn) == [agent]
    assert {span.trace_id for span in (turn, agent, *done)} == {chat.trace_id}
    # Whether they are ready was asked too, and is no span.
    assert len(collector.spans) == len((chat, turn, agent, *done))
    assert {collector.services[span.span_id] for span in (turn, agent, *done)} == {
        "sales-crew-worker"
    }
    assert collector.services[chat.span_id] == "sales-crew-api"
    assert attributes(chat)["http.response.status_code"] == 200
    assert attributes(turn)["messaging.message.id"] == body["turn_id"]
    tokens = sum(attributes(span).get("gen_ai.usage.input_tokens", 0) for span in done)
    assert tokens == body["usage"]["input_tokens"] > 0

    # Nothing was said, and no library spoke: no span, no metric, no log of its own.
    assert not CONTENT & {name for span in collector.spans for name in attributes(span)}
    assert not _told(collector, "vendas")
    assert collector.scopes == {"sales_crew"}
    assert collector.paths == {"/v1/traces"}


def test_content_goes_out_where_the_environment_says_so_without_the_number(
    asked: Any, collector: Collector
) -> None:
    asked(
        f"{QUESTION} Meu CPF é {CPF}.",
        OTEL_EXPORTER_OTLP_ENDPOINT=collector.url,
        OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT="true",
    )
    said = [attributes(span) for span in collector.spans if span.name == "chat small"]
    heard = json.loads(said[0]["gen_ai.input.messages"])[-1]["parts"][0]["content"]
    assert "Meu CPF é [CPF]." in heard
    assert all("gen_ai.output.messages" in each for each in said)
    assert not _told(collector, CPF)
    assert collector.scopes == {"sales_crew"}


def _told(collector: Collector, word: str) -> bool:
    return any(word.encode() in span.SerializeToString() for span in collector.spans)


def _line(span: Span) -> tuple[str, str]:
    return span.trace_id.hex(), span.parent_span_id.hex()


@contextmanager
def _processes(
    database: MigratedDatabase,
    valkey: ValkeyUrl,
    scratch: tuple[Path, WatchdogPipe],
    model: ModelThread,
    environment: dict[str, str],
) -> Iterator[str]:
    """The API's address. Leaving the block stops both, each with time to end in order."""
    directory, watchdog = scratch
    data = DataDirectory(directory / "tracing")
    data.create()
    configuration = Configuration(
        data=data,
        ports=Ports(api=free_port(), metrics=free_port()),
        drain_seconds=10,
        environment={
            "PATH": "",
            "PYTHONPATH": str(ROOT),
            "APP_TODAY": TODAY.isoformat(),
            "LLM_PROVIDER": "openai_compatible",
            "LLM_BASE_URL": model.base_url,
            "LLM_MODEL": "small",
            "LLM_PRICE_PER_MILLION": "0.15/0.60",
            "DRAIN_SECONDS": "10",
            # A certain question would go without the model whose spans are looked at.
            "FAST_PATH": "off",
            **environment,
        },
    )
    backing = Backing(database_url=database.app_dsn, redis_url=valkey.url, secret_key=SECRET)
    # In a directory of their own, where no `.env` of a developer lies.
    api, worker = (
        replace(program, directory=data.path)
        for program in application.programs(configuration, backing)
    )
    # The API stops at once after its answer: what it has seen is sent by its stop or not at all.
    with running(worker, watchdog), running(api, watchdog):
        yield api_url(configuration)
