"""All dashboards, and the files that they are committed as."""

from pathlib import Path

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from ops.grafana.answers import answers
from ops.grafana.cost_per_user import cost_per_user
from ops.grafana.models_and_money import models_and_money
from ops.grafana.queue_and_workers import queue_and_workers

FOLDER = Path(__file__).with_name("dashboards")
#: Below `dashboards/`, without the ending.
DASHBOARDS = {
    "answers": answers,
    "models-and-money": models_and_money,
    "queue-and-workers": queue_and_workers,
    "cost-per-user": cost_per_user,
}


def rendered() -> dict[str, str]:
    """The text of every file by its name."""
    return {f"{name}.json": _text(build()) for name, build in DASHBOARDS.items()}


def faults(folder: Path = FOLDER) -> list[str]:
    """One line for each file of the folder that is missing, too many, or not what the code makes."""
    wanted = rendered()
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*")}
    return [
        f"{name} is not what `python -m ops.grafana write` makes"
        for name in sorted(wanted.keys() | there.keys())
        if wanted.get(name) != there.get(name)
    ]


def write(folder: Path = FOLDER) -> None:
    """Make the folder hold what the code makes, and nothing else."""
    wanted = rendered()
    for path in folder.glob("*"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _text(dashboard: Dashboard) -> str:
    built = dashboard.build()
    # Numbered, so that a link to a panel outlives a restart of Grafana.
    for number, panel in enumerate(built.panels or [], start=1):
        panel.id_val = number
    return JSONEncoder(sort_keys=True, indent=2, ensure_ascii=False).encode(built) + "\n"
