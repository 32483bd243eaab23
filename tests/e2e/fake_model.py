"""The bench's language model in a thread of the test, which hears of each call as it comes.

Questions carry a marker, `[name]`, by which calls are counted, slowed down and reacted to.
"""

import asyncio
import re
import threading
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any, Self, cast

import msgspec

from ops.load.fake_model import Connection, FakeModel

_MARKER = re.compile(r"\[(\w+)\]")


def marked(question: str, marker: str) -> str:
    return f"{question} [{marker}]"


class WatchedModel(FakeModel):
    """Answers after `seconds`, or after the time that a marker has of its own."""

    def __init__(self, today: date) -> None:
        super().__init__(today)
        self.seconds = 0.0
        self.seconds_of: dict[str, float] = {}
        #: Called once per call with this marker, before anything is answered.
        self.when: dict[str, Callable[[], object]] = {}
        #: How many calls came, by the marker of the question they are about.
        self.asked: Counter[str] = Counter()

    def complete(self, body: bytes) -> tuple[bytes, bytes]:
        marker = _marker(msgspec.json.decode(body))
        self.asked[marker] += 1
        # Read by the connection for this very answer.
        self.latency_seconds = self.seconds_of.get(marker, self.seconds)
        react = self.when.get(marker)
        if react is not None:
            react()
        return super().complete(body)


class ModelThread:
    """Serves a model on the loopback from entering the `with` block to leaving it."""

    def __init__(self, model: WatchedModel) -> None:
        self._model = model
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None
        self._transports: set[asyncio.Transport] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        self._server = asyncio.run_coroutine_threadsafe(self._serve(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def base_url(self) -> str:
        """As an SDK wants it, with the version."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    async def _serve(self) -> asyncio.Server:
        return await self._loop.create_server(
            lambda: _KnownConnection(self._model, self._transports), "127.0.0.1", 0, backlog=256
        )

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        for transport in self._transports:
            transport.abort()
        # A transport closes its socket in the next round of the loop.
        await asyncio.sleep(0)


class _KnownConnection(Connection):
    """A connection that can be ended from outside, for a client that was killed or stopped."""

    def __init__(self, model: FakeModel, transports: set[asyncio.Transport]) -> None:
        super().__init__(model)
        self._transports = transports

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._transports.add(cast("asyncio.Transport", transport))


def _marker(body: dict[str, Any]) -> str:
    """The question stands last in what the person says; before it comes what was said earlier."""
    said = [message["content"] for message in body["messages"] if message["role"] == "user"]
    return str(_MARKER.findall(said[-1])[-1])
