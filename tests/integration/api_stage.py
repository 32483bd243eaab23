"""The door on a stage: a real server in a thread, two tenants, and a worker that does as told."""

import asyncio
import threading
import time
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, LiteralString
from uuid import UUID

import httpx
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from backend.answering.telling import Telling
from backend.api.app import create_app
from backend.api.server import server
from backend.domain.chat import Purpose
from backend.domain.errors import public_message
from backend.domain.events import EventKind
from backend.domain.identity import Scope, TenantId, new_id
from backend.domain.trace import Step, ToolCall, ToolOutcome
from backend.domain.turns import AgentPolicy
from backend.domain.usage import Usage, dollars
from backend.live.events import TurnEvents
from backend.settings import Settings
from backend.store import llm_calls, tasks, tenants, turns
from backend.store.database import Database
from backend.store.tasks import Claim
from backend.store.turns import AnswerRecord, Begun
from tests.conftest import ValkeyUrl
from tests.integration.link import free_port
from tests.services import MigratedDatabase

#: What no response of another tenant may ever hold.
CANARY = "canário-"
PATIENCE_SECONDS = 10.0


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


class Worker:
    """Claims, begins, tells and records as a real worker does; what it says is up to the test."""

    def __init__(self, app_dsn: str, redis_url: str) -> None:
        self.database = Database(app_dsn, size=2, name="stage worker")
        self.events = TurnEvents(redis_url)
        self._leaving = threading.Event()

    def claim(self) -> Claim:
        """The next turn; waits for one."""
        found: list[Claim] = []

        def look() -> bool:
            claim = tasks.claim(self.database, "interactive")
            if claim is not None:
                found.append(claim)
            return bool(found)

        until(look)
        return found[0]

    def begin(self, claim: Claim, *, publish: bool = True) -> tuple[Begun, Telling]:
        begun = turns.begin(self.database, claim)
        assert begun is not None
        send = partial(self.events.publish, claim.turn_id) if publish else lambda _: None
        telling = Telling(claim.attempt, send)
        telling.emit(EventKind.TURN_STARTED, {"turn_id": str(claim.turn_id)})
        return begun, telling

    def answer(
        self,
        *,
        publish: bool = True,
        tool: bool = False,
        call: Usage | None = None,
        text: str | None = None,
    ) -> UUID:
        """Answer the next turn from its claim to its last event."""
        claim = self.claim()
        begun, telling = self.begin(claim, publish=publish)
        if call is not None:
            self.spend(claim, begun, call)
        self.finish(claim, begun, telling, tool=tool, text=text)
        return claim.turn_id

    def finish(
        self,
        claim: Claim,
        begun: Begun,
        telling: Telling,
        *,
        tool: bool = False,
        text: str | None = None,
    ) -> None:
        said = text if text is not None else f"{CANARY}{begun.asker.user_id}: {begun.question}"
        used = (_TOOL,) if tool else ()
        telling.emit(EventKind.ROUTE_DECIDED, _ROUTE)
        for number, each in enumerate(used):
            begin = {"tool_call": number, "name": each.name}
            telling.emit(EventKind.TOOL_CALLED, {**begin, "arguments": each.arguments})
            end = {"ok": True, "rows": 1, "error": None, "time_ms": each.time_ms}
            telling.emit(EventKind.TOOL_FINISHED, {**begin, **end})
        telling.text(said)
        closed = turns.record_answer(
            self.database,
            claim,
            AnswerRecord(
                text=said,
                body=partial(_body, claim, begun, said, used),
                query=None,
                model="stage-1",
                cached=False,
                time_ms=40,
                steps=(
                    Step(
                        kind="gather", name="memory", started_ms=0, time_ms=2, detail={"lines": 0}
                    ),
                ),
                tool_calls=used,
            ),
        )
        telling.emit(EventKind.TURN_ANSWERED, closed.body)

    def fail(self, error_code: str, *, publish: bool = True) -> UUID:
        claim = self.claim()
        _, telling = self.begin(claim, publish=publish)
        turns.record_failure(self.database, claim, error_code)
        error = {"code": error_code, "message": public_message(error_code)}
        telling.emit(EventKind.TURN_FAILED, {"turn_id": str(claim.turn_id), "error": error})
        return claim.turn_id

    def spend(self, claim: Claim, begun: Begun, usage: Usage) -> None:
        """A settled call to a model."""
        payer = llm_calls.Payer(
            tenant_id=claim.tenant_id,
            turn_id=claim.turn_id,
            person_id=begun.asker.person_id,
            attempt=claim.attempt,
        )
        call_id = llm_calls.open_call(
            self.database, payer, purpose=Purpose.ANSWER, provider="stage", model="stage-1"
        )
        end = llm_calls.Settlement(
            model="stage-1", usage=usage, time_ms=30, finish_reason="stop", error_code=None
        )
        llm_calls.settle(self.database, payer, call_id, end)

    @contextmanager
    def answering(self, **how: Any) -> Iterator[None]:
        """Answer everything, in a thread, until the block ends."""
        leaving = threading.Event()

        def work() -> None:
            while not leaving.is_set():
                claim = tasks.claim(self.database, "interactive")
                if claim is None:
                    time.sleep(0.005)
                    continue
                begun, telling = self.begin(claim, publish=how.get("publish", True))
                self.finish(claim, begun, telling, tool=how.get("tool", False))

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            leaving.set()
            thread.join()

    @contextmanager
    def answer_soon(self, **how: Any) -> Iterator[list[UUID]]:
        """Answer one turn in a thread, which the block's own request waits for."""
        answered: list[UUID] = []
        thread = threading.Thread(target=lambda: answered.append(self.answer(**how)))
        thread.start()
        yield answered
        thread.join()

    def close(self) -> None:
        self.events.close()
        self.database.close()


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


def until(is_so: Any, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until something is so; fail when it does not become so."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not become so in time"
        time.sleep(0.01)


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


_ROUTE = {"decision": "direct", "by": "rules", "reason": "stage", "confidence": 1.0}
_TOOL = ToolCall(
    name="sales_query_metrics",
    arguments={"metrics": ["revenue"]},
    outcome=ToolOutcome(content='{"status": "ok"}', ok=True, rows=1, sql="SELECT 1"),
    started_at=0.0,
    time_ms=3,
)


def _body(
    claim: Claim, begun: Begun, text: str, used: Sequence[ToolCall], usage: Usage
) -> Mapping[str, Any]:
    return {
        "response": text,
        "model": "stage-1",
        "tokens_used": usage.tokens_used,
        "context_size": 0,
        "memory": [],
        "turn_id": str(claim.turn_id),
        "conversation_id": str(begun.conversation_id),
        "language": "pt",
        "route": _ROUTE,
        "tool_calls": [
            {
                "name": each.name,
                "arguments": dict(each.arguments),
                "ok": each.outcome.ok,
                "rows": each.outcome.rows,
                "time_ms": each.time_ms,
                "sql": each.outcome.sql,
                "error": each.outcome.error,
            }
            for each in used
        ],
        "figures": [],
        "usage": {
            "llm_calls": usage.llm_calls,
            "input_tokens": usage.input_tokens,
            "cached_input_tokens": usage.cached_input_tokens,
            "output_tokens": usage.output_tokens,
            "cost_usd": dollars(usage.cost_nano),
            "priced": usage.priced,
        },
        "cached": False,
        "time_ms": 40,
    }


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
