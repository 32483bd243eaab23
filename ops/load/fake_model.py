"""A language model that costs next to nothing: `python -m ops.load.fake_model TODAY`.

Speaks OpenAI's chat completions on the loopback, in one asyncio process, and shares the machine
with what is measured; hence no framework. It writes its port on its first line of output. Beside
the completions, `POST /control` changes how it behaves, and `GET /calls` tells what it was asked.
"""

import asyncio
import sys
from collections import deque
from datetime import date
from typing import cast

import msgspec

from ops.load import fake_wire
from ops.load.fake_script import Request, said_to

#: Enough for every call of the answers whose prompts are looked at; what comes later pushes them out.
BODIES_KEPT = 64
#: No request of ours comes near it.
MOST_BYTES = 4_000_000

_DECODER = msgspec.json.Decoder(Request)


class Control(msgspec.Struct):
    """What may be changed while it runs. `forget` empties the record of calls."""

    latency_ms: float | None = None
    decision: str | None = None
    forget: bool = False


class FakeModel:
    """The behaviour that is set, and the record of what was asked."""

    def __init__(self, today: date) -> None:
        self.latency_seconds = 0.0
        self._decision = "sales"
        self._today = today
        self._calls = 0
        self._bytes = 0
        self._bodies: deque[bytes] = deque(maxlen=BODIES_KEPT)

    def complete(self, body: bytes) -> tuple[bytes, bytes]:
        """The content type and the body of the answer to a completion request."""
        request = _DECODER.decode(body)
        self._calls += 1
        self._bytes += len(body)
        self._bodies.append(body)
        said = said_to(request, decision=self._decision, today=self._today)
        tokens = len(body) // 4
        if not request.stream:
            answer = fake_wire.plain(said, model=request.model, prompt_tokens=tokens)
            return b"application/json", answer
        return b"text/event-stream", fake_wire.events(
            said,
            model=request.model,
            prompt_tokens=tokens,
            with_usage=bool((request.stream_options or {}).get("include_usage")),
        )

    def control(self, body: bytes) -> bytes:
        wanted = msgspec.json.decode(body, type=Control)
        if wanted.latency_ms is not None:
            self.latency_seconds = wanted.latency_ms / 1000
        if wanted.decision is not None:
            self._decision = wanted.decision
        if wanted.forget:
            self._calls = self._bytes = 0
            self._bodies.clear()
        return b"{}"

    def calls(self) -> bytes:
        """How many calls there were, their size, and the bodies of the last ones, oldest first."""
        bodies = [msgspec.Raw(body) for body in self._bodies]
        return msgspec.json.encode({"calls": self._calls, "bytes": self._bytes, "bodies": bodies})


class Connection(asyncio.Protocol):
    """One kept-alive connection of HTTP/1.1, whose requests come with a Content-Length."""

    def __init__(self, model: FakeModel) -> None:
        self._model = model
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # A TCP server's transport writes; uvloop's says so without inheriting from asyncio's.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._received += data
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return
        size = _content_length(self._received[:end])
        if size > MOST_BYTES:
            self._send(b"413 Content Too Large", b"text/plain", b"")
            return
        if len(self._received) - end - 4 < size:
            return
        request_line = self._received[: self._received.find(b"\r\n")]
        body = self._received[end + 4 : end + 4 + size]
        self._received = self._received[end + 4 + size :]
        self._answer(request_line, body)

    def _answer(self, request_line: bytes, body: bytes) -> None:
        method, path, _ = request_line.split(b" ", 2)
        try:
            if method == b"POST" and path.endswith(b"/chat/completions"):
                kind, answer = self._model.complete(body)
                self._send(b"200 OK", kind, answer, after=self._model.latency_seconds)
            elif method == b"POST" and path == b"/control":
                self._send(b"200 OK", b"application/json", self._model.control(body))
            elif method == b"GET" and path == b"/calls":
                self._send(b"200 OK", b"application/json", self._model.calls())
            else:
                self._send(b"404 Not Found", b"text/plain", b"")
        except msgspec.DecodeError as error:
            self._send(b"400 Bad Request", b"text/plain", str(error).encode())

    def _send(self, status: bytes, kind: bytes, body: bytes, *, after: float = 0.0) -> None:
        head = b"HTTP/1.1 %b\r\nContent-Type: %b\r\nContent-Length: %d\r\n\r\n"
        answer = head % (status, kind, len(body)) + body
        if after > 0:
            asyncio.get_running_loop().call_later(after, self._write, answer)
        else:
            self._write(answer)

    def _write(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    at = lowered.find(b"\r\ncontent-length:")
    if at < 0:
        return 0
    return int(lowered[at + 17 :].split(b"\r\n", 1)[0])


async def _serve(today: date) -> None:
    model = FakeModel(today)
    server = await asyncio.get_running_loop().create_server(
        lambda: Connection(model), "127.0.0.1", 0, backlog=256
    )
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(_serve(date.fromisoformat(sys.argv[1])))
