"""What one program writes: kept in a file of bounded size, and shown line by line."""

import contextlib
import os
from collections import deque
from pathlib import Path

from ops.local.terminal import Terminal

# A busy day of a local stack; with the file before it, no log takes more than twice this.
ROTATE_BYTES = 20 * 1024**2
# Enough to hold the reason of a failed start.
REMEMBERED_LINES = 5
# A line longer than this is shown in pieces.
LONGEST_LINE = 64 * 1024


class ProgramLog:
    """`$DATA_DIR/logs/<name>.log`; the one before it is `<name>.log.1`."""

    def __init__(self, name: str, directory: Path, terminal: Terminal) -> None:
        self.path = directory / f"{name}.log"
        self._name = name
        self._terminal = terminal
        self._pending = b""
        self._last: deque[str] = deque(maxlen=REMEMBERED_LINES)
        self._descriptor: int | None = None

    @property
    def last_line(self) -> str:
        """The last line that was not empty, or an empty one."""
        return self._last[-1] if self._last else ""

    def feed(self, chunk: bytes) -> None:
        """Take what the program wrote, however it is cut."""
        # A full disk must not take the programs down with it.
        with contextlib.suppress(OSError):
            self._keep(chunk)
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        if len(self._pending) > LONGEST_LINE:
            lines.append(self._pending)
            self._pending = b""
        for line in lines:
            self._show(line)

    def close(self) -> None:
        """End the last line, if the program did not."""
        if self._pending:
            self._show(self._pending)
            self._pending = b""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _keep(self, chunk: bytes) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(self._descriptor, chunk)
        if os.fstat(self._descriptor).st_size > ROTATE_BYTES:
            os.close(self._descriptor)
            self._descriptor = None
            self.path.replace(self.path.with_suffix(".log.1"))

    def _show(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if text:
            self._last.append(text)
            self._terminal.program(self._name, text)
