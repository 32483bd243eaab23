"""Imports: history that a caller brings, received in chunks, made recallable by workers, and counted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.domain.identity import ConversationId, PersonId, TaskId, TenantId, new_id
from backend.store import tasks
from backend.store.database import Conn, Database
from backend.store.queries import statements
from backend.store.tasks import Claim, NewTask

_SQL = statements("imports")


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far an import is."""

    id: UUID
    status: str
    lines: int
    accepted: int
    rejected: int
    stored: int
    repeated: int
    created_at: datetime
    finished_at: datetime | None
    #: Of all the tenant's memories, those that can be found by their words only as yet.
    without_vector: int
    #: And how many have the vector of which model: of two, while the one takes the other's place.
    vectors: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A conversation as lines name it: whose, and from when to when."""

    person_id: PersonId
    name: str
    first_at: datetime
    last_at: datetime


def begin(database: Database, tenant_id: TenantId) -> UUID:
    """A new import, to which chunks may be added."""
    import_id = new_id()
    with database.tenant(tenant_id) as conn:
        forget_abandoned(conn, tenant_id)
        conn.execute(_SQL["begin"], {"tenant_id": tenant_id, "id": import_id})
    return import_id


def add_chunk(
    database: Database,
    tenant_id: TenantId,
    import_id: UUID,
    no: int,
    lines: Sequence[Mapping[str, Any]],
) -> None:
    with database.tenant(tenant_id) as conn:
        conn.execute(
            _SQL["add_chunk"],
            {"tenant_id": tenant_id, "id": import_id, "no": no, "lines": Jsonb(list(lines))},
        )


def received(
    database: Database,
    tenant_id: TenantId,
    import_id: UUID,
    *,
    lines: int,
    accepted: int,
    rejected: int,
) -> None:
    """All lines are there: from here on it is a worker's, and never lost."""
    with database.tenant(tenant_id) as conn:
        conn.execute(
            _SQL["received"],
            {
                "tenant_id": tenant_id,
                "id": import_id,
                "lines": lines,
                "accepted": accepted,
                "rejected": rejected,
            },
        )
        if accepted:
            tasks.add(
                conn,
                NewTask(
                    id=TaskId(new_id()),
                    kind="import",
                    lane="bulk",
                    tenant_id=tenant_id,
                    subject_id=import_id,
                ),
            )


def abandon(database: Database, tenant_id: TenantId, import_id: UUID) -> None:
    """Forget what was received of an import that will not be finished."""
    with database.tenant(tenant_id) as conn:
        conn.execute(_SQL["abandon"], {"tenant_id": tenant_id, "id": import_id})


def forget_abandoned(conn: Conn, tenant_id: TenantId) -> None:
    """Forget what was received of imports that nobody goes on sending."""
    conn.execute(_SQL["abandoned"], {"tenant_id": tenant_id})


def is_over(database: Database, tenant_id: TenantId, import_id: UUID) -> bool:
    """Whether no worker has anything left to do for it: asked often, so it counts nothing."""
    with database.tenant(tenant_id) as conn:
        row = conn.execute(_SQL["status"], {"tenant_id": tenant_id, "id": import_id}).fetchone()
    return row is None or row["status"] in ("done", "failed")


def progress(database: Database, tenant_id: TenantId, import_id: UUID) -> Progress | None:
    with database.tenant(tenant_id) as conn:
        row = conn.execute(_SQL["progress"], {"tenant_id": tenant_id, "id": import_id}).fetchone()
    return None if row is None else Progress(**row)


def next_chunk(conn: Conn, claim: Claim) -> tuple[int, Sequence[Mapping[str, Any]]] | None:
    """The first chunk that is left, and its number."""
    row = conn.execute(_SQL["next_chunk"], _names(claim)).fetchone()
    return None if row is None else (row["no"], row["lines"])


def chunk_done(conn: Conn, claim: Claim, no: int, *, stored: int, repeated: int) -> None:
    counts = {"no": no, "stored": stored, "repeated": repeated}
    conn.execute(_SQL["chunk_done"], {**_names(claim), **counts})


def done(conn: Conn, claim: Claim) -> None:
    conn.execute(_SQL["done"], _names(claim))


def failed(conn: Conn, claim: Claim) -> None:
    conn.execute(_SQL["failed"], _names(claim))


def conversations(
    conn: Conn, tenant_id: TenantId, told: Sequence[Told]
) -> Mapping[tuple[PersonId, str], ConversationId]:
    """The conversations by person and name; those that are new are made."""
    rows = conn.execute(
        _SQL["conversations"],
        {
            "tenant_id": tenant_id,
            "ids": [new_id() for _ in told],
            "persons": [each.person_id for each in told],
            "names": [each.name for each in told],
            "first": [each.first_at for each in told],
            "last": [each.last_at for each in told],
        },
    )
    return {
        (PersonId(row["person_id"]), row["external_id"]): ConversationId(row["id"]) for row in rows
    }


def _names(claim: Claim) -> dict[str, object]:
    return {"tenant_id": claim.tenant_id, "id": claim.subject_id}
