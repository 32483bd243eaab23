"""A tenant with a long backlog beside one with a little: how much longer the little one waits."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import UUID

import psycopg

from backend.domain.identity import TenantId, TurnId, new_id
from backend.live.doorbell import Doorbell
from backend.store import submissions
from backend.store.database import Database
from backend.store.submissions import Submission
from ops.load.api_client import ApiClient
from ops.load.bench import Bench, Figures, MeasurementFailed, is_answer
from ops.load.figure import Figure, percentile
from ops.load.questions import QUESTIONS
from ops.local.seed import seed_demo_tenant

LATENCY_MS = 50.0
MOST_SLOWER = 1.5
#: Threads that submit; their commits share the disk's flushes.
SUBMITTERS = 8
PATIENCE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class Tenant:
    id: TenantId
    key: str


@dataclass(frozen=True, slots=True)
class Submitter:
    """Stores questions as the API does, without its HTTP, and rings for each."""

    database: Database
    doorbell: Doorbell

    def queue(self, tenant_id: TenantId, turns: int) -> list[TurnId]:
        """So many questions, each of another person."""
        with ThreadPoolExecutor(SUBMITTERS) as threads:
            return list(threads.map(lambda number: self._one(tenant_id, number), range(turns)))

    def _one(self, tenant_id: TenantId, number: int) -> TurnId:
        turn_id = TurnId(new_id())
        accepted = submissions.submit(
            self.database,
            Submission(
                tenant_id=tenant_id,
                turn_id=turn_id,
                user_id=f"queued-{number}",
                text=QUESTIONS["rules"],
                channel="web",
                trace_id=turn_id.hex,
                digest=turn_id.bytes,
            ),
        )
        if accepted.ready:
            self.doorbell.ring("interactive", rung_by="bench")
        return turn_id


def measure(bench: Bench) -> Figures:
    """The little one alone, then beside the backlog. Leaves the backlog to the end of the stack."""
    backlog, turns = bench.some(full=5_000, quick=1_500), bench.some(full=50, quick=15)
    bench.model.behave(latency_ms=LATENCY_MS)
    database = Database(bench.stack.logins.app_dsn, size=SUBMITTERS, name="bench")
    database.start()
    doorbell = Doorbell(bench.stack.published.redis_url)
    submitter = Submitter(database, doorbell)
    try:
        heavy, light = _tenant(bench), _tenant(bench)
        asyncio.run(_in_a_row(bench, light, turns))  # opens the tenant's source
        bench.wait_until_quiet()
        row_alone = asyncio.run(_in_a_row(bench, light, turns))
        bench.wait_until_quiet()
        burst_alone = _burst(bench, submitter, light, turns)
        bench.wait_until_quiet()
        submitter.queue(heavy.id, backlog)
        row_beside = asyncio.run(_in_a_row(bench, light, turns))
        burst_beside = _burst(bench, submitter, light, turns)
        left = _waiting(bench, heavy)
    finally:
        doorbell.close()
        database.close()
    if left == 0:
        raise MeasurementFailed("the backlog was over before the little tenant was served")
    beside = (
        f"beside another tenant's backlog of {backlog}, of which {left} still waited at the end"
    )
    return [
        _figure("row", f"{turns} questions one after the other {beside}", row_alone, row_beside),
        _figure("burst", f"{turns} questions at once {beside}", burst_alone, burst_beside),
    ]


def _figure(name: str, what: str, alone: Sequence[float], beside: Sequence[float]) -> Figure:
    return Figure(
        name=f"fairness.{name}_p95_ratio",
        value=percentile(beside, 0.95) / percentile(alone, 0.95),
        unit="times",
        bound=MOST_SLOWER,
        measured=f"{what}: p95 {percentile(beside, 0.95):.2f} s, alone "
        f"{percentile(alone, 0.95):.2f} s; p50 {percentile(beside, 0.5):.2f} s and "
        f"{percentile(alone, 0.5):.2f} s",
    )


def _tenant(bench: Bench) -> Tenant:
    """A new tenant with the demo's agent and data source."""
    logins = bench.stack.logins
    tenant = seed_demo_tenant(
        owner_dsn=logins.owner_dsn,
        demo_reader_dsn=logins.demo_reader_dsn,
        secret_key=bench.stack.worker_environment["SECRET_KEY"],
        remembered=None,
    )
    return Tenant(id=TenantId(UUID(tenant.tenant_id)), key=tenant.api_key)


async def _in_a_row(bench: Bench, tenant: Tenant, turns: int) -> list[float]:
    """The seconds that one person waits for each of some answers, over the API."""
    times: list[float] = []
    async with ApiClient(bench.stack.published.api_url, tenant.key) as client:
        for _ in range(turns):
            began = time.perf_counter()
            response = await client.ask("in-a-row", QUESTIONS["rules"])
            times.append(time.perf_counter() - began)
            if not is_answer(response):
                raise MeasurementFailed(f"fairness: {response.status} {response.body}")
    return times


def _burst(bench: Bench, submitter: Submitter, tenant: Tenant, turns: int) -> list[float]:
    """The seconds from each turn's commit to its answer, by the rows, once all are answered."""
    turn_ids = submitter.queue(tenant.id, turns)
    deadline = time.monotonic() + PATIENCE_SECONDS
    with _as_tenant(bench, tenant) as connection:
        while time.monotonic() < deadline:
            rows = connection.execute(
                "SELECT extract(epoch FROM finished_at - asked_at)::float FROM turns"
                " WHERE id = ANY(%s) AND status = 'answered'",
                [turn_ids],
            ).fetchall()
            if len(rows) == len(turn_ids):
                return [row[0] for row in rows]
            time.sleep(0.2)
    raise MeasurementFailed("the little tenant was not served")


def _waiting(bench: Bench, tenant: Tenant) -> int:
    with _as_tenant(bench, tenant) as connection:
        row = connection.execute(
            "SELECT count(*) FROM tasks WHERE tenant_id = %s AND kind = 'answer'", [tenant.id]
        ).fetchone()
    return 0 if row is None else int(row[0])


def _as_tenant(bench: Bench, tenant: Tenant) -> psycopg.Connection[tuple[float, ...]]:
    connection = psycopg.connect(bench.stack.published.database_url, autocommit=True)
    connection.execute("SELECT set_config('app.tenant_id', %s, false)", [str(tenant.id)])
    return connection
