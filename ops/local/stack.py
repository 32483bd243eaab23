"""The life of one stack: databases, preparation, application, published, until told to stop."""

import asyncio
import contextlib
import signal
import time
from dataclasses import dataclass, field

from ops.local import application, demo, secret_file
from ops.local.application import Backing
from ops.local.configuration import Configuration
from ops.local.postgres import Postgres
from ops.local.prepare import Logins, create_logins, embedded_logins, prepare
from ops.local.secret_file import StackSecrets
from ops.local.stack_file import DemoTenant, StackFile
from ops.local.supervisor import Supervisor
from ops.local.terminal import Terminal
from ops.local.valkey import Valkey

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class Stack:
    """One run of the stack; the data directory is held by the caller."""

    configuration: Configuration
    terminal: Terminal
    _secrets: StackSecrets = field(init=False)
    _published: StackFile | None = field(init=False, default=None)

    async def run(self, *, with_demo: bool) -> None:
        """Run until a stop signal; a second one ends everything at once."""
        self._secrets = secret_file.load_or_create(self.configuration.data.secret_file)
        supervisor = Supervisor(self.configuration.data.logs, self.terminal)
        serving = asyncio.create_task(self._serve(supervisor, with_demo=with_demo))
        told = 0

        def stop() -> None:
            nonlocal told
            told += 1
            if told == 1:
                serving.cancel()
            else:
                supervisor.kill()

        for number in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, stop)
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    async def _serve(self, supervisor: Supervisor, *, with_demo: bool) -> None:
        began = time.monotonic()
        async with supervisor:
            try:
                logins, backing = await self._start_databases(supervisor)
                tenant = await asyncio.to_thread(
                    prepare, self.configuration, logins, backing, self.terminal.say
                )
                for program in application.programs(self.configuration, backing):
                    await supervisor.start(program)
                stack = self._describe(supervisor, logins, backing, tenant)
                stack.write(self.configuration.data.stack_file)
                supervisor.on_restart = lambda: stack
                self.terminal.say(f"healthy after {time.monotonic() - began:.1f} s")
            finally:
                self.configuration.data.stack_file.unlink(missing_ok=True)
