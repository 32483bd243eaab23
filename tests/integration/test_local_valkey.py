"""The stack's Valkey keeps what it was told through a crash, and asks for its password."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from ops.local.valkey import Valkey
from ops.local.watchdog_pipe import WatchdogPipe
from tests.integration.link import free_port
from tests.services import running, scratch_directory


@pytest.fixture
def scratch() -> Iterator[tuple[Path, WatchdogPipe]]:
    with scratch_directory() as scratch:
        yield scratch


@pytest.fixture
def server(scratch: tuple[Path, WatchdogPipe]) -> Valkey:
    # A space in the path is what a configuration file would stumble over.
    return Valkey(directory=scratch[0] / "a valkey", port=free_port(), password="secret")


def test_a_crash_keeps_what_was_written(server: Valkey, scratch: tuple[Path, WatchdogPipe]) -> None:
    with running(server.prepare(), scratch[1]), redis.Redis.from_url(server.url) as client:
        client.rpush("queue", "a job")
        pid = int(client.info("server")["process_id"])
        os.kill(pid, signal.SIGKILL)
    with running(server.prepare(), scratch[1]), redis.Redis.from_url(server.url) as client:
        assert client.lrange("queue", 0, -1) == [b"a job"]


def test_nobody_enters_without_the_password(
    server: Valkey, scratch: tuple[Path, WatchdogPipe]
) -> None:
    bare = server.url.replace(":secret@", "")
    with running(server.prepare(), scratch[1]):
        with redis.Redis.from_url(bare) as client, pytest.raises(redis.AuthenticationError):
            client.ping()
        assert not Valkey(directory=server.directory, port=server.port, password="x").is_ready()


def test_the_password_is_not_on_the_command_line(server: Valkey) -> None:
    program = server.prepare()
    assert server.password not in " ".join(program.command)
    assert Path(program.command[1]).stat().st_mode & 0o077 == 0


def test_kept_rows_make_room_before_a_message_is_refused(
    server: Valkey, scratch: tuple[Path, WatchdogPipe]
) -> None:
    """Whoever asks much fills memory with rows; questions must go on being heard."""
    with running(server.prepare(), scratch[1]), redis.Redis.from_url(server.url) as client:
        assert int(client.info("memory")["maxmemory"]) > 0
        client.rpush("queue", "a job")
        client.config_set("maxmemory", client.info("memory")["used_memory"] + 2_000_000)
        for number in range(40):
            client.set(f"rows:{number}", b"x" * 256 * 1024, ex=3600)
        client.rpush("queue", "another")
        assert client.lrange("queue", 0, -1) == [b"a job", b"another"]
        assert int(client.info("stats")["evicted_keys"]) > 0
