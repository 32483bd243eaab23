"""The note that Postgres leaves of its own process, and what is done with a stale one.

Postgres refuses to start while the process in the note lives, and takes any process of the same
user that got that number since for itself. We hold the lock of the data directory, so whatever runs
there was left behind by a supervisor that was killed.
"""

import os
import signal
import time
from pathlib import Path

from ops.local.errors import DataDirectoryUnusable

# A fast shutdown needs one checkpoint; after that it is killed, and recovers at the next start.
LEFT_BEHIND_SECONDS = 10.0


def clear_stale(directory: Path) -> None:
    """Stop a server that was left behind on this directory, or remove the note of a dead one."""
    note = directory / "postmaster.pid"
    try:
        process = int(note.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    home = Path(f"/proc/{process}/cwd")
    if not home.parent.parent.joinpath("self").exists():
        return  # no /proc on this system: Postgres judges by itself
    if _serves(home, directory):
        _stop(process, home, directory)
    note.unlink(missing_ok=True)


def _serves(home: Path, directory: Path) -> bool:
    """Say whether that process works in our directory, which is where a server of it lives."""
    try:
        return home.readlink() == directory.resolve()
    except OSError:  # it is gone, or it is not ours to look at and so not our server
        return False


def _stop(process: int, home: Path, directory: Path) -> None:
    for wish in (signal.SIGINT, signal.SIGKILL):
        os.kill(process, wish)
        deadline = time.monotonic() + LEFT_BEHIND_SECONDS
        while time.monotonic() < deadline:
            if not _serves(home, directory):
                return
            time.sleep(0.05)
    raise DataDirectoryUnusable(
        f"A Postgres (process {process}) still runs on {directory}; end it first."
    )
