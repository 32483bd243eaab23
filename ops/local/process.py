"""One running process of a program: its output, its end, and the end of what it started."""

import asyncio
import contextlib
import os
import signal

from ops.local.program import Program
from ops.local.program_log import ProgramLog
from ops.local.watchdog_pipe import WatchdogPipe

# What is still in the pipe when a process has ended is read at once.
DRAIN_SECONDS = 1.0
READ_BYTES = 64 * 1024


class Process:
    """A process and the group that it leads."""

    def __init__(
        self,
        program: Program,
        child: asyncio.subprocess.Process,
        output: asyncio.Task[None],
        watchdog: WatchdogPipe,
    ) -> None:
        self.program = program
        self.pid = child.pid
        self._child = child
        self._output = output
        self._watchdog = watchdog

    @classmethod
    async def start(cls, program: Program, log: ProgramLog, watchdog: WatchdogPipe) -> "Process":
        """Start the program in a session of its own; raises OSError when that is impossible."""
        # A pipe of our own: asyncio's would make the end of the process wait for its children.
        reading, writing = os.pipe()
        try:
            child = await asyncio.create_subprocess_exec(
                *program.identity.leash(program.command),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=writing,
                stderr=writing,
                cwd=program.directory,
                env=program.environment,
                # The terminal's Ctrl-C reaches the supervisor alone, which stops all in order.
                start_new_session=True,
            )
        except OSError:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        watchdog.follow(child.pid)
        return cls(program, child, asyncio.create_task(_pump(reading, log)), watchdog)

    @property
    def running(self) -> bool:
        return self._child.returncode is None

    async def wait(self) -> int:
        """Wait for the end; return its status, negative for the signal that ended it."""
        status = await self._child.wait()
        # What the leader left behind would hold its port or its files.
        self._signal_group(signal.SIGKILL)
        self._watchdog.forget(self.pid)
        await asyncio.wait((self._output,), timeout=DRAIN_SECONDS)
        self._output.cancel()
        return status

    async def stop(self) -> None:
        """Ask it to end, as it wants to be asked; after its time is over, kill it."""
        if self.running:
            # The leader alone: it tells its own children, in its own order.
            with contextlib.suppress(ProcessLookupError):
                self._child.send_signal(self.program.stop_signal)
        try:
            await asyncio.wait_for(self.wait(), self.program.stop_seconds)
        except TimeoutError:
            self.kill()
            await self.wait()

    def kill(self) -> None:
        """End it and all that it started, now."""
        self._signal_group(signal.SIGKILL)

    def _signal_group(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)


async def _pump(descriptor: int, log: ProgramLog) -> None:
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb")
    )
    try:
        while chunk := await reader.read(READ_BYTES):
            log.feed(chunk)
    finally:
        transport.close()
        log.close()
