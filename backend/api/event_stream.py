"""A streamed response whose source is closed with it, however the response ends.

The framework leaves a generator that was being written from to the garbage collector, and with it
whatever the generator holds open.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from litestar import Request
from litestar.response import Stream
from litestar.response.streaming import ASGIStreamingResponse
from litestar.types import Receive, Scope, Send


class EventStream(Stream):
    """Sends what an async generator yields, as it comes."""

    def __init__(
        self, source: AsyncGenerator[bytes], *, media_type: str, headers: dict[str, str]
    ) -> None:
        super().__init__(source, media_type=media_type, headers=headers)
        self._source = source

    def to_asgi_response(
        self, app: Any, request: Request[Any, Any, Any], **_: Any
    ) -> ASGIStreamingResponse:
        """What the handler's own decorator says is not needed: all is known here."""
        return _ClosedAfter(self._source, media_type=str(self.media_type), headers=self.headers)


class _ClosedAfter(ASGIStreamingResponse):
    def __init__(
        self, source: AsyncGenerator[bytes], *, media_type: str, headers: dict[str, Any]
    ) -> None:
        super().__init__(iterator=source, content_length=0, media_type=media_type, headers=headers)
        self._source = source

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._source):
            await super().__call__(scope, receive, send)
