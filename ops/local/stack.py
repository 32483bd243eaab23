"""The life of one stack: databases, preparation, application, published, until told to stop."""

import asyncio
import contextlib
import os
import signal
import time
from dataclasses import replace

from ops.local import application, console, demo, secret_file
from ops.local.application import Backing
from ops.local.configuration import Configuration
from ops.local.postgres import Postgres
from ops.local.prepare import Logins, create_logins, embedded_logins, prepare
from ops.local.stack_file import StackFile
from ops.local.supervisor import Supervisor
from ops.local.terminal import Terminal
from ops.local.valkey import Valkey

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stack:
    """One run of the stack, on a data directory that the caller holds."""

    def __init__(self, configuration: Configuration, terminal: Terminal) -> None:
        self._configuration = configuration
        self._data = configuration.data
        self._terminal = terminal
        self._secrets = secret_file.load_or_create(self._data.secret_file)
        self._supervisor = Supervisor(self._data.logs, terminal, on_restart=self._republish)
        self._stack: StackFile | None = None

    async def run(self, *, with_demo: bool) -> None:
        """Run until a stop signal; a second one ends everything at once.

        Raises a StackError when something does not start; nothing runs then.
        """
        serving = asyncio.create_task(self._serve(with_demo=with_demo))

        def stop() -> None:
            if not serving.cancelling():
                serving.cancel()
            else:
                self._supervisor.kill()

        for number in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, stop)
        with contextlib.suppress(asyncio.CancelledError):
            await serving

    async def _serve(self, *, with_demo: bool) -> None:
        began = time.monotonic()
        async with self._supervisor:
            try:
                self._stack = await self._start()
                self._publish()
                self._terminal.say(
                    f"healthy after {time.monotonic() - began:.1f} s at {self._stack.api_url}; "
                    f"keys in {self._data.stack_file}"
                )
                console.tell(self._stack, self._terminal)
                if with_demo:
                    await asyncio.to_thread(demo.show, self._stack, self._terminal)
                await asyncio.Event().wait()  # until cancelled
            finally:
                self._stack = None
                self._data.stack_file.unlink(missing_ok=True)

    async def _start(self) -> StackFile:
        logins = await self._start_postgres()
        backing = Backing(
            database_url=logins.app_dsn,
            redis_url=await self._start_valkey(),
            secret_key=self._configuration.secret_key or self._secrets.secret_key,
        )
        tenant = await asyncio.to_thread(prepare, self._configuration, logins, backing)
        for program in application.programs(self._configuration, backing):
            await self._supervisor.start(program)
        if console.is_installed():
            await self._supervisor.start(console.program(self._configuration))
        return StackFile(
            api_url=application.api_url(self._configuration),
            ui_url=console.url(self._configuration) if console.is_installed() else None,
            worker_metrics_url=application.metrics_url(self._configuration),
            api_key=tenant.api_key,
            operator_key=tenant.operator_key,
            admin_key=tenant.admin_key,
            tenant_id=tenant.tenant_id,
            database_url=logins.owner_dsn,
            redis_url=backing.redis_url,
            pids={},
            log_dir=str(self._data.logs),
        )

    async def _start_postgres(self) -> Logins:
        """Start our own, unless a database was given."""
        given = self._configuration.database_url
        if given is not None:
            owner = self._configuration.migration_database_url or given
            return Logins(owner_dsn=owner, app_dsn=given)
        postgres = Postgres(
            directory=self._data.path / "postgres",
            port=self._configuration.ports.postgres,
            password=self._secrets.postgres,
        )
        await self._supervisor.start(await asyncio.to_thread(postgres.prepare))
        await asyncio.to_thread(create_logins, postgres, self._secrets)
        return embedded_logins(postgres, self._secrets)

    async def _start_valkey(self) -> str:
        """Start our own, unless a Redis was given."""
        given = self._configuration.redis_url
        if given is not None:
            return given
        valkey = Valkey(
            directory=self._data.path / "valkey",
            port=self._configuration.ports.valkey,
            password=self._secrets.valkey,
        )
        await self._supervisor.start(valkey.prepare())
        return valkey.url

    def _republish(self) -> None:
        """Tell the new process id of a program that was started again."""
        try:
            self._publish()
        except OSError as error:  # a full disk, say: the program runs all the same
            self._terminal.say(f"{self._data.stack_file} is out of date: {error.strerror}")

    def _publish(self) -> None:
        if self._stack is not None:
            pids = {"supervisor": os.getpid()} | self._supervisor.pids
            replace(self._stack, pids=pids).write(self._data.stack_file)
