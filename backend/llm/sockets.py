"""Sockets whose every wait is bounded by the deadline of the call they serve.

The HTTP library asks this for its connections. Looking a name up, connecting, shaking hands,
sending and receiving each get what is left of the call's time, so that neither a stall nor a
trickle of single bytes outlives it.
"""

import queue
import socket
import ssl
import threading
from collections.abc import Iterable
from typing import Any

import httpcore2

from backend.llm.deadline import seconds_left

#: A host that does not accept within this is taken for down, so that another address is tried.
CONNECT_SECONDS = 5.0


class BoundedNetwork(httpcore2.NetworkBackend):
    """Opens sockets whose every wait is bounded by the call's deadline."""

    def __init__(self) -> None:
        self._inner = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        refused: Exception = httpcore2.ConnectError("no address")
        for address in _addresses(host, port):
            try:
                return _Stream(
                    self._inner.connect_tcp(
                        address,
                        port,
                        timeout=_wait(CONNECT_SECONDS),
                        local_address=local_address,
                        socket_options=socket_options,
                    )
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                refused = error
        raise refused


class _Stream(httpcore2.NetworkStream):
    def __init__(self, inner: httpcore2.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=_wait(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=_wait(timeout))

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, timeout=_wait(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


def _wait(timeout: float | None) -> float | None:
    """How long one socket operation may take: what was asked, but never past the deadline."""
    left = seconds_left()
    if left <= 0:
        raise httpcore2.TimeoutException("deadline")
    shortest = left if timeout is None else min(left, timeout)
    return None if shortest == float("inf") else shortest


def _addresses(host: str, port: int) -> list[str]:
    """Look the name up in a thread of its own: the system's resolver takes no timeout."""
    found: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            found.put(list(dict.fromkeys(str(info[4][0]) for info in infos)))
        except OSError as error:
            found.put(error)

    threading.Thread(target=look_up, name="llm-resolve", daemon=True).start()
    try:
        answer = found.get(timeout=_wait(CONNECT_SECONDS))
    except queue.Empty:
        raise httpcore2.ConnectTimeout("name resolution") from None
    if isinstance(answer, OSError):
        raise httpcore2.ConnectError("name resolution") from answer
    return answer
