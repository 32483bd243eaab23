"""uvicorn's protocols with what they lack: limits on a request's head, and a way to cut.

A head that is too long or too slow is refused before an application could see it; and what the
application never sees is answered in the same form as everything else.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import msgspec
from uvicorn._types import ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request

from backend.api import problems
from backend.api.errors import HeadersTooLarge
from backend.api.served import ABORT, MOST_HEADER_BYTES
from backend.domain.errors import InvalidRequest, SalesCrewError

#: A whole head fits into a few packets; whoever needs longer holds the connection for itself.
HEAD_SECONDS = 15.0
#: How long a refused caller may go on sending before it reads the refusal.
LINGER_SECONDS = 2.0


class BoundedHttp(HttpToolsProtocol):
    """HTTP/1.1 whose request heads are bounded in size and time."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._head_bytes = 0
        self._refused = False
        self._head_timer: asyncio.TimerHandle | None = None
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget_head()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        super().data_received(data)
        if self._head_timer is not None:
            self._head_bytes += len(data)
            if self._head_bytes > MOST_HEADER_BYTES:
                self._refuse(HeadersTooLarge())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {ABORT: self.transport.abort}  # type: ignore[dict-item]
        if self._head_timer is None:
            self._expect_head()

    def on_headers_complete(self) -> None:
        self._forget_head()
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(InvalidRequest(msg))

    def _expect_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_SECONDS, self.transport.abort)

    def _forget_head(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _refuse(self, error: SalesCrewError) -> None:
        """Answer without the application, and close when the caller had time to read it."""
        self._refused = True
        self._forget_head()
        problem = problems.problem_of(error)
        body = msgspec.json.encode(problem)
        self.transport.write(
            b"HTTP/1.1 %d %s\r\ncontent-type: %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n%s"
            % (
                problem.status,
                problem.title.encode(),
                problems.MEDIA_TYPE.encode(),
                len(body),
                body,
            )
        )
        # Closing with unread input would reset the connection before the caller reads this.
        self.loop.call_later(LINGER_SECONDS, self.transport.close)


class CuttableSocket(WebSocketsSansIOProtocol):
    """WebSockets that the application can cut, and refuse with a response of its own."""

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if not self.close_sent:
            extensions: dict[str, Any] = self.scope["extensions"]
            abort: Callable[[], None] = self.transport.abort
            extensions[ABORT] = abort

    async def send(self, message: ASGISendEvent) -> None:
        await super().send(message)
        if self.close_sent and message["type"] == "websocket.http.response.body":
            # A handshake that was refused is over too; uvicorn says so of its own refusals only,
            # and would log this one as an application that forgot to answer.
            self.handshake_complete = True
