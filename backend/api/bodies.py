"""A request of ours, and its body: bounded in size and time, and strictly read."""

import asyncio
from typing import Any, ClassVar

from litestar import Request
from litestar.datastructures import State

from backend.api.door import Door, door_of
from backend.api.errors import ClientGone, RequestTimeout, TooLarge, UnsupportedMediaType
from backend.api.strict_json import parse_json
from backend.domain.errors import InvalidRequest
from backend.domain.identity import Caller

#: A message of 8,000 characters in escapes (96 kB), metadata, and room.
MOST_BYTES = 256 * 1024
#: A body of the size above crosses a poor mobile link in this time.
ARRIVAL_SECONDS = 30.0


class DoorRequest(Request[None, Caller, State]):
    """A request of ours: its door, its trace, and its body read our way."""

    #: What a body may have at most.
    most_bytes: ClassVar[int] = MOST_BYTES
    #: How many times longer than others it may take to arrive.
    patience: ClassVar[int] = 1

    @property
    def door(self) -> Door:
        return door_of(self)

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits: the caller's own trace (`traceparent`) or a new one."""
        trace_id: str = self.scope["state"]["trace_id"]
        return trace_id

    async def body(self) -> bytes:
        """Raises TooLarge, RequestTimeout, ClientGone, InvalidRequest (there is none)."""
        if not isinstance(self._body, bytes):
            try:
                async with asyncio.timeout(self.patience * ARRIVAL_SECONDS):
                    self._body = await self._arrive()
            except TimeoutError as error:
                raise RequestTimeout from error
        if not self._body:
            raise InvalidRequest("The body should be a JSON object, and there is none")
        return self._body

    async def json(self) -> Any:
        """Raises UnsupportedMediaType, InvalidRequest."""
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            raise UnsupportedMediaType
        kind, options = self.content_type
        if kind and kind != "application/json":
            raise UnsupportedMediaType
        if options.get("charset", "utf-8").lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType
        return parse_json(await self.body())

    async def gone(self) -> None:
        """Return when the caller has closed the connection. The body must have been read."""
        while (await self.receive())["type"] != "http.disconnect":
            continue

    async def _arrive(self) -> bytes:
        length = self.headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.most_bytes:
            raise TooLarge
        parts, size, more = [], 0, True
        while more:
            message = await self.receive()
            if message["type"] != "http.request":
                raise ClientGone
            parts.append(message["body"])
            size += len(message["body"])
            if size > self.most_bytes:
                raise TooLarge
            more = message["more_body"]
        return b"".join(parts)
