"""One HTTP client per model object, in place of the SDK's own, for what no SDK promises.

- Each socket operation waits at most until the call's deadline (`sockets.py`).
- A body has a size limit and must be UTF-8; both end the call while it is still arriving.
- Connections are kept and shared by all threads; redirects, which would carry the key to another
  host, are not followed.
"""

import codecs
import functools
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from backend.domain.errors import ModelAnswerUnusable
from backend.llm.deadline import ends_at, seconds_left
from backend.llm.sockets import BoundedNetwork

#: Workers run up to 64 threads over one model object; none of them may wait for a connection.
MAX_CONNECTIONS = 128
#: Longer than the pause between two questions of a busy worker, shorter than the idle limit of
#: the providers' load balancers (60 s and more).
KEEP_ALIVE_SECONDS = 50.0
#: A streamed token costs about 250 bytes of framing; 4,096 of them about 1 MB.
MAX_BODY_BYTES = 8_000_000
#: The end of a body comes in the packet of its last event, or right after.
DRAIN_SECONDS = 0.05

_CONNECTION_ERRORS = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError)


def http_client(base_url: str) -> httpx2.Client:
    """A client that any of the SDKs takes as its `http_client`, for one provider's address.

    An egress proxy named in the usual way (HTTPS_PROXY, NO_PROXY) is used.
    """
    return httpx2.Client(
        transport=_Transport(_pool(base_url)),
        timeout=None,
        follow_redirects=False,
        trust_env=False,
    )


def _pool(base_url: str) -> httpcore2.ConnectionPool:
    url = urlsplit(base_url)
    proxy_url = getproxies().get(url.scheme)
    options: dict[str, Any] = {
        "ssl_context": ssl_context(),
        "max_connections": MAX_CONNECTIONS,
        "max_keepalive_connections": MAX_CONNECTIONS,
        "keepalive_expiry": KEEP_ALIVE_SECONDS,
        "network_backend": BoundedNetwork(),
    }
    if proxy_url is None or proxy_bypass(url.netloc):
        return httpcore2.ConnectionPool(**options)
    proxy = httpx2.Proxy(proxy_url)
    return httpcore2.HTTPProxy(proxy_url=str(proxy.url), proxy_auth=proxy.raw_auth, **options)


@functools.cache
def ssl_context() -> ssl.SSLContext:
    """One for all models: each costs about a megabyte of certificates."""
    return httpx2.create_ssl_context()


class _Transport(httpx2.BaseTransport):
    def __init__(self, pool: httpcore2.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        # A compressed body would hide its size and its encoding from `_Body`.
        request.headers["accept-encoding"] = "identity"
        with _httpx_errors():
            response = self._pool.handle_request(
                httpcore2.Request(
                    method=request.method,
                    url=httpcore2.URL(
                        scheme=request.url.raw_scheme,
                        host=request.url.raw_host,
                        port=request.url.port,
                        target=request.url.raw_path,
                    ),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions={"timeout": {"pool": max(0.0, seconds_left())}},
                )
            )
        headers = httpx2.Headers(response.headers)
        return httpx2.Response(
            response.status,
            headers=headers,
            stream=_Body(
                response,
                must_be_text=response.status == 200 and "content-encoding" not in headers,
            ),
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    """The bytes of an answer as they arrive. An error's body is cut at the limit, not refused."""

    def __init__(self, response: httpcore2.Response, *, must_be_text: bool) -> None:
        self._response = response
        self._pieces = iter(response.iter_stream())
        self._must_be_text = must_be_text

    def __iter__(self) -> Iterator[bytes]:
        text = codecs.getincrementaldecoder("utf-8")()
        size = 0
        with _httpx_errors():
            for piece in self._pieces:
                size += len(piece)
                if size > MAX_BODY_BYTES:
                    if self._response.status == 200:
                        raise ModelAnswerUnusable
                    return
                if self._must_be_text:
                    _decode(text, piece)
                yield piece
        if self._must_be_text:
            _decode(text, b"", final=True)

    def close(self) -> None:
        # An SDK stops at its last event, a few bytes before the body's end. Without those the
        # connection could not be used again.
        soon = time.monotonic() + min(DRAIN_SECONDS, seconds_left())
        with suppress(*_CONNECTION_ERRORS, httpcore2.TimeoutException), ends_at(soon):
            next(self._pieces, None)
        self._response.close()


def _decode(decoder: codecs.IncrementalDecoder, piece: bytes, *, final: bool = False) -> None:
    try:
        decoder.decode(piece, final)
    except UnicodeDecodeError as error:
        raise ModelAnswerUnusable from error


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """Raise what an HTTP client's user expects; `failures.py` tells only these three apart."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise httpx2.ReadTimeout("timed out") from error
    except (httpcore2.LocalProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise httpx2.LocalProtocolError("the request cannot be sent") from error
    except _CONNECTION_ERRORS as error:
        raise httpx2.NetworkError("connection failed") from error
