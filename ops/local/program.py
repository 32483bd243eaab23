"""A program of the stack, as data: what to run, when it is ready, how it is asked to stop."""

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ops.local.identity import SAME, Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """One program that the supervisor keeps running.

    `is_ready` is called from a thread, again and again until it returns True; it must come back
    within about a second.
    """

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path
    is_ready: Callable[[], bool]
    ready_seconds: float = 60.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    identity: Identity = SAME
