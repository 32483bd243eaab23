"""docker-compose.yml: sound, fed by the settings and nothing else; planted faults are found."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.settings import Settings
from ops.containers.check import compose_faults
from ops.containers.compose_checkers import faults_by_schema, faults_by_types
from ops.containers.compose_file import EXAMPLE_SECRETS, ComposeFile, read
from ops.containers.interpolation import VariableMissing
from ops.local import postgres

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
OURS = ("api", "worker", "migrate", "ui")
#: What a container decides for itself: where it listens, and that it is in production.
FIXED = {"ENVIRONMENT", "BIND_HOST", "PORT_OFFSET", "DATA_DIR", "METRICS_PORT"}
#: Fixed inside; outside, where they are published.
PUBLISHED = {"API_PORT", "UI_PORT"}

Service = dict[str, Any]
Fault = Callable[[Service], object]


def variables(*services: str) -> dict[str, str]:
    written = read(TEXT).written["services"]
    return {k: v for name in services for k, v in written[name].get("environment", {}).items()}


def planted(service: str, fault: Fault) -> str:
    written = yaml.safe_load(TEXT)
    fault(written["services"][service])
    return yaml.safe_dump(written)


def test_nothing_is_wrong_with_it() -> None:
    assert compose_faults(TEXT) == []


def test_every_part_of_the_product_is_a_service() -> None:
    services = read(TEXT).content["services"]
    assert {"api", "worker", "redis", "postgres", "ui", "prometheus", "grafana"} <= set(services)


# --- One description of the settings --------------------------------------------------------


def test_the_services_are_given_every_setting_and_nothing_that_is_none() -> None:
    settings = {name.upper() for name in Settings.model_fields}
    assert set(variables(*OURS)) - {"API_URL"} == settings


def test_a_setting_passes_through_under_its_own_name_and_has_no_second_default() -> None:
    for name, value in variables(*OURS).items():
        if name in FIXED | PUBLISHED | {"API_URL"}:
            assert "${" not in value, name
        elif name in ("DATABASE_URL", "APP_REDIS_URL", "MIGRATION_DATABASE_URL"):
            assert value.startswith(f"${{{name}:-"), name
        elif name == "SECRET_KEY":
            assert value.startswith("${SECRET_KEY:?"), name
        else:
            assert value == f"${{{name}:-}}", name


def test_the_published_ports_are_the_settings_and_their_defaults() -> None:
    for service, name in (("api", "API_PORT"), ("ui", "UI_PORT")):
        default = Settings.model_fields[name.lower()].default
        (port,) = read(TEXT).written["services"][service]["ports"]
        assert port == f"${{PUBLISH_HOST:-127.0.0.1}}:${{{name}:-{default}}}:{default}"


def test_the_application_never_gets_the_owners_login_and_the_door_no_models_key() -> None:
    for service in ("api", "worker", "ui"):
        assert not {"MIGRATION_DATABASE_URL", "SALES_OWNER_PASSWORD"} & set(variables(service))
    assert not [name for name in variables("api", "ui") if name.startswith(("LLM", "OPENAI"))]


def test_a_worker_is_given_the_time_that_its_drain_takes() -> None:
    grace = read(TEXT).content["services"]["worker"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > Settings.model_fields["drain_seconds"].default


def test_both_stacks_sort_text_alike() -> None:
    arguments = variables("postgres")["POSTGRES_INITDB_ARGS"].split()
    assert set(postgres.LOCALE) <= set(arguments)


# --- Secrets ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(EXAMPLE_SECRETS))
@pytest.mark.parametrize("empty", [False, True])
def test_a_missing_secret_stops_with_a_line_that_names_it(name: str, empty: bool) -> None:
    given = {key: value for key, value in EXAMPLE_SECRETS.items() if key != name}
    with pytest.raises(VariableMissing, match=f"^{name} must be set"):
        read(TEXT, given | ({name: ""} if empty else {}))


def test_the_script_makes_every_secret_once_and_touches_none(tmp_path: Path) -> None:
    script = tmp_path / "ops" / "containers" / "secrets.sh"
    script.parent.mkdir(parents=True)
    script.write_bytes((ROOT / "ops/containers/secrets.sh").read_bytes())
    (tmp_path / ".env").write_text("REDIS_PASSWORD=mine\nSECRET_KEY=\nLLM_MODEL=m")
    runs = [
        subprocess.run(("/bin/sh", str(script)), capture_output=True, check=True, text=True)
        for _ in range(2)
    ]
    lines = (tmp_path / ".env").read_text().splitlines()
    values = dict(line.split("=", 1) for line in lines)
    assert set(EXAMPLE_SECRETS) <= set(values)
    assert values["REDIS_PASSWORD"] == "mine"
    assert values["LLM_MODEL"] == "m"
    made = {
        name: value for name, value in values.items() if name not in ("REDIS_PASSWORD", "LLM_MODEL")
    }
    assert all(re.fullmatch(r"[0-9a-f]{64}", value) for value in made.values())
    assert len(set(made.values())) == len(made)
    assert not any(value in runs[0].stdout for value in made.values())
    assert runs[1].stdout == ""
    read(TEXT, values)


def test_what_runs_once_is_waited_for_until_it_succeeded() -> None:
    services = read(TEXT).content["services"]
    for service in ("api", "worker", "prometheus", "grafana"):
        assert services[service]["depends_on"]["migrate"] == {
            "condition": "service_completed_successfully"
        }


# --- Planted faults -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "finder"),
    [
        (lambda s: s.update(mem_limti="1g"), faults_by_schema),
        (lambda s: s.update(cap_drop="ALL"), faults_by_schema),
        (lambda s: s.update(stop_signal=9), faults_by_schema),
        (lambda s: s["depends_on"]["migrate"].update(condition="finished"), faults_by_schema),
        (lambda s: s.update(mem_limit="lots"), faults_by_types),
        (lambda s: s.update(stop_grace_period="soon"), faults_by_types),
        (lambda s: s.update(ports=["here:there"]), faults_by_types),
        (lambda s: s.update(deploy={"replicas": "two"}), faults_by_types),
        (lambda s: s.update(volumes=["keys:relative"]), faults_by_types),
    ],
)
def test_a_checker_finds_what_the_format_does_not_allow(
    fault: Fault, finder: Callable[[dict[str, Any]], list[str]]
) -> None:
    sound: ComposeFile = read(TEXT)
    assert finder(sound.content) == []
    found = finder(read(planted("api", fault)).content)
    assert len(found) == 1


@pytest.mark.parametrize(
    ("service", "fault", "says"),
    [
        ("api", lambda s: s.pop("user"), "user should be"),
        ("api", lambda s: s.update(user="root"), "user should be"),
        ("api", lambda s: s.update(user="10001:0"), "user should be"),
        ("api", lambda s: s.pop("read_only"), "read_only should be"),
        ("redis", lambda s: s.update(cap_drop=["CHOWN"]), "cap_drop should be"),
        ("redis", lambda s: s.update(cap_add=["SYS_ADMIN"]), "cap_add absent"),
        ("worker", lambda s: s.pop("security_opt"), "no-new-privileges"),
        ("worker", lambda s: s.update(privileged=True), "privileged should be"),
        ("worker", lambda s: s.update(network_mode="host"), "network_mode should not"),
        ("grafana", lambda s: s.pop("healthcheck"), "healthcheck should"),
        ("grafana", lambda s: s.update(healthcheck={"test": ["NONE"]}), "healthcheck should"),
        ("postgres", lambda s: s.pop("mem_limit"), "mem_limit should be set"),
        ("migrate", lambda s: s.pop("mem_limit"), "mem_limit should be set"),
        ("postgres", lambda s: s.update(tmpfs=["/tmp"]), "should have a size"),  # noqa: S108
        ("postgres", lambda s: s.pop("logging"), "logging should"),
        ("postgres", lambda s: s.pop("stop_signal"), "stop_signal should be set"),
        ("postgres", lambda s: s.update(restart="always"), "restart should be"),
        ("redis", lambda s: s.update(image="redis"), "should name a version"),
        ("redis", lambda s: s.update(image="redis:latest"), "should name a version"),
        ("redis", lambda s: s.update(image="redis:alpine"), "should name a version"),
        ("worker", lambda s: s.update(stop_grace_period="10s"), "30s or more"),
        ("worker", lambda s: s.pop("stop_grace_period"), "30s or more"),
        ("ui", lambda s: s.update(depends_on=["api"]), "which condition"),
        ("ui", lambda s: s["depends_on"]["api"].update(condition="service_started"), "healthy"),
        ("ui", lambda s: s.update(ports=["8501:8501"]), "published on 127.0.0.1"),
        ("ui", lambda s: s.update(ports=["0.0.0.0:8501:8501"]), "published on 127.0.0.1"),
        ("ui", lambda s: s.update(volumes=["./ops:/ops"]), "mounted read-only"),
        ("ui", lambda s: s.update(volumes=["/run/docker.sock:/s:ro"]), "should not be mounted"),
        ("redis", lambda s: s["environment"].update(REDISCLI_AUTH="x"), "value in the file"),
        (
            "redis",
            lambda s: s["environment"].update(REDISCLI_AUTH="${REDIS_PASSWORD:-secret}"),
            "REDIS_PASSWORD has the default 'secret'",
        ),
        (
            "api",
            lambda s: s["environment"].update(DATABASE_URL="postgresql://me:pw@postgres/x"),
            "a password in the file",
        ),
        (
            "api",
            lambda s: s["environment"].update(
                DATABASE_URL="${DATABASE_URL:-postgresql://me:${SALES_APP_PASSWORD:-pw}@postgres/x}"
            ),
            "SALES_APP_PASSWORD has the default 'pw'",
        ),
    ],
)
def test_our_rules_find_what_the_format_allows(service: str, fault: Fault, says: str) -> None:
    found = compose_faults(planted(service, fault))
    assert [line for line in found if line.startswith(f"{service}: ") and says in line]


@pytest.mark.parametrize("text", ["a: [", "- a", "services: {a: {image: '${'}}"])
def test_a_file_that_cannot_be_read_is_a_fault(text: str) -> None:
    (found,) = compose_faults(text)
    assert found.startswith("it cannot be read")
