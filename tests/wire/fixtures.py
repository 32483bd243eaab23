"""`wire` and `garbage` for pytest. A test module or conftest takes them by importing the names."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest

from backend.llm.factory import OpenModel
from tests.wire.garbage import GarbageServer
from tests.wire.llmock_server import Wire, start
from tests.wire.stage import a_model

#: `tests.wire.stage.a_model`, closed when the test ends.
ModelMaker = Callable[..., OpenModel]


@pytest.fixture(scope="session")
def wire_server() -> Iterator[Wire]:
    server = start()
    yield Wire(server)
    server.stop()


@pytest.fixture
def wire(wire_server: Wire) -> Iterator[Wire]:
    """The fake providers, with nothing scripted and nothing recorded."""
    wire_server.reset()
    yield wire_server
    wire_server.reset()


@pytest.fixture
def garbage() -> Iterator[GarbageServer]:
    """A server that answers with the bytes it is told to."""
    with GarbageServer() as server:
        yield server


@pytest.fixture
def model_at() -> Iterator[ModelMaker]:
    """Builds models as `a_model` does, and closes them."""
    with ExitStack() as stack:
        yield lambda *args, **more: stack.enter_context(closing(a_model(*args, **more)))
