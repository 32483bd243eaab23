"""Grafana's dashboards: what is committed is what the code makes, and asks for what exists."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

from ops.grafana.dashboards import FOLDER, faults, rendered, write
from tests.unit.observed import asked, declared, series_of
from tests.unit.observed import faults as faults_of

ROOT = Path(__file__).parents[2]
PROVISIONING = ROOT / "ops" / "grafana" / "provisioning"
NAMES = ("answers", "models-and-money", "queue-and-workers", "cost-per-user")
GRID_COLUMNS = 24


def dashboard(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def panels(name: str) -> list[Any]:
    return [panel for panel in dashboard(name)["panels"] if panel["type"] != "row"]


def known_to_grafana(written: Any) -> Any:
    """What is left of a dashboard when it was read as Grafana's own types."""
    register_default_plugins()
    return json.loads(JSONEncoder().encode(Dashboard.from_json(written)))


def queries(name: str) -> Iterator[tuple[str, str]]:
    """Expression and legend of every PromQL query."""
    for panel in panels(name):
        for target in panel["targets"]:
            if "expr" in target:
                yield target["expr"], target["legendFormat"]


def test_what_is_committed_is_what_the_code_makes(tmp_path: Path) -> None:
    assert faults() == []
    assert sorted(rendered()) == sorted(f"{name}.json" for name in NAMES)
    write(tmp_path)
    (tmp_path / "answers.json").write_text("{}")
    (tmp_path / "another.json").write_text("{}")
    assert [fault.split()[0] for fault in faults(tmp_path)] == ["another.json", "answers.json"]


@pytest.mark.parametrize("name", NAMES)
def test_grafanas_own_schema_knows_every_field(name: str) -> None:
    """What it does not know it drops, and Grafana would too."""
    assert known_to_grafana(dashboard(name)) == dashboard(name)


def test_a_field_that_grafana_does_not_know_is_found() -> None:
    written = dashboard("answers")
    written["panels"][0]["options"]["colour"] = "red"
    assert known_to_grafana(written) == dashboard("answers")


@pytest.mark.parametrize("name", NAMES[:3])
def test_every_expression_asks_for_what_the_processes_export(name: str) -> None:
    found = {expression: faults_of(expression) for expression, _ in queries(name)}
    assert found
    assert {expression: fault for expression, fault in found.items() if fault} == {}


@pytest.mark.parametrize("name", NAMES[:3])
def test_a_legend_names_labels_that_its_line_has(name: str) -> None:
    for expression, legend in queries(name):
        named = set(re.findall(r"{{(\w+)}}", legend))
        wanted = asked(expression)
        assert named <= wanted.groups or not wanted.groups, (expression, legend)


@pytest.mark.parametrize(
    ("expression", "fault"),
    [
        ("rate(sales_turn_total[5m])", "nothing exports sales_turn_total"),
        ("sum by (tenant) (rate(sales_turns_total[5m]))", "sales_turns_total has no tenant"),
        ('sales_tasks{color="red"}', "sales_tasks has no color"),
        ("rate(sales_turn_seconds_bucket[$__rate_interval])", ""),
    ],
)
def test_what_nobody_exports_is_found(expression: str, fault: str) -> None:
    assert faults_of(expression) == ([fault] if fault else [])


def test_what_is_no_promql_is_found() -> None:
    with pytest.raises(ValueError, match="unclosed"):
        asked("sum by (le (rate(sales_turns_total[5m]))")


def test_every_metric_is_on_a_dashboard() -> None:
    shown = {
        series
        for name in NAMES
        for expression, _ in queries(name)
        for series in asked(expression).labels
    }
    unseen = [each._name for each in declared() if not shown & set(series_of(each))]
    assert unseen == []


def test_no_label_may_hold_a_tenant_or_a_person() -> None:
    for metric in declared():
        assert not {"tenant", "tenant_id", "user", "user_id", "conversation_id"} & set(
            metric._labelnames
        )


@pytest.mark.parametrize("name", NAMES)
def test_panels_have_their_place_and_number(name: str) -> None:
    shown = panels(name)
    taken: set[tuple[int, int]] = set()
    for panel in shown:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= GRID_COLUMNS
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
    numbers = [panel["id"] for panel in dashboard(name)["panels"]]
    assert numbers == list(range(1, len(numbers) + 1))


# --- What Grafana is started with -----------------------------------------------------------


def provisioned(kind: str) -> Any:
    (path,) = (PROVISIONING / kind).glob("*.yml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_every_panel_reads_from_a_source_that_is_provisioned() -> None:
    sources = {
        (source["type"], source["uid"]) for source in provisioned("datasources")["datasources"]
    }
    used = {
        (panel["datasource"]["type"], panel["datasource"]["uid"])
        for name in NAMES
        for panel in panels(name)
    }
    assert used == sources


def test_a_secret_comes_from_the_environment_alone() -> None:
    for source in provisioned("datasources")["datasources"]:
        for value in source.get("secureJsonData", {}).values():
            assert re.fullmatch(r"\$[A-Z_]+", value)
        assert "password" not in source


def test_the_dashboards_are_found_where_compose_mounts_them() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    mounts = dict(mount.split(":")[:2] for mount in compose["services"]["grafana"]["volumes"])
    (provider,) = provisioned("dashboards")["providers"]
    assert provider["options"]["path"] == mounts["./ops/grafana/dashboards"]
    assert mounts["./ops/grafana/provisioning"] == "/etc/grafana/provisioning"
