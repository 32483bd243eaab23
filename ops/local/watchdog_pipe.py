"""Our end of the pipe to the watchdog: it cleans up when this end closes, however we end."""

import contextlib
import subprocess
import sys
from pathlib import Path

WATCHDOG = Path(__file__).with_name("watchdog.py")
# Killing groups and removing a test's databases takes far less.
CLOSE_SECONDS = 20.0


class WatchdogPipe:
    """A watchdog process (see watchdog.py) and what it was told."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            (sys.executable, "-I", "-S", str(WATCHDOG)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # It must not keep open the terminal or the pipe of whoever reads our output.
            stderr=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
            text=True,
        )
        if self._process.stdout is not None:
            with self._process.stdout as output:
                output.readline()  # it is watching

    @property
    def pid(self) -> int:
        return self._process.pid

    def follow(self, group: int) -> None:
        """Kill this process group when we are gone."""
        self._tell(f"group {group}")

    def forget(self, group: int) -> None:
        """Leave this process group alone: it has ended, and its number may be given again."""
        self._tell(f"gone {group}")

    def remove(self, path: Path) -> None:
        """Delete this directory when we are gone."""
        self._tell(f"remove {path}")

    def close(self) -> None:
        """Let it clean up now, and wait until it has."""
        if self._process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait(CLOSE_SECONDS)

    def _tell(self, line: str) -> None:
        if self._process.stdin is None or self._process.stdin.closed:
            return
        # Somebody killed it: the kernel's leash still holds the direct children.
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(f"{line}\n")
            self._process.stdin.flush()
