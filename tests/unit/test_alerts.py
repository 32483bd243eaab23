"""Alerts: each says what to do, is tested by promtool both ways, and asks for what exists."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ops.containers.inside import key_directory, scrape_key
from ops.local.stack_file import StackFile
from ops.prometheus import local
from ops.prometheus.files import CONFIGURATION, RULES, RUNBOOKS, TESTS, alerts, read
from tests.unit.observed import faults

ROOT = Path(__file__).parents[2]
STACK = StackFile(
    api_url="http://127.0.0.1:8330",
    ui_url=None,
    worker_metrics_url="http://127.0.0.1:9521/metrics",
    api_key="a-key",
    operator_key="a-key",
    admin_key="a-key",
    tenant_id="t",
    database_url="postgresql://",
    redis_url="redis://",
    pids={},
    log_dir="logs",
)


def runbooks() -> dict[str, str]:
    pages = (path for path in RUNBOOKS.glob("*.md") if path.stem != "README")
    return {path.stem: path.read_text(encoding="utf-8") for path in pages}


def test_every_alert_has_a_runbook_and_every_runbook_an_alert() -> None:
    assert runbooks().keys() == alerts().keys()
    for name, rule in alerts().items():
        assert rule["annotations"]["runbook_url"] == f"ops/runbooks/{name}.md"
        assert (ROOT / rule["annotations"]["runbook_url"]).exists()


def test_every_runbook_says_what_it_means_how_to_look_and_what_to_do() -> None:
    for name, page in runbooks().items():
        headings = re.findall(r"^#+ .+$", page, re.MULTILINE)
        assert headings == [f"# {name}", "## Look", "## Do"]
        assert "```" in page


def test_runbooks_name_only_what_exists() -> None:
    """Other pages, events of our logs, and services of the compose file."""
    files = (path for room in ("backend", "crews") for path in (ROOT / room).rglob("*.py"))
    code = "\n".join(path.read_text(encoding="utf-8") for path in files)
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    for page in runbooks().values():
        assert set(re.findall(r"\]\((\w+)\.md\)", page)) <= alerts().keys()
        for event in re.findall(r'"([a-z_]+\.[a-z_]+)"', page):
            assert f'"{event}"' in code
        for command in re.findall(
            r"docker compose ((?:ps|logs|restart|up|exec) [^|#&`)\n]+)", page
        ):
            verb, *words = [word for word in command.split() if re.fullmatch("[a-z]+", word)]
            assert set(words[:1] if verb == "exec" else words) <= set(services), command


def test_every_alert_says_how_bad_it_is_and_what_is_wrong() -> None:
    for rule in alerts().values():
        assert rule["labels"]["severity"] in ("critical", "warning")
        assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}


def test_every_alert_asks_for_what_the_processes_export() -> None:
    found = {name: faults(rule["expr"]) for name, rule in alerts().items()}
    assert {name: fault for name, fault in found.items() if fault} == {}


def test_every_alert_is_tested_firing_and_silent() -> None:
    looks: dict[str, set[bool]] = {name: set() for name in alerts()}
    for path in TESTS.glob("*.yml"):
        for each in read(path)["tests"]:
            for look in each["alert_rule_test"]:
                looks[look["alertname"]].add(bool(look["exp_alerts"]))
    assert looks == {name: {True, False} for name in alerts()}


def test_every_file_of_rules_has_its_tests() -> None:
    assert {path.name for path in RULES.glob("*")} == {path.name for path in TESTS.glob("*")}


# --- What is scraped ------------------------------------------------------------------------


def job(configuration: Any, name: str) -> Any:
    (found,) = (each for each in configuration["scrape_configs"] if each["job_name"] == name)
    return found


def test_the_key_of_compose_is_the_one_that_its_migration_writes() -> None:
    path = job(read(CONFIGURATION), "api")["authorization"]["credentials_file"]
    assert Path(path) == key_directory.KEYS / scrape_key.FILE
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    mounts = [mount.split(":") for mount in compose["services"]["prometheus"]["volumes"]]
    assert ["keys", str(Path(path).parent), "ro"] in mounts
    assert ["./ops/prometheus/prometheus.yml", "/etc/prometheus/prometheus.yml", "ro"] in mounts
    assert ["./ops/prometheus/rules", "/etc/prometheus/rules", "ro"] in mounts


def test_locally_the_same_is_scraped_at_the_stacks_addresses_without_any_key() -> None:
    made = local.configuration(STACK)
    assert job(made, "api")["static_configs"] == [{"targets": ["127.0.0.1:8330"]}]
    assert job(made, "worker")["static_configs"] == [{"targets": ["127.0.0.1:9521"]}]
    assert [each["job_name"] for each in made["scrape_configs"]] == [
        each["job_name"] for each in read(CONFIGURATION)["scrape_configs"]
    ]
    assert "a-key" not in yaml.safe_dump(made)


@pytest.mark.parametrize("name", ["api", "worker"])
def test_alerts_ask_after_every_job(name: str) -> None:
    assert any(f'up{{job="{name}"}}' in rule["expr"] for rule in alerts().values())
