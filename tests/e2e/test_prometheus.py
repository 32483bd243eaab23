"""A real Prometheus watches the local stack, by the rules that are shipped: it sees what is there, and
raises the alert of a fault that we cause.

It needs Debian's `prometheus` (`.ci/run` has it); where there is none these tests are skipped.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from ops.prometheus import local
from ops.prometheus.check import faults, promtool
from ops.prometheus.files import RULES, alerts, read
from tests.e2e.free_ports import free_port
from tests.e2e.stack import Stack, until
from tests.unit.observed import PROCESS, declared

PROGRAM = shutil.which("prometheus")
SECONDS = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}

pytestmark = pytest.mark.skipif(
    PROGRAM is None or promtool() is None, reason="needs Debian's package prometheus"
)


@dataclass(frozen=True, slots=True)
class Watcher:
    """A running Prometheus."""

    client: httpx.Client

    def get(self, path: str, **parameters: str) -> Any:
        answer = self.client.get(f"/api/v1/{path}", params=parameters).json()
        assert answer["status"] == "success", answer
        return answer["data"]

    def health(self) -> Mapping[str, str]:
        """How each job's target was met last."""
        targets = self.get("targets")["activeTargets"]
        return {target["labels"]["job"]: target["health"] for target in targets}

    def firing(self) -> set[str]:
        found = self.get("alerts")["alerts"]
        return {each["labels"]["alertname"] for each in found if each["state"] == "firing"}

    def value(self, expression: str) -> float | None:
        found = self.get("query", query=expression)["result"]
        return float(found[0]["value"][1]) if found else None


@pytest.fixture
def watcher(offline_stack: Stack, tmp_path: Path) -> Iterator[Watcher]:
    """Prometheus as `python -m ops.prometheus local` sets it up, with less patience."""
    rules = tmp_path / "rules"
    rules.mkdir()
    for path in RULES.glob("*.yml"):
        (rules / path.name).write_text(yaml.safe_dump(hasty(read(path))))
    configuration = local.configuration(offline_stack.published, rules) | {"global": SECONDS}
    file = tmp_path / "prometheus.yml"
    file.write_text(yaml.safe_dump(configuration))
    port = free_port()
    with (tmp_path / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            (
                str(PROGRAM),
                f"--config.file={file}",
                f"--storage.tsdb.path={tmp_path / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            until(lambda: is_ready(client), "Prometheus")
            yield Watcher(client)
    finally:
        process.terminate()
        process.wait()


def hasty(rules: Any) -> Any:
    """The same rules, whose alerts wait one second where they would wait minutes."""
    for group in rules["groups"]:
        for rule in group["rules"]:
            if "for" in rule:
                rule["for"] = "1s"
    return rules


def is_ready(client: httpx.Client) -> bool:
    try:
        return client.get("/-/ready").is_success
    except httpx.TransportError:
        return False


def test_promtool_finds_everything_sound() -> None:
    program = promtool()
    assert program is not None
    assert faults(program) == []


def test_both_are_scraped_and_export_what_is_asked_for(
    offline_stack: Stack, watcher: Watcher
) -> None:
    until(lambda: watcher.health() == {"api": "up", "worker": "up"}, "both targets")
    with offline_stack.client() as client:
        assert client.post("/chat", json={"user_id": "watched", "message": "oi"}).is_success
    answered = 'sum(sales_turns_total{job="worker", outcome="answered"})'
    until(lambda: (watcher.value(answered) or 0) >= 1, "the answer among the metrics")

    wanted = {metric._name for metric in declared()} | {
        name.removesuffix("_total") for name in PROCESS
    }
    for job in ("api", "worker"):
        told = watcher.get("targets/metadata", match_target=f'{{job="{job}"}}')
        # One of the two forms of exposition leaves the ending of counters to the sample.
        assert {each["metric"].removesuffix("_total") for each in told} >= wanted
    # No alert says that all is well while it only has nothing to look at.
    for series in (
        "up",
        "sales_dependency_up",
        "sales_task_oldest_seconds",
        "sales_turn_seconds_bucket",
    ):
        assert watcher.value(f"count({series})")
    # A machine that is busy may let one scrape of a second pass: such an alert ends by itself.
    until(lambda: watcher.firing() == set(), "silence")


def test_a_worker_that_stops_answering_raises_its_alert_until_it_answers_again(
    offline_stack: Stack, watcher: Watcher
) -> None:
    until(lambda: watcher.health() == {"api": "up", "worker": "up"}, "both targets")
    until(lambda: watcher.firing() == set(), "silence")
    pid = offline_stack.signal("worker", signal.SIGSTOP)
    try:
        until(lambda: watcher.health()["worker"] == "down", "a worker that is missed")
        until(lambda: watcher.firing() == {"WorkersGone", "WorkerDown"}, "its alerts alone")
    finally:
        os.kill(pid, signal.SIGCONT)
    until(lambda: watcher.firing() == set(), "the end of the alerts")


def test_every_rule_is_loaded_and_healthy(watcher: Watcher) -> None:
    def evaluated() -> dict[str, str]:
        groups = watcher.get("rules")["groups"]
        return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}

    until(lambda: evaluated() == dict.fromkeys(alerts(), "ok"), "the evaluation of every rule")
