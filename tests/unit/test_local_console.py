"""What the local stack tells the console, and what it keeps from it."""

import io
from dataclasses import replace
from pathlib import Path

import pytest

from ops.local import console
from ops.local.configuration import Configuration
from ops.local.data_directory import DataDirectory
from ops.local.ports import Ports
from ops.local.terminal import Terminal
from tests.unit.local_stack import STACK


def configuration(**environment: str) -> Configuration:
    return Configuration(
        data=DataDirectory(Path("/data")),
        ports=Ports(api=8000, metrics=9191, console=8501).moved(100),
        drain_seconds=25,
        environment=environment,
    )


def test_it_learns_where_the_api_is_and_no_secret() -> None:
    given = configuration(
        PATH="/bin",
        HOME="/home/user",
        UI_PORT="8501",
        SECRET_KEY="k" * 32,
        DATABASE_URL="postgresql://somewhere",
        MIGRATION_DATABASE_URL="postgresql://owner@somewhere",
        APP_REDIS_URL="redis://somewhere",
        OPENAI_API_KEY="key",
    )
    assert console.program(given).environment == {
        "PATH": "/bin",
        "HOME": "/data/home",
        "API_URL": "http://127.0.0.1:8100",
        "UI_PORT": "8601",
        "PYTHONUNBUFFERED": "1",
    }


def test_it_listens_where_the_api_does() -> None:
    environment = console.program(configuration(BIND_HOST="0.0.0.0")).environment  # noqa: S104
    assert environment["BIND_HOST"] == "0.0.0.0"  # noqa: S104
    assert console.url(configuration()) == "http://127.0.0.1:8601"


@pytest.mark.parametrize("ui_url", [None, "http://127.0.0.1:8601"])
def test_it_is_told_of_only_where_it_is(ui_url: str | None) -> None:
    stream = io.StringIO()
    console.tell(replace(STACK, ui_url=ui_url), Terminal(stream))
    assert (ui_url is None) == (stream.getvalue() == "")
    assert (ui_url or "") in stream.getvalue()
