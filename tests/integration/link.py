"""A TCP link that can be cut and mended: a service that goes away and comes back."""

import contextlib
import select
import socket
import threading
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit


class Link:
    """Passes bytes between its own port and a service's, while it is whole."""

    def __init__(self, service_url: str) -> None:
        self._parts = urlsplit(service_url)
        self._cut = threading.Event()
        self._closed = threading.Event()
        self._pairs: set[tuple[socket.socket, socket.socket]] = set()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._listener.settimeout(0.1)
        self._start(self._accept)

    @property
    def url(self) -> str:
        """The service's address, through this link."""
        login, at, _ = self._parts.netloc.rpartition("@")
        port = self._listener.getsockname()[1]
        return urlunsplit(self._parts._replace(netloc=f"{login}{at}127.0.0.1:{port}"))

    def cut(self) -> None:
        """Break every connection and refuse new ones."""
        self._cut.set()
        with self._lock:
            for pair in self._pairs:
                for end in pair:
                    with contextlib.suppress(OSError):
                        end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        self._cut.clear()

    def close(self) -> None:
        self._closed.set()
        self.cut()
        for thread in self._threads:
            thread.join(5)
        self._listener.close()

    def __enter__(self) -> "Link":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                near, _ = self._listener.accept()
            except TimeoutError:
                continue
            if self._cut.is_set():
                near.close()
                continue
            self._start(self._pass, near)

    def _pass(self, near: socket.socket) -> None:
        port = self._parts.port or 5432
        with near, socket.create_connection((self._parts.hostname or "", port), 5) as far:
            pair = (near, far)
            with self._lock:
                self._pairs.add(pair)
            with contextlib.suppress(OSError):
                self._pump(near, far)
            with self._lock:
                self._pairs.discard(pair)

    def _pump(self, near: socket.socket, far: socket.socket) -> None:
        other = {near: far, far: near}
        while not (self._cut.is_set() or self._closed.is_set()):
            for end in select.select([near, far], [], [], 0.2)[0]:
                data = end.recv(65_536)
                if not data:
                    return
                other[end].sendall(data)

    def _start(self, work: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
