"""The outermost layer: every request is traced, counted, timed, logged, and bounded.

It sees the status that really goes out, also of errors that inner layers raised, and knows a
route by its template, so that labels stay few.
"""

import asyncio
import re
import secrets
import time
from collections.abc import Mapping
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from backend.api.errors import HeadersTooLarge, ServerBusy
from backend.api.refusals import refuse
from backend.domain.errors import SalesCrewError
from backend.domain.identity import Caller
from backend.observe import metrics, spans
from backend.observe.tracing import Origin, Span

log = structlog.get_logger(__name__)

#: A reader that takes nothing for this long is dropped, and its buffer with it.
SEND_SECONDS = 20.0
#: A key, a trace and whatever proxies add fit many times.
MOST_HEADER_BYTES = 32 * 1024
#: Open requests, streams and sockets of one process; each costs tens of kilobytes.
MOST_OPEN = 4_000
#: The server's own way to cut a connection, which ASGI lacks (`backend/api/protocols.py`).
ABORT = "sales.abort"

_TRACEPARENT = re.compile(rb"00-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_METHODS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"})

_SECURITY: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
}


class Served:
    """An ASGI application around another."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        request = _Request(scope, send)
        self._open += 1
        with (
            structlog.contextvars.bound_contextvars(trace_id=request.origin.trace_id),
            spans.request(request.method, scope["path"], request.origin) as span,
        ):
            try:
                refusal = self._refusal(scope)
                if refusal is None:
                    await self._app(scope, receive, request.send)
                else:
                    await refuse(scope, request.send, refusal)
            except Exception:
                # A dropped reader breaks whatever was writing to it: that is no fault to report.
                if not request.dropped:
                    raise
            finally:
                self._open -= 1
                request.done(span)

    def _refusal(self, scope: Scope) -> SalesCrewError | None:
        if sum(len(name) + len(value) for name, value in scope["headers"]) > MOST_HEADER_BYTES:
            return HeadersTooLarge()
        return ServerBusy() if self._open > MOST_OPEN else None


class _Request:
    """One request on its way."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.origin = _origin(scope)
        method = scope.get("method", "GET")
        self.method = method if method in _METHODS else "other"
        self.dropped = False
        self._send = send
        self._status = 500
        self._started_at = time.perf_counter()
        scope.setdefault("state", {})["trace_id"] = self.origin.trace_id

    async def send(self, message: Message) -> None:
        """Pass a message on, or drop a reader that takes none."""
        self._note(message)
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send(message)
        except TimeoutError:
            self.dropped = True
            log.warning("http.reader_dropped", route=self._route)
            abort: Any = (self.scope.get("extensions") or {}).get(ABORT)
            if abort is not None:
                abort()
            raise

    def done(self, span: Span) -> None:
        """Count and log the request, and say in its span how it ended."""
        seconds = time.perf_counter() - self._started_at
        metrics.HTTP_REQUESTS.labels(self.method, self._route, str(self._status)).inc()
        if self._is_http:
            metrics.HTTP_SECONDS.labels(self.method, self._route).observe(seconds)
        spans.served(span, self.method, self._route, self._status)
        caller = self.scope.get("auth")
        log.info(
            "http.request_served",
            method=self.method,
            route=self._route,
            status=self._status,
            time_ms=round(seconds * 1000),
            tenant_id=str(caller.tenant_id) if isinstance(caller, Caller) else None,
        )

    @property
    def _is_http(self) -> bool:
        return self.scope["type"] == ScopeType.HTTP

    @property
    def _route(self) -> str:
        return str(self.scope.get("path_template") or "unmatched")

    def _note(self, message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            self._status = message["status"]
            headers = list(message["headers"])
            named = {name.lower() for name, _ in headers}
            headers.extend((name, value) for name, value in _SECURITY.items() if name not in named)
            headers.append((b"x-trace-id", self.origin.trace_id.encode()))
            message["headers"] = headers
        elif message["type"] == "websocket.accept":
            self._status = 101


def _origin(scope: Scope) -> Origin:
    """The caller's trace, if it names one as the W3C says; else a new one."""
    for name, value in scope["headers"]:
        if name == b"traceparent":
            found = _TRACEPARENT.fullmatch(value)
            if found is not None:
                return Origin(trace_id=found[1].decode(), traceparent=value.decode())
    return Origin(trace_id=secrets.token_hex(16), traceparent=None)
