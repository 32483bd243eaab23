"""A tenant's documents: kept as bytes until a worker has read them, then as passages.

A document is a version: a new text under the same title and source takes the place of the one
before in the commit in which it becomes ready, and until then the one before serves.
"""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from backend.domain.documents import DocumentStatus, KnowledgeFull
from backend.domain.errors import NotFound
from backend.domain.identity import TaskId, TenantId, new_id
from backend.store import tasks
from backend.store.database import Conn, Database
from backend.store.queries import statements
from backend.store.tasks import NewTask

_SQL = statements("documents")

#: Unread documents of a tenant: a gigabyte of the largest.
MOST_UNREAD = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    title: str
    #: The tenant's own name of where it comes from; may be empty.
    source: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    id: UUID
    status: DocumentStatus
    #: False: the same content was here under this name already.
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentRow:
    """A document as its tenant's administrators see it."""

    id: UUID
    title: str
    source: str
    #: None until a worker has looked.
    format: str | None
    bytes: int
    status: DocumentStatus
    error_code: str | None
    pages: int | None
    passages: int
    uploaded_at: datetime
    ready_at: datetime | None


def add(database: Database, tenant_id: TenantId, upload: Upload) -> Uploaded:
    """Keep an upload with the task of reading it. Raises KnowledgeFull, StoreUnavailable."""
    name = {"tenant_id": tenant_id, "title": upload.title, "source": upload.source}
    row = {**name, "fingerprint": sha256(upload.content).digest()}
    with database.tenant(tenant_id) as conn:
        conn.execute(_SQL["lock_name"], name)
        [waiting] = conn.execute(_SQL["waiting"], name).fetchall()
        if waiting["documents"] >= MOST_UNREAD:
            raise KnowledgeFull(
                f"{MOST_UNREAD} documents wait to be read; upload this one when they are"
            )
        [added] = conn.execute(
            _SQL["add"],
            {**row, "id": new_id(), "content": upload.content, "bytes": len(upload.content)},
        ).fetchall()
        if added["status"] == "queued":
            _want_read(conn, tenant_id, added["id"])
    return Uploaded(**added)


def want_vectors(conn: Conn, tenant_id: TenantId, embedding_model: str) -> None:
    """See to it that what serves without vectors of this model gets them."""
    rows = conn.execute(
        _SQL["outdated"], {"tenant_id": tenant_id, "embedding_model": embedding_model}
    ).fetchall()
    for row in rows:
        _want_read(conn, tenant_id, row["id"])


def all_of(database: Database, tenant_id: TenantId, *, limit: int) -> list[DocumentRow]:
    """The newest first."""
    with database.tenant(tenant_id) as conn:
        rows = conn.execute(_SQL["all"], {"tenant_id": tenant_id, "limit": limit}).fetchall()
    return [DocumentRow(**row) for row in rows]


def remove(database: Database, tenant_id: TenantId, document_id: UUID) -> None:
    """Delete it with its passages; a worker that reads it now finds it gone. Raises NotFound."""
    with database.tenant(tenant_id) as conn:
        names = {"tenant_id": tenant_id, "id": document_id}
        if conn.execute(_SQL["remove"], names).fetchone() is None:
            raise NotFound


def _want_read(conn: Conn, tenant_id: TenantId, document_id: UUID) -> None:
    tasks.add(
        conn,
        NewTask(
            id=TaskId(new_id()),
            kind="read",
            lane="bulk",
            tenant_id=tenant_id,
            subject_id=document_id,
        ),
    )
