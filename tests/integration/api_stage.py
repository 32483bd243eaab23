"""The door on a stage: a real server in a thread, two tenants, and a worker (stage_worker)."""

import asyncio
import threading
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString
from uuid import UUID

import httpx
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from backend.api.app import create_app
from backend.api.server import server
from backend.domain.identity import Scope, TenantId, new_id
from backend.domain.turns import AgentPolicy
from backend.settings import Settings
from backend.store import tenants
from backend.store.database import Database
from tests.conftest import ValkeyUrl
from tests.integration.link import free_port
from tests.integration.patience import until
from tests.integration.stage_worker import Worker
from tests.services import MigratedDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A tenant with a key for each scope."""

    id: TenantId
    chat: str
    operator: str
    admin: str


class Door:
    """A server on a free port of the loopback."""

    def __init__(self, **values: Any) -> None:
        self.port = free_port()
        settings = Settings(
            _env_file=None,
            **{"chat_wait_seconds": 10, **values, "api_port": self.port, "port_offset": 0},
        )
        self.app = create_app(settings)
        self.door = self.app.door
        self._server = server(self.app, settings, self.door.drain)
        self._thread = threading.Thread(target=self._server.run)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The server's own event loop, for work that must run in it."""
        assert self._server.loop is not None
        return self._server.loop

    def start(self) -> None:
        self._thread.start()
        until(lambda: self._server.started)

    def stop(self) -> None:
        """As SIGTERM does; once."""
        if not self._thread.is_alive():
            return
        self._server.handle_exit(15, None)
        self._thread.join(30)
        assert not self._thread.is_alive()

    @contextmanager
    def client(self, key: str | None = None, **values: Any) -> Iterator[httpx.Client]:
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        with httpx.Client(
            base_url=self.url, headers=headers, timeout=30, trust_env=False, **values
        ) as client:
            yield client


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    door: Door
    worker: Worker
    a: Tenant
    b: Tenant
    app_dsn: str
    redis_url: str
    #: What the door has logged so far.
    logs: list[MutableMapping[str, Any]]

    def ask(self, *, user_id: str = "123", message: str = "oi", channel: str = "web") -> UUID:
        """A question to tenant A that nobody waits for; returns its turn."""
        body = {"user_id": user_id, "message": message, "channel": channel}
        with self.door.client(self.a.chat) as client:
            answer = client.post("/chat", json=body, headers={"Prefer": "respond-async"})
        return UUID(answer.json()["turn_id"])

    def rows(self, query: LiteralString, *values: Any) -> list[tuple[Any, ...]]:
        """What a query finds for tenant A, then for tenant B."""
        found: list[tuple[Any, ...]] = []
        for tenant in (self.a, self.b):
            with self.worker.database.tenant(tenant.id) as conn:
                found.extend(tuple(row.values()) for row in conn.execute(query, values))
        return found

    def change(self, query: LiteralString, *values: Any) -> None:
        """Change a table that stands outside the wall between tenants."""
        with self.worker.database.open() as conn:
            assert conn.execute(query, values).rowcount > 0

    def turns(self) -> int:
        return len(self.rows("SELECT id FROM turns"))


@contextmanager
def stage(
    database: MigratedDatabase,
    valkey: ValkeyUrl,
    *,
    app_dsn: str | None = None,
    redis_url: str | None = None,
    **values: Any,
) -> Iterator[Stage]:
    """A door between these services; `app_dsn` and `redis_url` may lead it through a Link."""
    worker = Worker(database.app_dsn, valkey.url)
    worker.database.start()
    a, b = (_tenant(worker.database, name) for name in ("A", "B"))
    door = Door(
        database_url=app_dsn or database.app_dsn, app_redis_url=redis_url or valkey.url, **values
    )
    # Also keeps the door's threads from printing while pytest swaps sys.stdout under them.
    with capture_logs(processors=[merge_contextvars]) as logs:
        door.start()
        try:
            yield Stage(
                door=door,
                worker=worker,
                a=a,
                b=b,
                app_dsn=database.app_dsn,
                redis_url=valkey.url,
                logs=logs,
            )
        finally:
            door.stop()
            worker.close()


def events_of(lines: Iterator[str]) -> Iterator[tuple[str, str, str]]:
    """(id, event, data) of each Server-Sent Event."""
    fields: dict[str, str] = {}
    for line in lines:
        if not line and "data" in fields:
            yield fields["id"], fields["event"], fields["data"]
            fields = {}
        elif line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value


def _tenant(database: Database, name: str) -> Tenant:
    tenant_id = TenantId(new_id())
    keys = {scope: f"sc_{name}_{scope}_{new_id().hex}" for scope in Scope}
    with database.tenant(tenant_id) as conn:
        tenants.add_tenant(conn, tenant_id, name)
        policy = AgentPolicy(name="assistant", sales_roles=frozenset({"manager"}))
        tenants.add_agent(conn, tenant_id, policy, is_default=True)
        for scope, key in keys.items():
            tenants.add_api_key(conn, tenant_id, key, frozenset({scope}), scope)
    return Tenant(
        id=tenant_id,
        chat=keys[Scope.CHAT],
        operator=keys[Scope.OPERATOR],
        admin=keys[Scope.ADMIN],
    )
