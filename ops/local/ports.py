"""The ports of the stack, all on 127.0.0.1, all moved together by PORT_OFFSET."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass

from ops.local.errors import PortInUse

HOST = "127.0.0.1"
# One above the standard ports, where a database or a Redis of the user's own may already listen.
POSTGRES_PORT = 5433
VALKEY_PORT = 6380
# Streamlit's own, where its users look first.
CONSOLE_PORT = 8501
LAST_PORT = 65_535


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where each program listens: the API, the worker's metrics, the console, the two databases."""

    api: int
    metrics: int
    console: int = CONSOLE_PORT
    postgres: int = POSTGRES_PORT
    valkey: int = VALKEY_PORT

    def moved(self, offset: int) -> "Ports":
        """Return the same ports, each moved by this much."""
        return Ports(
            api=self.api + offset,
            metrics=self.metrics + offset,
            console=self.console + offset,
            postgres=self.postgres + offset,
            valkey=self.valkey + offset,
        )


def check_free(wanted: Iterable[tuple[str, int]]) -> None:
    """Raise PortInUse for the first of the (name, port) pairs that cannot be listened on."""
    for name, port in wanted:
        if port > LAST_PORT:
            raise PortInUse(f"Port {port} for {name} does not exist; PORT_OFFSET is too large.")
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            # As the servers do: a port that only waits out its last connections is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise PortInUse(
                    f"Port {port} for {name} cannot be used ({error.strerror}); free it, or move "
                    "every port with PORT_OFFSET, for example `make up PORT_OFFSET=100`."
                ) from error
