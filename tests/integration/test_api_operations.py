"""What operators look at: health, metrics, logs, the description, and the process itself."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.integration.link import free_port
from tests.integration.patience import until
from tests.services import MigratedDatabase

QUESTION = {"user_id": "123", "message": "oi, meu CPF é 123.456.789-09"}
AT_ONCE = {"Prefer": "respond-async"}
ROOT = Path(__file__).parents[2]
#: The image and its memory stay small because no agent library is in it.
MOST_MEGABYTES = 130


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


def test_from_the_machine_itself_health_needs_no_key_and_through_a_proxy_it_does(
    on: Stage, subtests: pytest.Subtests
) -> None:
    for path in ("/livez", "/readyz", "/metrics"):
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP"):
            with subtests.test(f"{path} {header}"), on.door.client() as client:
                assert client.get(path).status_code == 200
                proxied = client.get(path, headers={header: "127.0.0.1"})
                assert proxied.status_code == 401
        with subtests.test(path), on.door.client(on.a.chat) as client:
            assert client.get(path, headers={"X-Forwarded-For": "10.0.0.9"}).status_code == 200


def test_a_database_that_lacks_a_migration_is_not_ready(
    database: MigratedDatabase, valkey: ValkeyUrl
) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute(
            "DELETE FROM schema_migrations WHERE name = (SELECT max(name) FROM schema_migrations)"
        )
    with stage(database, valkey) as on, on.door.client() as client:
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == "not migrated"


def test_a_door_that_drains_is_not_ready(on: Stage) -> None:
    with on.door.client() as client:
        assert client.get("/readyz").json()["status"] == "ready"
        on.door.loop.call_soon_threadsafe(on.door.door.drain)
        until(lambda: on.door.door.waiting.draining)
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["process"] == "draining"


def test_metrics_tell_the_queue_from_the_rows_and_requests_by_template(on: Stage) -> None:
    with on.door.client(on.a.chat) as client:
        before = _metrics(client)
        turn_id = client.post("/chat", json=QUESTION, headers=AT_ONCE).json()["turn_id"]
        client.post("/chat", json=QUESTION, headers=AT_ONCE)
        for _ in range(3):
            client.get(f"/turns/{turn_id}")
        client.get("/turns/01a20c78-d6cc-7477-b75e-e79927c08c79")
        client.get("/nowhere/at-all")
        client.post("/chat", content=b"{", headers={"Content-Type": "application/json"})
        client.get("/usage")
        client.get("/usage", headers={"Authorization": "Bearer wrong"})
        on.worker.claim()
        until(lambda: _metrics(client).get(_TASKS_RUNNING) == 1.0)
        after = _metrics(client)

    def grown(route: str, status: int, method: str = "GET") -> float:
        labels = (("method", method), ("route", route), ("status", str(status)))
        name = ("sales_http_requests_total", labels)
        return after.get(name, 0.0) - before.get(name, 0.0)

    assert grown("/chat", 202, "POST") == 2
    assert grown("/chat", 400, "POST") == 1
    assert grown("/turns/{turn_id}", 200) == 3
    assert grown("/turns/{turn_id}", 404) == 1
    assert grown("unmatched", 404) == 1
    assert grown("/usage", 403) == 1
    assert grown("/usage", 401) == 1
    waiting = (("kind", "answer"), ("lane", "interactive"), ("state", "waiting"))
    assert after[("sales_tasks", waiting)] == 1.0
    assert after[("sales_task_oldest_seconds", (("lane", "interactive"),))] >= 0.0
    assert str(on.a.id) not in str(after)


def test_each_request_is_one_line_that_holds_no_body_and_no_key(on: Stage) -> None:
    trace = {"traceparent": f"00-{'c3' * 16}-{'d4' * 8}-01"}
    with on.door.client(on.a.chat) as client:
        on.logs.clear()
        answer = client.post("/chat", json=QUESTION, headers={**AT_ONCE, **trace})
        assert answer.headers["X-Trace-Id"] == "c3" * 16
        until(lambda: len(_served(on)) == 1)
        odd = {"traceparent": "00-zz-zz-01"}
        assert len(client.get("/livez", headers=odd).headers["X-Trace-Id"]) == 32
        client.get("/nothing")
        until(lambda: len(_served(on)) == 3)

    chat, _, nothing = _served(on)
    assert (chat["method"], chat["route"], chat["status"]) == ("POST", "/chat", 202)
    assert chat["tenant_id"] == str(on.a.id)
    assert chat["trace_id"] == "c3" * 16
    assert chat["time_ms"] >= 0
    assert (nothing["route"], nothing["status"], nothing["tenant_id"]) == ("unmatched", 404, None)
    everything = json.dumps(on.logs, default=str)
    assert "CPF" not in everything
    assert on.a.chat not in everything


def test_what_nobody_foresaw_is_a_500_that_says_nothing(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("postgresql://sales_app:hunter2@db/sales")

    monkeypatch.setattr("backend.store.turn_list.usage", broken)
    with on.door.client(on.a.operator) as client:
        answer = client.get("/usage")
    assert answer.status_code == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "internal"
    assert "hunter2" not in answer.text
    assert "RuntimeError" not in answer.text
    failed = [line for line in on.logs if line["event"] == "http.request_failed"]
    assert len(failed) == 1


def test_every_response_forbids_what_it_does_not_need(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.chat) as client:
        for path in ("/livez", "/nothing", "/usage", "/docs", "/schema/openapi.json"):
            with subtests.test(path):
                answer = client.get(path)
                assert answer.status_code < 500
                headers = answer.headers
                assert headers["X-Content-Type-Options"] == "nosniff"
                assert "default-src 'none'" in headers["Content-Security-Policy"]
                assert "server" not in headers


def test_the_description_knows_every_route_and_loads_nothing_from_elsewhere(on: Stage) -> None:
    with on.door.client() as client:
        document = client.get("/schema/openapi.json").json()
        page = client.get("/docs")

    described = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }
    routes = {
        (method, re.sub(r":\w+}", "}", route.path))
        for route in on.door.app.routes.routes
        for method in getattr(route, "methods", [])
        if method != "OPTIONS"
    }
    assert described == routes - {("GET", "/docs"), ("GET", "/schema/openapi.json")}
    names = set(document["components"]["schemas"])
    assert set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))) <= names
    assert page.headers["Content-Type"].startswith("text/html")
    assert "<script" not in page.text
    assert not re.search(r"""(?:src|href|url\()\s*=?\s*['"]?(?:https?:)?//""", page.text)
    for _, path in described:
        assert path in page.text


def test_in_production_the_description_needs_a_key(
    database: MigratedDatabase, valkey: ValkeyUrl, subtests: pytest.Subtests
) -> None:
    with stage(database, valkey, environment="production", secret_key="k" * 32) as on:
        for path in ("/docs", "/schema/openapi.json"):
            with subtests.test(path), on.door.client() as client:
                assert client.get(path).status_code == 401
                key = {"Authorization": f"Bearer {on.a.chat}"}
                assert client.get(path, headers=key).status_code == 200


def test_the_process_starts_stops_cleanly_and_stays_small(
    database: MigratedDatabase, valkey: ValkeyUrl
) -> None:
    port = free_port()
    process = _process(DATABASE_URL=database.app_dsn, APP_REDIS_URL=valkey.url, API_PORT=str(port))
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            until(lambda: _is_up(client), seconds=30)
            client.get("/docs")
            size = _megabytes(process.pid)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 0
    assert size is None or size < MOST_MEGABYTES
    lines = [json.loads(line) for line in output.splitlines()]
    assert lines[0]["event"] == "api.started"
    assert lines[-1]["event"] == "api.stopped"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://x"}, "APP_REDIS_URL"),
        ({"API_PORT": "http"}, "API_PORT"),
        ({"ENVIRONMENT": "staging"}, "ENVIRONMENT"),
        ({"ENVIRONMENT": "production", "SECRET_KEY": "short"}, "SECRET_KEY"),
    ],
)
def test_wrong_settings_stop_the_start_with_one_line(wrong: dict[str, str], named: str) -> None:
    process = _process(**wrong)
    output, errors = process.communicate(timeout=30)
    assert process.returncode == 2
    assert output == ""
    assert errors.count("\n") == 1
    assert named in errors
    assert "short" not in errors


_TASKS_RUNNING = (
    "sales_tasks",
    (("kind", "answer"), ("lane", "interactive"), ("state", "running")),
)


def _served(on: Stage) -> list[Any]:
    return [line for line in on.logs if line["event"] == "http.request_served"]


def _metrics(client: httpx.Client) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
    }


def _process(**environment: str) -> subprocess.Popen[str]:
    # In an empty directory, where no `.env` of a developer lies.
    return subprocess.Popen(
        [sys.executable, "-m", "backend.api"],
        cwd="/",
        env={"PYTHONPATH": str(ROOT), "PATH": "", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _is_up(client: httpx.Client) -> bool:
    try:
        return client.get("/readyz").is_success
    except httpx.TransportError:
        return False


def _megabytes(pid: int) -> float | None:
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None  # not Linux
    found = re.search(r"VmRSS:\s+(\d+) kB", status.read_text())
    return None if found is None else int(found[1]) / 1024
