"""A tenant's documents: kept as bytes until a worker has read them, then as passages.

A document is a version: a new text under the same title and source takes the place of the one
before in the commit in which it becomes ready, and until then the one before serves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.domain.documents import MOST_PASSAGES, DocumentStatus, KnowledgeFull
from backend.domain.errors import NotFound
from backend.domain.identity import TaskId, TenantId, new_id
from backend.store import tasks
from backend.store.database import Conn, Database
from backend.store.queries import statements
from backend.store.tasks import Claim, NewTask
from backend.store.vectors import literal

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A document that is to be read, or whose passages lack vectors. `content` is gone once read.

    One that is `ready` already serves, and only wants vectors of another model.
    """

    title: str
    source: str
    content: bytes | None
    status: DocumentStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassage:
    section: str
    page: int | None
    language: str
    text: str
    #: Term -> how often it counts.
    terms: Mapping[int, int]


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


def unread(conn: Conn, claim: Claim) -> Unread | None:
    """What a task is to read; None when that was deleted meanwhile."""
    row = conn.execute(_SQL["find"], _names(claim)).fetchone()
    return None if row is None else Unread(**row)


def begin_reading(
    conn: Conn,
    claim: Claim,
    passages: Sequence[NewPassage],
    *,
    terms_version: int,
    format_name: str,
    pages: int | None,
) -> None:
    """Keep what was read in place of the bytes. Raises KnowledgeFull, NotFound (deleted meanwhile)."""
    names = _names(claim)
    [held] = conn.execute(_SQL["held_passages"], names).fetchall()
    if held["passages"] + len(passages) > MOST_PASSAGES:
        raise KnowledgeFull
    begun = conn.execute(
        _SQL["begin_reading"],
        {**names, "format": format_name, "pages": pages, "passages": len(passages)},
    ).fetchone()
    if begun is None:
        raise NotFound
    conn.execute(_SQL["forget_passages"], names)
    numbered = list(enumerate(passages, start=1))
    conn.execute(
        _SQL["add_passages"],
        {
            **names,
            "terms_version": terms_version,
            "passages": Jsonb([_row(no, passage) for no, passage in numbered]),
        },
    )
    postings = [
        (term, no, count) for no, passage in numbered for term, count in passage.terms.items()
    ]
    conn.execute(
        _SQL["add_terms"],
        {
            **names,
            "terms": [term for term, _, _ in postings],
            "nos": [no for _, no, _ in postings],
            "counts": [min(count, _MOST_COUNTED) for _, _, count in postings],
        },
    )


def bare(
    conn: Conn,
    tenant_id: TenantId,
    document_id: UUID,
    *,
    embedding_model: str,
    after: int,
    limit: int,
) -> list[dict[str, Any]]:
    """`no`, `section` and `text` of the next passages that have no vector of this model."""
    return conn.execute(
        _SQL["bare"],
        {
            "tenant_id": tenant_id,
            "id": document_id,
            "embedding_model": embedding_model,
            "after": after,
            "limit": limit,
        },
    ).fetchall()


def embed(
    conn: Conn,
    tenant_id: TenantId,
    document_id: UUID,
    nos: Sequence[int],
    vectors: Sequence[Sequence[float]],
    embedding_model: str,
) -> None:
    """Give passages their vectors."""
    conn.execute(
        _SQL["embed"],
        {
            "tenant_id": tenant_id,
            "id": document_id,
            "nos": list(nos),
            "embeddings": [literal(vector) for vector in vectors],
            "embedding_model": embedding_model,
        },
    )


def make_ready(conn: Conn, claim: Claim, document: Unread) -> bool:
    """Let it serve in the place of the versions before.

    False where a later one serves already, or it was deleted meanwhile.
    """
    names = {**_names(claim), "title": document.title, "source": document.source}
    conn.execute(_SQL["lock_name"], names)
    still_there = conn.execute(_SQL["lock"], names).fetchone()
    if still_there is None:
        return False
    dated = {**names, **still_there}
    if conn.execute(_SQL["newer"], dated).fetchone() is not None:
        conn.execute(_SQL["remove"], names)
        return False
    conn.execute(_SQL["replace"], dated)
    return True


def fail(conn: Conn, claim: Claim, error_code: str) -> None:
    """Say why it cannot be used; its bytes are not kept."""
    conn.execute(_SQL["failed"], {**_names(claim), "error_code": error_code})


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


#: What a smallint holds; BM25 hardly tells ten from a thousand.
_MOST_COUNTED = 32_767


def _row(no: int, passage: NewPassage) -> dict[str, object]:
    return {
        "no": no,
        "section": passage.section,
        "page": passage.page,
        "language": passage.language,
        "text": passage.text,
        "words": sum(passage.terms.values()),
    }


def _names(claim: Claim) -> dict[str, object]:
    return {"tenant_id": claim.tenant_id, "id": claim.subject_id}
