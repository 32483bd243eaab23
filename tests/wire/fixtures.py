"""`wire` and `garbage` for pytest. A test module or conftest takes them by importing the names."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import Any

import pytest

from backend.domain.chat import ChatReply
from backend.llm.factory import OpenModel
from backend.llm.model_config import Provider
from tests.wire.garbage import Answer, GarbageServer
from tests.wire.llmock_server import Wire, start
from tests.wire.stage import a_model, a_request

#: `tests.wire.stage.a_model`, closed when the test ends.
ModelMaker = Callable[..., OpenModel]
#: What the fixture `ask` gives.
Ask = Callable[..., ChatReply]


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


@pytest.fixture
def ask(garbage: GarbageServer, model_at: ModelMaker) -> Ask:
    """Asks a model at `garbage`, which gives these answers: `ask(provider, *answers, streamed=)`."""

    def ask(
        provider: Provider,
        *answers: Answer,
        streamed: bool,
        heard: list[str] | None = None,
        seconds: float = 5,
        model: str | None = None,
        **more: Any,
    ) -> ChatReply:
        garbage.answer(*answers)
        # As each SDK wants its base URL.
        base = garbage.url + ("/v1" if provider.startswith("openai") else "")
        listener = (heard if heard is not None else []).append
        return model_at(provider, base, model=model).complete(
            a_request(seconds=seconds, **more), listener if streamed else None
        )

    return ask
