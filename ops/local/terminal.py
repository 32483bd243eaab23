"""What the user sees while the stack runs: one line at a time, each with the name of its speaker."""

import os
import sys
import threading
from typing import TextIO

# Wide enough for the longest name.
NAME_WIDTH = 9
# Readable on light and dark backgrounds; red is left for errors.
COLOURS = ("36", "33", "32", "35", "34")
ERROR_COLOUR = "31"
STACK = "stack"


class Terminal:
    """Standard output. With `echo=False` only the stack itself speaks, not its programs."""

    def __init__(self, stream: TextIO = sys.stdout, *, echo: bool = True) -> None:
        self._stream: TextIO | None = stream
        self._echo = echo
        self._coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self._seen: list[str] = []
        self._lock = threading.Lock()

    def program(self, name: str, line: str) -> None:
        """Show a line that a program wrote."""
        if self._echo:
            self._write(name, line)

    def say(self, line: str) -> None:
        """Show a line of the stack's own."""
        self._write(STACK, line)

    def plain(self, text: str) -> None:
        """Show text as it is, for the eye and for copying."""
        self._put(f"{text}\n")

    def _write(self, name: str, line: str) -> None:
        self._put(f"{self._paint(name, f'{name:<{NAME_WIDTH}}|')} {line}\n")

    def _paint(self, name: str, text: str) -> str:
        if not self._coloured:
            return text
        if name not in self._seen:
            self._seen.append(name)
        colour = COLOURS[self._seen.index(name) % len(COLOURS)]
        return f"\033[{colour}m{text}\033[0m"

    def _put(self, text: str) -> None:
        with self._lock:
            if self._stream is None:
                return
            try:
                self._stream.write(text)
                self._stream.flush()
            except OSError:
                # The terminal was closed, or the disk of a log is full: the programs matter more.
                self._stream = None


def complain(message: str) -> None:
    """Show the one line that says why this command failed."""
    coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ
    line = f"\033[{ERROR_COLOUR}m{message}\033[0m" if coloured else message
    sys.stderr.write(f"{line}\n")
