"""A server that answers with whatever bytes a test wants, as slowly as it wants."""

import socket
import threading
from collections import deque
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

#: Writes one answer to a connection. Sleeps through `GarbageServer.closing`, never by itself.
Answer = Callable[["Connection"], None]


class Connection:
    """What an answer may do with the connection of its request."""

    def __init__(self, handler: BaseHTTPRequestHandler, closing: threading.Event) -> None:
        self._handler = handler
        self._closing = closing

    def send(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def pause(self, seconds: float) -> bool:
        """Wait. True when the server is closing and the answer should end."""
        return self._closing.wait(seconds)

    def hang_up(self) -> None:
        self._handler.close_connection = True


class GarbageServer:
    """Serves queued answers in order, the last of them for ever."""

    def __init__(self) -> None:
        self._answers: deque[Answer] = deque()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self.requests = 0
        self.connections = 0
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                super().setup()
                with server._lock:
                    server.connections += 1

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers.get("content-length", 0)))
                try:
                    server._next()(Connection(self, server._closing))
                except OSError:
                    self.close_connection = True

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base's name
                """Tests are quiet."""

        self._http = _Quiet(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.005}, daemon=True
        )

    def answer(self, *answers: Answer) -> None:
        self._answers.extend(answers)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def _next(self) -> Answer:
        with self._lock:
            self.requests += 1
            return self._answers.popleft() if len(self._answers) > 1 else self._answers[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._http.shutdown()
        self._http.server_close()


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    #: 64 clients may connect at once.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what the tests are about."""


def whole(body: bytes, *, content_type: str = "application/json", status: int = 200) -> Answer:
    """An ordinary response with this body."""

    def send(connection: Connection) -> None:
        head = f"HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\n"
        connection.send(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)

    return send


def stream(*pieces: bytes, cut: bool = False) -> Answer:
    """An event stream of these pieces. `cut` drops the connection before its proper end."""

    def send(connection: Connection) -> None:
        connection.send(_STREAM_HEAD)
        for piece in pieces:
            connection.send(_chunk(piece))
        if cut:
            connection.hang_up()
        else:
            connection.send(b"0\r\n\r\n")

    return send


def trickle(*pieces: bytes, drop: bytes = b":\n", every: float = 0.02) -> Answer:
    """An event stream that, after these pieces, sends `drop` again and again and never ends."""

    def send(connection: Connection) -> None:
        connection.send(_STREAM_HEAD)
        for piece in pieces:
            connection.send(_chunk(piece))
        while not connection.pause(every):
            connection.send(_chunk(drop))

    return send


def trickled_head(every: float = 0.02) -> Answer:
    """A response whose header never ends, one byte at a time."""

    def send(connection: Connection) -> None:
        connection.send(b"HTTP/1.1 200 X\r\nx-slow: ")
        while not connection.pause(every):
            connection.send(b"a")

    return send


def trickled_chunk_size(every: float = 0.02) -> Answer:
    """A chunk header that never ends: bytes arrive, but no data."""

    def send(connection: Connection) -> None:
        connection.send(_STREAM_HEAD + b"1")
        while not connection.pause(every):
            connection.send(b"0")

    return send


def silence() -> Answer:
    """No answer at all."""

    def send(connection: Connection) -> None:
        connection.pause(30)
        connection.hang_up()

    return send


def hang_up() -> Answer:
    """The connection closes without an answer."""
    return Connection.hang_up


def refusing_port() -> str:
    """An address on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


_STREAM_HEAD = (
    b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
)


def _chunk(data: bytes) -> bytes:
    """Nothing for no data: an empty chunk would end the body."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n" if data else b""
