"""The stack's Postgres starts whatever the last run left behind, and never as root."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ops.local.errors import DataDirectoryUnusable
from ops.local.postgres import Postgres
from ops.local.watchdog_pipe import WatchdogPipe
from tests.integration.link import free_port
from tests.integration.local_programs import is_alive, until
from tests.services import running, scratch_directory

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")


@pytest.fixture(scope="module")
def scratch() -> Iterator[tuple[Path, WatchdogPipe]]:
    with scratch_directory() as scratch:
        yield scratch


@pytest.fixture(scope="module")
def server(scratch: tuple[Path, WatchdogPipe]) -> Postgres:
    """A cluster with one row in it, not running."""
    server = Postgres(
        directory=scratch[0] / "postgres", port=free_port(), password="p'w d", durable=False
    )
    with running(server.prepare(), scratch[1]), psycopg.connect(server.superuser_dsn()) as conn:
        conn.execute("CREATE TABLE kept AS SELECT 42 AS value")
    return server


def kept(server: Postgres) -> int:
    with psycopg.connect(server.superuser_dsn()) as conn:
        row = conn.execute("SELECT value FROM kept").fetchone()
    assert row is not None
    return int(row[0])


def postmaster(server: Postgres) -> int:
    return int((server.directory / "postmaster.pid").read_text().split("\n", 1)[0])


def test_a_restart_keeps_the_rows(server: Postgres, scratch: tuple[Path, WatchdogPipe]) -> None:
    with running(server.prepare(), scratch[1]):
        assert kept(server) == 42


def test_a_crash_is_recovered_from(server: Postgres, scratch: tuple[Path, WatchdogPipe]) -> None:
    with running(server.prepare(), scratch[1]):
        os.kill(postmaster(server), signal.SIGKILL)
    assert (server.directory / "postmaster.pid").exists()
    with running(server.prepare(), scratch[1]):
        assert kept(server) == 42


def test_a_stale_note_with_the_number_of_a_living_process_is_no_obstacle(
    server: Postgres, scratch: tuple[Path, WatchdogPipe]
) -> None:
    with subprocess.Popen(("/bin/sleep", "60")) as other:
        try:
            (server.directory / "postmaster.pid").write_text(f"{other.pid}\n{server.directory}\n")
            with running(server.prepare(), scratch[1]):
                assert kept(server) == 42
            assert other.poll() is None
        finally:
            other.kill()


def test_a_server_that_was_left_behind_is_ended_first(
    server: Postgres, scratch: tuple[Path, WatchdogPipe]
) -> None:
    program = server.prepare()
    left = subprocess.Popen(
        program.identity.leash(program.command),
        cwd=program.directory,
        env=program.environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(server.is_ready)
        with running(server.prepare(), scratch[1]):
            assert postmaster(server) != left.pid
            assert kept(server) == 42
        assert left.wait(20) == 0
    finally:
        left.kill()
        left.wait()


def test_a_cluster_that_was_half_made_is_made_again(scratch: tuple[Path, WatchdogPipe]) -> None:
    half = scratch[0] / "half.new"
    half.mkdir()
    (half / "base").mkdir()
    server = Postgres(directory=scratch[0] / "half", port=free_port(), password="x", durable=False)
    with running(server.prepare(), scratch[1]):
        assert server.is_ready()
    assert not half.exists()


def test_another_major_versions_data_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("16\n")
    server = Postgres(directory=tmp_path, port=1, password="x")
    with pytest.raises(DataDirectoryUnusable, match=r"made by Postgres 16, .* runs 18"):
        server.prepare()


def test_what_is_no_cluster_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").touch()
    with pytest.raises(DataDirectoryUnusable, match="not a Postgres data directory"):
        Postgres(directory=tmp_path, port=1, password="x").prepare()
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_a_lost_password_is_told_in_a_line(
    server: Postgres, scratch: tuple[Path, WatchdogPipe]
) -> None:
    stranger = Postgres(directory=server.directory, port=server.port, password="y", durable=False)
    with (
        running(server.prepare(), scratch[1]),
        pytest.raises(DataDirectoryUnusable, match="not the one in the secrets"),
    ):
        stranger.is_ready()


def test_nobody_enters_without_a_password(
    server: Postgres, scratch: tuple[Path, WatchdogPipe]
) -> None:
    bare = f"postgresql://postgres@127.0.0.1:{server.port}/postgres"
    with (
        running(server.prepare(), scratch[1]),
        pytest.raises(psycopg.OperationalError, match="no password supplied"),
    ):
        psycopg.connect(bare, connect_timeout=5)


@as_root
def test_root_gives_the_server_to_another_user(
    server: Postgres, scratch: tuple[Path, WatchdogPipe]
) -> None:
    with running(server.prepare(), scratch[1]):
        status = Path(f"/proc/{postmaster(server)}/status").read_text()
        owner = server.directory.stat().st_uid
    assert f"Uid:\t{owner}\t" in status
    assert owner != 0


@as_root
def test_below_a_closed_directory_root_becomes_another_in_a_namespace(
    scratch: tuple[Path, WatchdogPipe],
) -> None:
    closed = scratch[0] / "closed"
    closed.mkdir(mode=0o700)
    server = Postgres(directory=closed / "postgres", port=free_port(), password="x", durable=False)
    with running(server.prepare(), scratch[1]):
        pid = postmaster(server)
        assert Path(f"/proc/{pid}/uid_map").read_text().split() == ["1000", "0", "1"]
        assert server.directory.stat().st_uid == 0
    assert closed.stat().st_mode & 0o777 == 0o700
    until(lambda: not is_alive(pid))
