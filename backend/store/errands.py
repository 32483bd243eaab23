"""Errands: what the door asks a worker, because only workers reach clients' databases and models.

An errand is a row with its task, like a turn: taken under the same claim, fairly among tenants,
and safe from a worker that dies. It is gone when its end was told, or some minutes after it was
asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from psycopg.types.json import Json, Jsonb

from backend.domain.identity import TaskId, TenantId, new_id
from backend.store import tasks
from backend.store.database import Conn, Database
from backend.store.queries import statements
from backend.store.tasks import Claim, NewTask

_SQL = statements("errands")

#: Longer than anybody waits for one. `forget_abandoned` says it again in SQL.
KEPT = timedelta(minutes=10)

ErrandKind = Literal["parse", "query", "catalog", "examine", "recall", "guidance"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a worker is asked. `sealed` is a secret that must not lie in a row in the clear."""

    kind: ErrandKind
    asked: Mapping[str, Any]
    sealed: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why there is no answer: a stable code, a sentence, and each thing that is wrong."""

    code: str
    detail: str
    problems: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How an errand ended: one of the two."""

    answer: Any = None
    refusal: Refusal | None = None


def begin(database: Database, tenant_id: TenantId, errand_id: UUID, errand: Errand) -> None:
    """Store it with its task. Raises StoreUnavailable."""
    names = {"tenant_id": tenant_id, "id": errand_id}
    with database.tenant(tenant_id) as conn:
        conn.execute(_SQL["forget"], {"tenant_id": tenant_id, "kept": KEPT})
        conn.execute(
            _SQL["begin"],
            {
                **names,
                "kind": errand.kind,
                "asked": Jsonb(dict(errand.asked)),
                "sealed": errand.sealed,
            },
        )
        tasks.add(
            conn,
            NewTask(
                id=TaskId(new_id()),
                kind="errand",
                lane="interactive",
                tenant_id=tenant_id,
                subject_id=errand_id,
            ),
        )


def find(conn: Conn, claim: Claim) -> Errand | None:
    """The errand of a task; None when nobody waits for it any more."""
    row = conn.execute(_SQL["open"], _names(claim)).fetchone()
    return None if row is None else Errand(**row)


def answer(database: Database, claim: Claim, told: Any) -> None:
    """Close it with its answer. Raises ClaimLost, StoreUnavailable."""
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        conn.execute(_SQL["answer"], {**_names(claim), "answer": Json(told)})


def refuse(database: Database, claim: Claim, refusal: Refusal) -> None:
    """Close it with the reason why there is no answer. Raises ClaimLost, StoreUnavailable."""
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        told = {
            "code": refusal.code,
            "detail": refusal.detail,
            "problems": list(refusal.problems),
        }
        conn.execute(_SQL["refuse"], {**_names(claim), "refusal": Jsonb(told)})


def collect(database: Database, tenant_id: TenantId, errand_id: UUID) -> Ended | None:
    """How it ended, told once; None while it is open."""
    with database.tenant(tenant_id) as conn:
        names = {"tenant_id": tenant_id, "id": errand_id}
        row = conn.execute(_SQL["collect"], names).fetchone()
    if row is None:
        return None
    if row["status"] == "refused":
        return Ended(refusal=Refusal(**row["refusal"]))
    return Ended(answer=row["answer"])


def withdraw(database: Database, tenant_id: TenantId, errand_id: UUID) -> None:
    """Nobody waits for it any more."""
    with database.tenant(tenant_id) as conn:
        conn.execute(_SQL["withdraw"], {"tenant_id": tenant_id, "id": errand_id})


def forget_abandoned(database: Database) -> None:
    """Delete what no caller came back for, of every tenant. Raises StoreUnavailable."""
    with database.open() as conn:
        conn.execute(_SQL["forget_abandoned"])


def _names(claim: Claim) -> dict[str, object]:
    return {"tenant_id": claim.tenant_id, "id": claim.subject_id}
