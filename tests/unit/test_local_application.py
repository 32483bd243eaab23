"""What the local stack tells the application's programs, and what it keeps from them."""

from pathlib import Path

import pytest

from ops.local.application import Backing, api_url, metrics_url, programs
from ops.local.configuration import Configuration
from ops.local.data_directory import DataDirectory
from ops.local.ports import Ports

BACKING = Backing(
    database_url="postgresql://sales_app@here/sales_crew",
    redis_url="redis://here",
    secret_key="k" * 32,
)


def configuration(**environment: str) -> Configuration:
    return Configuration(
        data=DataDirectory(Path("/data")),
        ports=Ports(api=8000, metrics=9191).moved(100),
        drain_seconds=25,
        environment=environment,
    )


@pytest.mark.parametrize("withheld", ["MIGRATION_DATABASE_URL", "REDIS_URL"])
def test_neither_program_learns_the_owners_login_or_a_librarys_redis(withheld: str) -> None:
    for program in programs(configuration(**{withheld: "redis://elsewhere"}), BACKING):
        assert withheld not in program.environment


def test_the_stack_decides_over_the_users_environment() -> None:
    given = configuration(DATABASE_URL="mine", PORT_OFFSET="100", OPENAI_API_KEY="key")
    for program in programs(given, BACKING):
        environment = program.environment
        assert environment["DATABASE_URL"] == BACKING.database_url
        assert environment["APP_REDIS_URL"] == BACKING.redis_url
        assert environment["SECRET_KEY"] == BACKING.secret_key
        assert environment["DATA_DIR"] == "/data"
        assert environment["OPENAI_API_KEY"] == "key"


def test_the_ports_are_moved_once() -> None:
    """A program adds PORT_OFFSET to the ports it is told."""
    for program in programs(configuration(PORT_OFFSET="100"), BACKING):
        offset = int(program.environment["PORT_OFFSET"])
        assert int(program.environment["API_PORT"]) + offset == 8100
        assert int(program.environment["METRICS_PORT"]) + offset == 9291
    assert api_url(configuration()) == "http://127.0.0.1:8100"
    assert metrics_url(configuration()) == "http://127.0.0.1:9291/metrics"


def test_only_the_worker_has_its_home_in_the_data_directory() -> None:
    api, worker = programs(configuration(HOME="/home/user"), BACKING)
    assert api.environment["HOME"] == "/home/user"
    written = [value for name, value in worker.environment.items() if name.startswith("XDG_")]
    assert len(written) == 4
    for path in (worker.environment["HOME"], *written):
        assert path.startswith("/data/")


def test_the_api_starts_first_and_the_worker_may_drain() -> None:
    api, worker = programs(configuration(), BACKING)
    assert (api.name, worker.name) == ("api", "worker")
    assert worker.stop_seconds > configuration().drain_seconds
