"""What every test may ask for, and what no test may do.

`postgres`, `database` and `valkey` are real servers of the suite's own (tests/services.py), started
when the first test wants them. No test reaches beyond this machine: a call to a real model fails.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_socket
import redis

from ops.local.watchdog_pipe import WatchdogPipe
from tests.services import (
    MigratedDatabase,
    PostgresCluster,
    clone,
    migrate_template,
    postgres_cluster,
    scratch_directory,
    valkey_server,
)

__all__ = ["MigratedDatabase", "PostgresCluster", "ValkeyUrl"]

# CrewAI reads these when it is imported, which some test does first.
os.environ.update(
    CREWAI_DISABLE_TELEMETRY="true",
    CREWAI_TRACING_ENABLED="false",
    CREWAI_DISABLE_VERSION_CHECK="true",
    PYTHON_DOTENV_DISABLED="1",
)

LOOPBACK = ["127.0.0.1", "::1", "localhost"]
# A folder's name is the mark of every test in it.
MARKED_FOLDERS = {"integration", "e2e", "evals"}
# What would make a real provider the default of a test that forgot to choose.
MODEL_VARIABLES = (
    "LLM_PROVIDER",
    "LLM_MODEL",
    "LLM_API_KEY",
    "LLM_BASE_URL",
    "EMBEDDING_PROVIDER",
    "OPENAI_API_KEY",
    "OPENAI_BASE_URL",
    "ANTHROPIC_API_KEY",
    "ANTHROPIC_BASE_URL",
    "GEMINI_API_KEY",
    "GOOGLE_API_KEY",
    "GEMINI_BASE_URL",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValkeyUrl:
    """A running, empty Valkey."""

    url: str


@pytest.hookimpl(tryfirst=True)  # before -m looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        folder = item.path.relative_to(here).parts[0]
        if folder in MARKED_FOLDERS:
            item.add_marker(folder)


def pytest_runtest_setup() -> None:
    """Refuse every connection beyond this machine; pytest-socket lifts it after the test."""
    pytest_socket.socket_allow_hosts(LOOPBACK, allow_unix_socket=True)


@pytest.fixture(scope="session", autouse=True)
def _no_model_configured() -> Iterator[None]:
    """A developer's own keys stay out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in MODEL_VARIABLES:
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session")
def _scratch() -> Iterator[tuple[Path, WatchdogPipe]]:
    with scratch_directory() as scratch:
        yield scratch


@pytest.fixture(scope="session")
def postgres(_scratch: tuple[Path, WatchdogPipe]) -> Iterator[PostgresCluster]:
    """The suite's Postgres, with the logins and databases of the local stack."""
    with postgres_cluster(*_scratch) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def _template(postgres: PostgresCluster) -> str:
    return migrate_template(postgres)


@pytest.fixture
def database(postgres: PostgresCluster, _template: str) -> Iterator[MigratedDatabase]:
    """A fresh, migrated database for this test alone."""
    with clone(postgres, _template) as database:
        yield database


@pytest.fixture(scope="module")
def module_database(postgres: PostgresCluster, _template: str) -> Iterator[MigratedDatabase]:
    """A fresh, migrated database for the tests of one module."""
    with clone(postgres, _template) as database:
        yield database


@pytest.fixture(scope="session")
def _valkey(_scratch: tuple[Path, WatchdogPipe]) -> Iterator[ValkeyUrl]:
    with valkey_server(*_scratch) as server:
        yield ValkeyUrl(url=server.url)


@pytest.fixture
def valkey(_valkey: ValkeyUrl) -> ValkeyUrl:
    """The suite's Valkey, emptied for this test."""
    with redis.Redis.from_url(_valkey.url) as client:
        client.flushall()
    return _valkey
