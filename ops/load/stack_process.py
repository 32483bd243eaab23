"""The stack under test: the local stack's own programs, on a data directory and ports of our own."""

import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from ops.local import application, configuration, secret_file, stack_file
from ops.local.application import Backing
from ops.local.configuration import Configuration
from ops.local.data_directory import DataDirectory
from ops.local.errors import PortInUse, StackError
from ops.local.identity import SAME
from ops.local.ports import Ports, check_free
from ops.local.postgres import Postgres
from ops.local.prepare import Logins, embedded_logins
from ops.local.root import ROOT
from ops.local.stack_file import StackFile
from ops.local.watchdog_pipe import WatchdogPipe

#: A first start makes the database and three years of a company's sales.
HEALTHY_SECONDS = 240.0
#: The worker drains, and the rest comes after it.
STOP_SECONDS = 60.0
POLL_SECONDS = 0.02
#: In flight in the one worker process; the figures of README.md are for this many.
WORKER_THREADS = 64
DRAIN_SECONDS = 5
LAST_ERRORS = 3


class StackUnderTest:
    """Everything it has goes when the `with` block is left, or when this process dies."""

    def __init__(self, *, settings: Mapping[str, str], today: date) -> None:
        """`settings` stand above what the environment and a `.env` say."""
        refuse_given_services()
        self._watchdog = WatchdogPipe()
        self._data = DataDirectory(Path(tempfile.mkdtemp(prefix="sales-crew-bench-")))
        self._watchdog.remove(self._data.path)
        ports = _free_ports()
        environment = {**os.environ, **settings, **_port_variables(ports)}
        environment["APP_TODAY"] = today.isoformat()
        environment["DATA_DIR"] = str(self._data.path)
        self._configuration = Configuration(
            data=self._data,
            ports=ports,
            today=today,
            drain_seconds=DRAIN_SECONDS,
            environment=environment,
        )
        self._supervisor: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "StackUnderTest":
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self.down()
        finally:
            self._watchdog.close()
            shutil.rmtree(self._data.path, ignore_errors=True)

    def up(self) -> float:
        """Start it; the seconds until it was healthy. Raises StackError with its last words."""
        began = time.monotonic()
        self._data.create()
        log = self._data.logs / "supervisor.log"
        with log.open("ab") as output:
            self._supervisor = subprocess.Popen(
                SAME.leash((sys.executable, "-m", "ops.local", "up", "--background")),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd=ROOT,
                env=self._configuration.environment,
                start_new_session=True,
            )
        self._watchdog.follow(self._supervisor.pid)
        while stack_file.read(self._data.stack_file) is None:
            waited = time.monotonic() - began
            if self._supervisor.poll() is not None or waited > HEALTHY_SECONDS:
                last_words = log.read_text(errors="replace").strip().splitlines()[-1:]
                raise StackError(f"The stack did not start: {' '.join(last_words)}")
            time.sleep(POLL_SECONDS)
        return time.monotonic() - began

    def down(self) -> None:
        """Stop it in order, and wait until nothing of it runs."""
        if self._supervisor is None:
            return
        self._supervisor.terminate()
        try:
            self._supervisor.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            # What it started is on its leash and goes with it.
            self._supervisor.kill()
            self._supervisor.wait()
        self._watchdog.forget(self._supervisor.pid)
        self._supervisor = None

    @property
    def published(self) -> StackFile:
        """What the running stack says of itself."""
        stack = stack_file.read(self._data.stack_file)
        if stack is None:
            raise StackError("The stack has stopped.")
        return stack

    def last_errors(self) -> Sequence[str]:
        """The last lines of error of its programs, for whoever asks why a measurement failed."""
        errors = [
            line
            for log in sorted(self._data.logs.glob("*.log"))
            for line in log.read_text(errors="replace").splitlines()
            if '"level": "error"' in line
        ]
        return errors[-LAST_ERRORS:]

    @property
    def logins(self) -> Logins:
        secrets = secret_file.load_or_create(self._data.secret_file)
        postgres = Postgres(
            directory=self._data.path / "postgres",
            port=self._configuration.ports.postgres,
            password=secrets.postgres,
        )
        return embedded_logins(postgres, secrets)

    @property
    def worker_environment(self) -> Mapping[str, str]:
        """What the worker is started with, for a process that does the same work beside it."""
        backing = Backing(
            database_url=self.logins.app_dsn,
            redis_url=self.published.redis_url,
            secret_key=secret_file.load_or_create(self._data.secret_file).secret_key,
        )
        [worker] = [
            each
            for each in application.programs(self._configuration, backing)
            if each.name == "worker"
        ]
        return worker.environment


def refuse_given_services() -> None:
    """Raise StackError rather than measure, or fill, a database that is somebody's own."""
    given = configuration.load()
    named = {
        "DATABASE_URL": given.database_url,
        "APP_REDIS_URL": given.redis_url,
        "MARKET_BASE_URL": given.environment.get("MARKET_BASE_URL"),
    }
    set_here = [name for name, value in named.items() if value]
    if set_here:
        raise StackError(f"This runs on services of its own; unset {' and '.join(set_here)}.")


def measured_settings(model_url: str) -> dict[str, str]:
    """What the figures are for, whatever a `.env` says."""
    return {
        "ENVIRONMENT": "local",
        "LOG_FORMAT": "json",
        "LLM_PROVIDER": "openai_compatible",
        "LLM_BASE_URL": model_url,
        "LLM_MODEL": "gpt-4o-mini",
        "LLM_API_KEY": "none",
        "LLM_TIMEOUT_SECONDS": "30",
        "EMBEDDING_PROVIDER": "local",
        "CHAT_WAIT_SECONDS": "30",
        "TURN_DEADLINE_SECONDS": "120",
        "WORKER_THREADS": str(WORKER_THREADS),
        "BULK_THREADS": "4",
        "DRAIN_SECONDS": str(DRAIN_SECONDS),
        # The model is on this machine.
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }


def _port_variables(ports: Ports) -> dict[str, str]:
    standard = Ports(api=8000, metrics=9191)
    return {
        "API_PORT": str(standard.api),
        "METRICS_PORT": str(standard.metrics),
        "UI_PORT": str(standard.console),
        "PORT_OFFSET": str(ports.api - standard.api),
    }


def _free_ports() -> Ports:
    """All five, moved by the same number, as PORT_OFFSET moves them."""
    for _ in range(50):
        ports = Ports(api=8000, metrics=9191).moved(random.randrange(1_000, 20_000))  # noqa: S311
        wanted = (ports.api, ports.metrics, ports.console, ports.postgres, ports.valkey)
        try:
            check_free([("the bench", port) for port in wanted])
        except PortInUse:
            continue
        return ports
    raise StackError("No free ports were found.")
