"""Finding passages of a tenant's documents, by word and by meaning, exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from backend.domain.identity import TenantId
from backend.store.database import Conn
from backend.store.queries import statements
from backend.store.vectors import literal

_SQL = statements("documents")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A question as its terms, of which those of one word go together, and as a vector."""

    terms: Sequence[int]
    words: Sequence[int]
    vector: Sequence[float] | None
    embedding_model: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPassage:
    document_id: UUID
    #: Its place among the passages of its document, counted from 1.
    no: int
    #: 0..1, over all that was compared.
    score: float
    #: BM25, and the cosine of the meaning (None without a vector to compare).
    lexical: float
    semantic: float | None
    #: The weight of the question's words that it holds, and that of all of them.
    held: float
    asked: float | None
    title: str
    source: str
    #: How many its document has.
    passages: int
    ready_at: datetime
    section: str
    page: int | None
    language: str
    text: str


def search(
    conn: Conn,
    tenant_id: TenantId,
    sought: Sought,
    *,
    semantic_weight: float,
    least_passages: int,
    limit: int,
) -> list[FoundPassage]:
    """The best passages of what is ready, best first."""
    rows = conn.execute(
        _SQL["search"],
        {
            "tenant_id": tenant_id,
            "terms": list(sought.terms),
            "words": list(sought.words),
            "embedding": None if sought.vector is None else literal(sought.vector),
            "embedding_model": sought.embedding_model,
            "semantic_weight": semantic_weight,
            "least_passages": least_passages,
            "limit": limit,
        },
    )
    return [FoundPassage(**row) for row in rows]
