"""A bar that fills, on a terminal; a line now and then where there is none."""

import sys
import time
from typing import TextIO

WIDTH = 32
#: Without a terminal, each tenth is a line.
TENTHS = 10
#: Redrawing more often than the eye sees costs time.
REDRAW_SECONDS = 0.1


class ProgressBar:
    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self._stream = stream
        self._live = stream.isatty()
        self._what = ""
        self._began = self._drawn = 0.0
        self._first = self._tenth = 0
        self._open = False

    def show(self, what: str, done: int, total: int, *, unit: str = "") -> None:
        """So much of it is done. Another `what` begins another bar."""
        now = time.monotonic()
        if what != self._what:
            self.close()
            self._what, self._began, self._drawn = what, now, 0.0
            self._first, self._tenth = done, -1
        whole = done >= total
        if self._live:
            if whole or now - self._drawn >= REDRAW_SECONDS:
                self._drawn, self._open = now, True
                self._put(f"\r{self._line(done, total, unit, now)}\033[K")
                if whole:
                    self.close()
        elif (tenth := TENTHS * done // max(total, 1)) > self._tenth:
            self._tenth = tenth
            self._put(f"{self._line(done, total, unit, now)}\n")

    def note(self, line: str) -> None:
        """Say something beside the bar."""
        self.close()
        self._put(f"{line}\n")

    def close(self) -> None:
        """End the line that is being drawn."""
        if self._open:
            self._put("\n")
        self._open = False

    def _line(self, done: int, total: int, unit: str, now: float) -> str:
        share = min(1.0, done / total) if total else 1.0
        filled = round(WIDTH * share)
        bar = "█" * filled + "░" * (WIDTH - filled)
        seconds = now - self._began
        rate = f", {_short((done - self._first) / seconds)}{unit}/s" if seconds > 1 else ""
        counts = f"{_short(done)}{unit} of {_short(total)}{unit}"
        return f"{self._what:<8}{bar} {share:4.0%}  {counts}{rate}"

    def _put(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _short(number: float) -> str:
    """Whole below ten thousand, then in thousands and millions."""
    if number < 10_000:
        return f"{number:.0f}"
    return f"{number / 1_000:.0f}k" if number < 10_000_000 else f"{number / 1_000_000:.0f}M"
