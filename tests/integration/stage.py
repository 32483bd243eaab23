"""Set a scene in a fresh database: tenants, questions, claims and answers, through the real store."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

import psycopg

from backend.domain.identity import Scope, TenantId, TurnId, new_id
from backend.domain.turns import AgentPolicy
from backend.store import submissions, tasks, tenants, turns
from backend.store.database import Database
from backend.store.submissions import Accepted, Submission
from backend.store.tasks import Claim
from backend.store.turns import AnswerRecord

AGENT = AgentPolicy(name="sales", sales_roles=frozenset({"seller", "manager", "unknown"}))


@contextmanager
def opened(dsn: str, size: int = 10) -> Iterator[Database]:
    database = Database(dsn, size=size, name="test")
    database.start()
    try:
        yield database
    finally:
        database.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    id: TenantId
    keys: dict[Scope, str]


def a_tenant(owner: Database, name: str = "Aurora") -> Tenant:
    """A tenant with its default agent and a key per scope, made as the local stack makes them."""
    tenant = Tenant(
        id=TenantId(new_id()), keys={scope: f"sc_test_{new_id().hex}" for scope in Scope}
    )
    with owner.tenant(tenant.id) as conn:
        tenants.add_tenant(conn, tenant.id, name)
        tenants.add_agent(conn, tenant.id, AGENT, is_default=True)
        for scope, key in tenant.keys.items():
            tenants.add_api_key(conn, tenant.id, key, frozenset({scope}), scope)
    return tenant


def ask(
    database: Database,
    tenant_id: TenantId,
    text: str = "Quais foram as vendas?",
    *,
    user_id: str = "123",
    key: str | None = None,
    conversation: str | None = None,
) -> Accepted:
    return submissions.submit(
        database,
        Submission(
            tenant_id=tenant_id,
            turn_id=TurnId(new_id()),
            user_id=user_id,
            text=text,
            channel="web",
            trace_id="0" * 32,
            digest=hashlib.sha256(f"{user_id}:{text}".encode()).digest(),
            idempotency_key=key,
            conversation=conversation,
        ),
    )


def claim(database: Database, lane: tasks.Lane = "interactive") -> Claim:
    claimed = tasks.claim(database, lane)
    assert claimed is not None, "nothing was ready"
    return claimed


def a_record(text: str = "Foram 42.") -> AnswerRecord:
    return AnswerRecord(
        text=text,
        body=lambda usage: {
            "response": text,
            "language": "pt",
            "usage": {"llm_calls": usage.llm_calls},
        },
        query=None,
        model="offline",
        cached=False,
        time_ms=5,
        steps=(),
        tool_calls=(),
    )


def answer_next(database: Database, text: str = "Foram 42.") -> UUID:
    """Claim the next turn and answer it; returns its id."""
    claimed = claim(database)
    assert turns.begin(database, claimed) is not None
    turns.record_answer(database, claimed, a_record(text))
    return claimed.turn_id


def pass_time(owner_dsn: str, claimed: Claim) -> None:
    """Let a claim's lease have run out a while ago."""
    with psycopg.connect(owner_dsn) as conn:
        conn.execute(
            "UPDATE tasks SET lease_until = now() - interval '1 minute' WHERE id = %s", [claimed.id]
        )
