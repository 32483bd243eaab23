"""What one program writes: kept in a file of bounded size, and shown line by line."""

import contextlib
import os
from collections import deque
from collections.abc import Callable
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

    def __init__(
        self,
        name: str,
        directory: Path,
        terminal: Terminal,
        on_line: Callable[[bytes], None] | None = None,
    ) -> None:
        self._on_line = on_line
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

    def drop(self, mark: bytes) -> None:
        """Take every line that holds this out of the file, and of the one before it."""
        # What follows is written to the new file.
        self._let_go()
        for path in (self.path, self.path.with_suffix(".log.1")):
            # Better an old file than none.
            with contextlib.suppress(OSError):
                _rewrite(path, mark)

    def close(self) -> None:
        """End the last line, if the program did not."""
        if self._pending:
            self._show(self._pending)
            self._pending = b""
        self._let_go()

    def _let_go(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _keep(self, chunk: bytes) -> None:
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(self._descriptor, chunk)
        if os.fstat(self._descriptor).st_size > ROTATE_BYTES:
            self._let_go()
            self.path.replace(self.path.with_suffix(".log.1"))

    def _show(self, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip()
        if text:
            self._last.append(text)
            self._terminal.program(self._name, text)
        if self._on_line is not None:
            self._on_line(line)


def _rewrite(path: Path, mark: bytes) -> None:
    """The file without the lines that hold the mark, in one step; untouched if there are none."""
    kept = path.with_suffix(f"{path.suffix}.new")
    found = False
    try:
        with path.open("rb") as old, open(kept, "wb", opener=_private) as new:
            for line in old:
                # A line that is not ended yet goes on behind it.
                if mark in line and line.endswith(b"\n"):
                    found = True
                else:
                    new.write(line)
        if found:
            kept.replace(path)
    finally:
        kept.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
