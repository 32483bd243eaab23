"""The road over real processes: one API, and one worker at a time, each with a provider of its own.

The programs are the local stack's, started as it starts them, on the suite's own Postgres and
Valkey: to change the provider, only a worker is started again. Whatever they try to reach beyond
this machine by HTTP goes to `strangers`, a proxy that counts its visitors and helps nobody.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import psycopg
import redis
from psycopg.rows import DictRow, dict_row

from backend.llm.model_config import Provider
from ops.demo.load import load
from ops.local import application
from ops.local.application import Backing
from ops.local.configuration import Configuration
from ops.local.data_directory import DataDirectory
from ops.local.ports import Ports
from ops.local.prepare import DEMO_DATABASE
from ops.local.program import Program
from ops.local.root import ROOT
from ops.local.seed import seed_demo_tenant
from ops.local.stack_file import DemoTenant
from ops.local.watchdog_pipe import WatchdogPipe
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.link import free_port
from tests.services import running
from tests.wire.garbage import GarbageServer
from tests.wire.stage import MODELS

TODAY = date(2026, 11, 24)
SECRET = "a secret of the test suite, and of nobody else"
#: Far beyond what any answer here takes.
PATIENCE_SECONDS = 60.0
#: Nobody publishes a price for a model of one's own.
OWN_PRICE = "0.15/0.60"

_PREFIXES: Mapping[Provider, str] = {
    "openai": "OPENAI",
    "anthropic": "ANTHROPIC",
    "gemini": "GEMINI",
    "openai_compatible": "LLM",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStack:
    """An API that serves the demo tenant; `worker` gives it somebody who answers."""

    backing: Backing
    tenant: DemoTenant
    ports: Ports
    data: DataDirectory
    watchdog: WatchdogPipe
    superuser_dsn: str
    demo_dsn: str
    strangers: GarbageServer

    @contextmanager
    def worker(
        self, provider: Provider, base_url: str, *, timeout_seconds: float
    ) -> Iterator[None]:
        """A worker that speaks to this provider at this address, while the block runs."""
        prefix = _PREFIXES[provider]
        variables = {
            "LLM_PROVIDER": provider,
            "LLM_MODEL": MODELS[provider],
            f"{prefix}_API_KEY": "test-key",
            f"{prefix}_BASE_URL": base_url,
            "LLM_TIMEOUT_SECONDS": f"{timeout_seconds:g}",
            # What is tested is the model's part, which a certain question would go without.
            "FAST_PATH": "off",
        }
        if provider == "openai_compatible":
            variables["LLM_PRICE_PER_MILLION"] = OWN_PRICE
        with running(self.program("worker", variables), self.watchdog):
            yield

    def program(self, name: str, variables: Mapping[str, str]) -> Program:
        """A program of the local stack, in a directory where no `.env` is."""
        configuration = Configuration(
            data=self.data,
            ports=self.ports,
            drain_seconds=5,
            environment={
                **os.environ,
                "LOG_FORMAT": "json",
                "APP_TODAY": TODAY.isoformat(),
                "DRAIN_SECONDS": "5",
                "HTTP_PROXY": self.strangers.url,
                "HTTPS_PROXY": self.strangers.url,
                "NO_PROXY": "127.0.0.1,localhost",
                **variables,
            },
        )
        programs = application.programs(configuration, self.backing)
        program = next(each for each in programs if each.name == name)
        directory = self.data.path / name
        directory.mkdir(exist_ok=True)
        environment = {**program.environment, "PYTHONPATH": str(ROOT)}
        return replace(program, directory=directory, environment=environment)

    def client(self, key: str | None = None) -> httpx.Client:
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {key or self.tenant.api_key}"},
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.ports.api}"

    def rows(self, query: str, *values: Any) -> list[DictRow]:
        """What stands in the application's database."""
        with psycopg.connect(self.superuser_dsn, row_factory=dict_row) as connection:
            return connection.execute(query, values).fetchall()

    def revenue(self, first: date, last: date) -> str:
        """The demo company's revenue of these days, by SQL of our own, as Brazilians write it."""
        with psycopg.connect(self.demo_dsn) as connection:
            row = connection.execute(
                """
                SELECT sum(l.amount) FROM sales.order_lines l JOIN sales.orders o ON o.id = l.order_id
                 WHERE o.status <> 'cancelado' AND o.ordered_on BETWEEN %s AND %s""",
                [first, last],
            ).fetchone()
        assert row is not None
        return "R$ " + f"{row[0]:,.2f}".translate(str.maketrans(",.", ".,"))


@contextmanager
def provider_stack(
    postgres: PostgresCluster,
    database: MigratedDatabase,
    valkey: ValkeyUrl,
    scratch: tuple[Path, WatchdogPipe],
) -> Iterator[ProviderStack]:
    """The stack, its API running."""
    directory, watchdog = scratch
    data = DataDirectory(directory / database.name)
    data.create()
    with redis.Redis.from_url(valkey.url) as client:
        client.flushall()
    load(postgres.owner_dsn(DEMO_DATABASE), TODAY)
    with GarbageServer() as strangers:
        stack = ProviderStack(
            backing=Backing(database_url=database.app_dsn, redis_url=valkey.url, secret_key=SECRET),
            tenant=seed_demo_tenant(
                owner_dsn=database.owner_dsn,
                demo_reader_dsn=postgres.reader_dsn(),
                secret_key=SECRET,
                remembered=None,
            ),
            ports=Ports(api=free_port(), metrics=free_port()),
            data=data,
            watchdog=watchdog,
            superuser_dsn=database.superuser_dsn,
            demo_dsn=postgres.superuser_dsn(DEMO_DATABASE),
            strangers=strangers,
        )
        with running(stack.program("api", {}), watchdog):
            yield stack
