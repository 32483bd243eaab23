"""`down`: stop the stack that runs on a data directory, and wait until nothing of it is left."""

import contextlib
import os
import signal
import time
from pathlib import Path

from ops.local import stack_file
from ops.local.data_directory import DataDirectory
from ops.local.terminal import Terminal

# The worker may drain for half a minute, and everything else comes after it.
PATIENCE_SECONDS = 90.0
POLL_SECONDS = 0.1


def down(data: DataDirectory, terminal: Terminal) -> None:
    """Stop it in order; kill it when that takes too long. Not running is no error."""
    supervisor = data.holder()
    if supervisor is None:
        data.stack_file.unlink(missing_ok=True)
        terminal.say("not running")
        return
    published = stack_file.read(data.stack_file)
    pids = {supervisor, *(published.pids.values() if published else ())}
    _signal(supervisor, signal.SIGTERM)
    if not _gone(pids, PATIENCE_SECONDS):
        terminal.say(f"still running after {PATIENCE_SECONDS:g} s; killing it")
        _signal(supervisor, signal.SIGKILL)  # the rest goes with it
        _gone(pids, PATIENCE_SECONDS)
    terminal.say("stopped")


def _gone(pids: set[int], seconds: float) -> bool:
    """Wait until none of the processes runs; False when the time is over first."""
    deadline = time.monotonic() + seconds
    while any(_runs(pid) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _runs(pid: int) -> bool:
    """Say whether a process runs; one that only waits to be taken note of does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:  # no /proc here, or it ended just now
        return Path("/proc/self").exists() is False


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
