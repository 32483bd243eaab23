"""A local stack of our own for tests that kill its processes: real programs, free ports, a new directory.

Nothing of it outlives the test run: `down` is asked first, and a watchdog ends what is left when
this process ends, however it does.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Self

import httpx
import psycopg
from psycopg.rows import DictRow, dict_row

from ops.load.stack_process import refuse_given_services
from ops.local import application, secret_file, stack_file
from ops.local.application import Backing
from ops.local.configuration import Configuration
from ops.local.data_directory import DataDirectory
from ops.local.identity import SAME
from ops.local.postgres import Postgres
from ops.local.prepare import Logins, embedded_logins
from ops.local.root import ROOT
from ops.local.stack_file import StackFile
from ops.local.watchdog_pipe import WatchdogPipe
from tests.e2e.free_ports import STANDARD_PORTS, free_offset, free_port

#: The day that the demo company is told up to.
TODAY = date(2026, 11, 24)
#: Far beyond what anything here takes; whoever waits this long waits in vain.
PATIENCE_SECONDS = 180.0
POLL_SECONDS = 0.05
LAST_LINES = 40


class Stack:
    """Runs from entering the `with` block to leaving it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        refuse_given_services()
        self._watchdog = WatchdogPipe()
        self.data = DataDirectory(Path(tempfile.mkdtemp(prefix="sales-crew-e2e-")))
        self._watchdog.remove(self.data.path)
        offset = free_offset()
        self._ports = STANDARD_PORTS.moved(offset)
        self.environment = {
            **os.environ,
            "ENVIRONMENT": "local",
            "LOG_FORMAT": "json",
            "APP_TODAY": TODAY.isoformat(),
            "DATA_DIR": str(self.data.path),
            "API_PORT": str(STANDARD_PORTS.api),
            "METRICS_PORT": str(STANDARD_PORTS.metrics),
            "UI_PORT": str(STANDARD_PORTS.console),
            "PORT_OFFSET": str(offset),
            # Whatever stands in a `.env`.
            "DRAIN_SECONDS": "25",
            "CHAT_WAIT_SECONDS": "30",
            "TURN_DEADLINE_SECONDS": "120",
            "WORKER_THREADS": "64",
            **environment,
        }

    def __enter__(self) -> Self:
        try:
            self._command("up", "--detach", "--no-demo")
            self._watchdog.follow(self.published.pids["supervisor"])
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    @property
    def published(self) -> StackFile:
        """What the stack says of itself now."""
        stack = stack_file.read(self.data.stack_file)
        assert stack is not None, self._log("supervisor")
        return stack

    @property
    def logins(self) -> Logins:
        """The logins of its own Postgres."""
        secrets = secret_file.load_or_create(self.data.secret_file)
        postgres = Postgres(
            directory=self.data.path / "postgres",
            port=self._ports.postgres,
            password=secrets.postgres,
        )
        return embedded_logins(postgres, secrets)

    def pid(self, name: str) -> int:
        """The process that runs under this name, waiting for one that is being started again."""
        pid: int = until(lambda: self.published.pids.get(name), f"a process for {name}")
        return pid

    def signal(self, name: str, number: signal.Signals) -> int:
        """Send a signal to the leader of a program alone; returns its process id."""
        pid = self.pid(name)
        os.kill(pid, number)
        return pid

    def replaced(self, name: str, pid: int) -> None:
        """Wait until another process than `pid` runs under this name."""
        until(lambda: self.published.pids.get(name) not in (None, pid), f"another {name}")

    def client(self, key: str | None = None) -> httpx.Client:
        published = self.published
        return httpx.Client(
            base_url=published.api_url,
            headers={"Authorization": f"Bearer {key or published.api_key}"},
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )

    def rows(self, query: str, *values: Any) -> list[DictRow]:
        """What a query finds with the tenant's rows in sight, waiting for a database that is away."""
        published = self.published

        def ask() -> list[DictRow] | None:
            try:
                with psycopg.connect(
                    published.database_url, row_factory=dict_row, connect_timeout=2
                ) as connection:
                    connection.execute(
                        "SELECT set_config('app.tenant_id', %s, true)", [published.tenant_id]
                    )
                    return connection.execute(query, values).fetchall()
            except psycopg.OperationalError:
                return None

        found: list[DictRow] = until(ask, "the database", is_there=lambda rows: rows is not None)
        return found

    def events(self, name: str, event: str) -> list[dict[str, Any]]:
        """The lines of a program's log with this event, oldest first."""
        lines = (line for line in self._log(name).splitlines() if f'"{event}"' in line)
        return [fields for fields in map(json.loads, lines) if fields["event"] == event]

    def last_words(self) -> list[tuple[str, str]]:
        """What is still to be done, and the end of each log, for whoever asks why a test failed."""
        logs = sorted(self.data.logs.glob("*.log"))
        try:
            tasks = [str(row) for row in self.rows("SELECT * FROM tasks ORDER BY created_at")]
        except AssertionError as error:
            tasks = [str(error)]
        return [("tasks", "\n".join(tasks))] + [
            (log.name, "\n".join(self._log(log.stem).splitlines()[-LAST_LINES:])) for log in logs
        ]

    @contextmanager
    def second_worker(self) -> Iterator[subprocess.Popen[bytes]]:
        """Another worker beside the supervised one, ready to work."""
        environment = self._worker_environment()
        port = free_port()
        with (self.data.logs / "second_worker.log").open("wb") as output:
            worker = subprocess.Popen(
                SAME.leash((sys.executable, "-m", "backend.jobs")),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env={**environment, "METRICS_PORT": str(port)},
                start_new_session=True,
            )
            self._watchdog.follow(worker.pid)
            try:
                until(lambda: self.events("second_worker", "worker.started"), "a second worker")
                yield worker
            finally:
                worker.kill()
                worker.wait()
                self._watchdog.forget(worker.pid)

    def _worker_environment(self) -> Mapping[str, str]:
        """What the supervised worker is started with."""
        backing = Backing(
            database_url=self.logins.app_dsn,
            redis_url=self.published.redis_url,
            secret_key=secret_file.load_or_create(self.data.secret_file).secret_key,
        )
        configuration = Configuration(
            data=self.data, ports=self._ports, drain_seconds=0, environment=self.environment
        )
        programs = application.programs(configuration, backing)
        return next(each.environment for each in programs if each.name == "worker")

    def _log(self, name: str) -> str:
        log = self.data.logs / f"{name}.log"
        return log.read_text(errors="replace") if log.exists() else ""

    def _end(self) -> None:
        """Stop it in order, and be sure of it."""
        try:
            self._command("down")
        finally:
            self._watchdog.close()
            shutil.rmtree(self.data.path, ignore_errors=True)

    def _command(self, *arguments: str) -> None:
        done = subprocess.run(
            (sys.executable, "-m", "ops.local", *arguments),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            cwd=ROOT,
            env=self.environment,
            text=True,
            timeout=2 * PATIENCE_SECONDS,
        )
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout}{done.stderr}"


def until(
    look: Callable[[], Any],
    what: str,
    *,
    is_there: Callable[[Any], bool] = bool,
    seconds: float = PATIENCE_SECONDS,
) -> Any:
    """What `look` sees when it is there. Fails with `what` was waited for, and what was seen last."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if is_there(seen):
            return seen
        assert time.monotonic() < deadline, f"waited in vain for {what}: {seen!r}"
        time.sleep(POLL_SECONDS)
