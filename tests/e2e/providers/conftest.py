"""One API for the tests of this folder, and a worker that is started again for each provider.

The providers are a fake that speaks their wire (tests/wire), so every call is counted where it
arrives; `garbage` is one that sends bytes which no provider should.
"""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast
from uuid import uuid4

import pytest
from llmock.testing import LLMockServer

from backend.llm.model_config import Provider
from ops.local.watchdog_pipe import WatchdogPipe
from tests.conftest import PostgresCluster, ValkeyUrl
from tests.e2e.providers.stack import ProviderStack, provider_stack
from tests.services import clone
from tests.wire import fixtures
from tests.wire.garbage import Answer, Connection, GarbageServer
from tests.wire.llmock_server import Wire
from tests.wire.stage import PROVIDERS

wire_server, wire = fixtures.wire_server, fixtures.wire

#: One attempt at a call may take this long. The fake answers at once, but on a machine that may
#: be busy; who sends garbage is waited for to the end.
PATIENT_SECONDS, SHORT_SECONDS = 20.0, 1.0


#: Of a worker's log, enough to see why a turn ended as it did.
LOG_LINES = 20


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show what the worker said, since its log does not outlive the run."""
    report = yield
    stack = item.funcargs.get("stack")
    if report.failed and isinstance(stack, ProviderStack):
        log = (stack.data.path / "worker.log").read_text(errors="replace")
        report.sections.append(("worker", "\n".join(log.splitlines()[-LOG_LINES:])))
    return report


@dataclass(slots=True)
class Spoiled:
    """A server that does as it is told now, to whoever calls."""

    server: GarbageServer
    behave: Answer = field(default=lambda connection: connection.hang_up())

    def __post_init__(self) -> None:
        self.server.answer(self._answer)

    def _answer(self, connection: Connection) -> None:
        self.behave(connection)


@pytest.fixture(scope="package")
def stack(
    postgres: PostgresCluster,
    _template: str,
    _valkey: ValkeyUrl,
    _scratch: tuple[Path, WatchdogPipe],
) -> Iterator[ProviderStack]:
    with (
        clone(postgres, _template) as database,
        provider_stack(postgres, database, _valkey, _scratch) as stack,
    ):
        yield stack


@pytest.fixture(scope="package")
def spoiled() -> Iterator[Spoiled]:
    with GarbageServer() as server:
        yield Spoiled(server)


@pytest.fixture(scope="package", params=PROVIDERS)
def provider(
    request: pytest.FixtureRequest,
    stack: ProviderStack,
    wire_server: LLMockServer,
    spoiled: Spoiled,
) -> Iterator[Provider]:
    """The provider that answers now."""
    if request.param == "garbage":
        url = spoiled.server.url + "/v1"
        with stack.worker("openai_compatible", url, timeout_seconds=SHORT_SECONDS):
            yield "openai_compatible"
        return
    name = cast("Provider", request.param)
    with stack.worker(name, Wire(wire_server).base_url(name), timeout_seconds=PATIENT_SECONDS):
        yield name


@pytest.fixture
def user() -> str:
    return f"user-{uuid4().hex}"
