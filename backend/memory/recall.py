"""What this person said or was told before, by meaning, whichever conversation it was in."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from uuid import UUID

import structlog

from backend.domain.chat import Remembered
from backend.domain.identity import Asker
from backend.domain.ports import Embedder
from backend.memory.recent import clipped
from backend.observe import metrics
from backend.store import memories
from backend.store.database import Conn

log = structlog.get_logger(__name__)

#: Best matches kept; more would cost tokens on every call.
RECALLED = 4
#: Looked at before duplicates and weak matches are dropped.
CANDIDATES = 12
#: Cosine below which two Portuguese sentences share no more than their language, with the
#: local embedder.
LEAST_SCORE = 0.35


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question as a vector, and the model that made it."""

    vector: Sequence[float]
    model: str


def meaning_of(embedder: Embedder, question: str) -> Meaning | None:
    """None when the embedder fails, which costs the recall, not the answer."""
    try:
        [vector] = embedder.embed([question])
    except (RuntimeError, ValueError, OSError):
        log.exception("recall.failed")
        return None
    return Meaning(vector, embedder.model)


def recall(
    conn: Conn, asker: Asker, meaning: Meaning, *, except_messages: Sequence[UUID]
) -> tuple[Remembered, ...]:
    """The person's most similar messages other than `except_messages`, best first, none twice."""
    started = perf_counter()
    found = memories.recall(
        conn,
        asker.tenant_id,
        asker.person_id,
        meaning.vector,
        embedding_model=meaning.model,
        except_messages=except_messages,
        limit=CANDIDATES,
    )
    metrics.RECALL_SECONDS.observe(perf_counter() - started)
    kept: dict[str, Remembered] = {}
    for memory in found:
        if memory.score < LEAST_SCORE or len(kept) == RECALLED:
            break
        kept.setdefault(
            memory.text.casefold(),
            Remembered(
                role=memory.role,
                text=clipped(memory.text),
                at=memory.at.isoformat(),
                source="recall",
                score=round(memory.score, 4),
            ),
        )
    return tuple(kept.values())
