"""One stack to a data directory, with room to write; a killed one leaves nothing to clear."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from ops.local import private_json, secret_file
from ops.local.data_directory import DataDirectory
from ops.local.down import down
from ops.local.errors import AlreadyRunning, DataDirectoryUnusable, DiskFull
from ops.local.root import ROOT
from ops.local.terminal import Terminal

HOLD = """
import sys, time
from pathlib import Path
from ops.local.data_directory import DataDirectory
with DataDirectory(Path(sys.argv[1])).held():
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def data(tmp_path: Path) -> DataDirectory:
    return DataDirectory(tmp_path / "data")


@contextlib.contextmanager
def held_elsewhere(data: DataDirectory) -> Iterator[int]:
    """Another process holds the directory during the block, and is killed at its end."""
    with subprocess.Popen(
        (sys.executable, "-c", HOLD, str(data.path)), cwd=ROOT, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        try:
            yield other.pid
        finally:
            other.kill()


def test_a_second_stack_is_refused_and_told_which_is_the_first(data: DataDirectory) -> None:
    with held_elsewhere(data) as pid:
        assert data.holder() == pid
        with pytest.raises(AlreadyRunning, match=str(pid)), data.held():
            pass


def test_one_that_was_killed_holds_nothing(data: DataDirectory) -> None:
    with held_elsewhere(data):
        pass
    assert data.holder() is None
    with data.held():
        assert data.holder() == os.getpid()
    assert data.holder() is None


def test_down_without_a_stack_says_so_and_clears_what_a_killed_one_published(
    data: DataDirectory, capsys: pytest.CaptureFixture[str]
) -> None:
    data.create()
    data.stack_file.touch()
    down(data, Terminal(sys.stdout))
    assert "not running" in capsys.readouterr().out
    assert not data.stack_file.exists()


def test_a_nearly_full_disk_is_refused(
    data: DataDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10**12, 10**12, 499 * 1024**2))
    with pytest.raises(DiskFull, match="Only 499 MB are free"), data.held():
        pass
    assert data.holder() is None


def test_a_directory_that_cannot_be_made_is_told_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    data = DataDirectory(tmp_path / "file" / "data")
    with (
        pytest.raises(DataDirectoryUnusable, match="Cannot write to the data directory"),
        data.held(),
    ):
        pass


def test_secrets_are_made_once_and_are_nobody_elses(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = secret_file.load_or_create(path)
    assert secret_file.load_or_create(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    content = private_json.read(path)
    assert content is not None
    assert len(set(content.values())) == len(content)


def test_a_secret_of_a_later_version_is_added_to_the_known_ones(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    private_json.write(path, {"postgres": "known"})
    assert secret_file.load_or_create(path).postgres == "known"
    assert secret_file.load_or_create(path) == secret_file.load_or_create(path)
