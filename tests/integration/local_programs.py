"""Small programs for a supervisor to look after: Python source that keeps a diary in a file."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ops.local.program import Program

# A program that notes its start and its orderly end, and is ready once it has noted the start.
DIARY = """
import os, signal, sys, time
name, diary = sys.argv[1:3]
def note(what):
    with open(diary, "a") as file: file.write(f"{name} {what} {os.getpid()}\\n")
def leave(*_):
    note("left"); sys.exit(0)
signal.signal(signal.SIGTERM, leave)
"""
STEADY = (
    DIARY
    + """
note("came")
while True: time.sleep(1)
"""
)
# One whose child outlives a polite request, and which dies of none.
FAMILY = (
    DIARY
    + """
import subprocess
child = subprocess.Popen([sys.executable, "-c", "import signal, time\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\ntime.sleep(600)"])
with open(diary, "a") as file: file.write(f"{name} bore {child.pid}\\n")
note("came")
while True: time.sleep(1)
"""
)
STUBBORN = FAMILY.replace(
    "signal.signal(signal.SIGTERM, leave)", "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
)


class Diary:
    """What the programs wrote of themselves, in the order in which it happened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def entries(self) -> list[tuple[str, str, int]]:
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        return [(name, what, int(pid)) for name, what, pid in map(str.split, lines)]

    def events(self) -> list[str]:
        return [f"{name} {what}" for name, what, _ in self.entries()]

    def pids(self, name: str, what: str) -> list[int]:
        return [pid for who, did, pid in self.entries() if (who, did) == (name, what)]

    def program(self, name: str, source: str = STEADY, **values: Any) -> Program:
        defaults: dict[str, Any] = {
            "name": name,
            "command": (sys.executable, "-I", "-c", source, name, str(self.path)),
            "environment": {"PATH": os.defpath},
            "directory": self.path.parent,
            "is_ready": lambda: f"{name} came" in self.events(),
            "ready_seconds": 20.0,
        }
        return Program(**defaults | values)


def is_alive(pid: int) -> bool:
    """Whether the process runs; one that is only waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


def until(is_so: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until something is so; fail when it does not become so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(0.02)
