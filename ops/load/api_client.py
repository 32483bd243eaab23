"""A cheap HTTP client: kept-alive connections on asyncio's streams, JSON in and out.

The bench shares two cores with what it measures, and a general client takes about as much CPU per
request as the whole API.
"""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

#: Longer than any answer that is still worth measuring.
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: Any


class ApiClient:
    """One connection to the API, for one request at a time."""

    def __init__(self, api_url: str, key: str) -> None:
        url = urlsplit(api_url)
        self._host, self._port = url.hostname or "127.0.0.1", url.port or 80
        self._head = (
            f"POST /chat HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: Bearer {key}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()
        self._read_head = f" HTTP/1.1\r\nHost: {url.netloc}\r\nAuthorization: Bearer {key}\r\n\r\n"
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._close()

    async def ask(self, user_id: str, message: str) -> Response:
        """`POST /chat`, waiting for the answer. Raises OSError, EOFError or TimeoutError."""
        body = msgspec.json.encode({"user_id": user_id, "message": message})
        return await self._answer(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))

    async def read(self, path: str) -> Response:
        """`GET` a path with its query. Raises OSError, EOFError or TimeoutError."""
        return await self._answer(f"GET {path}{self._read_head}".encode())

    async def _answer(self, request: bytes) -> Response:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                if self._writer is None:
                    self._reader, self._writer = await asyncio.open_connection(
                        self._host, self._port
                    )
                assert self._reader is not None  # noqa: S101 - it comes with the writer
                self._writer.write(request)
                return await _response(self._reader)
        except BaseException:
            # What is left on the wire would be taken for the next answer.
            self._close()
            raise

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def _response(reader: asyncio.StreamReader) -> Response:
    head = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    status = int(head[0].split(b" ", 2)[1])
    for line in head[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            content = await reader.readexactly(int(value))
            return Response(status, msgspec.json.decode(content) if content else None)
    raise ValueError("an answer without Content-Length")
