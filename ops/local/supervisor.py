"""Start programs one after the other, keep them running, stop them in reverse."""

import asyncio
import contextlib
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from ops.local.erased_lines import ErasedLines
from ops.local.keeper import Keeper
from ops.local.program import Program
from ops.local.program_log import ProgramLog
from ops.local.terminal import Terminal
from ops.local.watchdog_pipe import WatchdogPipe


class Supervisor:
    """The programs of one stack; leaving its `async with` block leaves no process."""

    def __init__(self, logs: Path, terminal: Terminal, on_restart: Callable[[], None]) -> None:
        self._logs = logs
        self._terminal = terminal
        self._on_restart = on_restart
        self._keepers: list[Keeper] = []
        self._erased = ErasedLines()
        self._watchdog = WatchdogPipe()
        self._killing = False

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        # Ctrl-C while we already stop must not leave the rest running.
        stopping = asyncio.create_task(self._stop())
        while not stopping.done():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.shield(stopping)
        stopping.result()

    async def start(self, program: Program) -> None:
        """Start a program and wait until it is ready; raises ProgramFailed."""
        log = ProgramLog(program.name, self._logs, self._terminal, self._erased.hear)
        self._erased.watch(log)
        keeper = Keeper(program, log, self._terminal, self._watchdog, self._on_restart)
        self._keepers.append(keeper)
        await keeper.start()

    def kill(self) -> None:
        """End every program now, without asking."""
        self._killing = True
        for keeper in self._keepers:
            keeper.kill()

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each program that runs."""
        return {keeper.program.name: keeper.pid for keeper in self._keepers if keeper.pid}

    async def _stop(self) -> None:
        for keeper in reversed(self._keepers):
            if keeper.pid is not None and not self._killing:
                self._terminal.say(f"stopping {keeper.program.name}")
            await keeper.stop()
        self._watchdog.close()
