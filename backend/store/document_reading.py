"""What a worker that reads a document keeps of it: its passages, their vectors, and how it ended.

Each step is a commit of its caller; a document that was deleted meanwhile takes nothing more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.domain.documents import MOST_PASSAGES, DocumentStatus, KnowledgeFull
from backend.domain.errors import NotFound
from backend.domain.identity import TenantId
from backend.store.database import Conn
from backend.store.queries import statements
from backend.store.tasks import Claim
from backend.store.vectors import literal

_SQL = statements("documents")


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
