"""Keep one program running: wait for its first readiness, start it again whenever it ends."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable

from ops.local.errors import ProgramFailed
from ops.local.process import Process
from ops.local.program import Program
from ops.local.program_log import ProgramLog
from ops.local.terminal import Terminal
from ops.local.watchdog_pipe import WatchdogPipe

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
# One that ran this long was well: its next end is a new trouble, not the same one again.
STEADY_SECONDS = 30.0
PROBE_SECONDS = 0.05
# Before its first readiness: enough for a port that is let go late, short enough to be told.
START_ATTEMPTS = 4
# Our programs end with this for a bad setting, which no second attempt makes good.
HOPELESS_STATUS = 2


class Keeper:
    """The keeper of one program. `on_restart` is called whenever its process is another one."""

    def __init__(
        self,
        program: Program,
        log: ProgramLog,
        terminal: Terminal,
        watchdog: WatchdogPipe,
        on_restart: Callable[[], None],
    ) -> None:
        self.program = program
        self._log = log
        self._terminal = terminal
        self._watchdog = watchdog
        self._on_restart = on_restart
        self._process: Process | None = None
        self._keeping: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The process now running, if one is."""
        return self._process.pid if self._process and self._process.running else None

    async def start(self) -> None:
        """Return when the program is ready; raise ProgramFailed when it will not be."""
        pause = FIRST_PAUSE_SECONDS
        attempt = 1
        while True:
            self._process = await self._launch()
            if await self._is_ready(self._process):
                self._keeping = asyncio.create_task(self._keep(self._process))
                return
            status = await self._process.wait()
            if status == HOPELESS_STATUS or attempt == START_ATTEMPTS:
                raise ProgramFailed(
                    f"{self.program.name} does not start: "
                    f"{self._log.last_line or self._ended(status)} (log: {self._log.path})"
                )
            self._terminal.say(f"{self._ended(status)}; starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            attempt += 1

    async def stop(self) -> None:
        """End the program, and stop keeping it."""
        if self._keeping is not None:
            self._keeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeping
        if self._process is not None and self._process.running:
            await self._process.stop()

    def kill(self) -> None:
        """End the program now, and stop keeping it."""
        if self._keeping is not None:
            self._keeping.cancel()
        if self._process is not None and self._process.running:
            self._process.kill()

    async def _launch(self) -> Process:
        try:
            return await Process.start(self.program, self._log, self._watchdog)
        except OSError as error:
            raise ProgramFailed(f"{self.program.name} cannot be run: {error.strerror}") from error

    async def _is_ready(self, process: Process) -> bool:
        """Wait until it is ready (True) or has ended (False)."""
        deadline = time.monotonic() + self.program.ready_seconds
        while process.running:
            if await asyncio.to_thread(self.program.is_ready) and process.running:
                return True
            if time.monotonic() > deadline:
                raise ProgramFailed(
                    f"{self.program.name} was not ready after {self.program.ready_seconds:g} s: "
                    f"{self._log.last_line or 'it wrote nothing'} (log: {self._log.path})"
                )
            await asyncio.sleep(PROBE_SECONDS)
        return False

    async def _keep(self, process: Process) -> None:
        pause = FIRST_PAUSE_SECONDS
        started = time.monotonic()
        while True:
            status = await process.wait()
            if time.monotonic() - started > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self._terminal.say(f"{self._ended(status)}; starting it again in {pause:g} s")
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
            started = time.monotonic()
            try:
                self._process = process = await self._launch()
            except ProgramFailed as error:  # no memory or no process to be had: later, perhaps
                self._terminal.say(str(error))
                continue
            self._on_restart()

    def _ended(self, status: int) -> str:
        if status < 0:
            return f"{self.program.name} was ended by {signal.Signals(-status).name}"
        return f"{self.program.name} ended with status {status}"
