"""What this person said or was told before, by word and by meaning, whichever conversation it was in.

The weights are a first choice: no benchmark has set them yet.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from uuid import UUID

import structlog

from backend.domain.chat import Remembered
from backend.domain.identity import Asker, PersonId, TenantId
from backend.domain.ports import EMBEDDER_FAILURES, Embedder
from backend.memory.recent import clipped
from backend.memory.terms import asked_terms
from backend.observe import metrics
from backend.store import memories
from backend.store.database import Conn
from backend.store.memories import Memory, Wanted, Weights

log = structlog.get_logger(__name__)

WEIGHTS = Weights(semantic=0.3, before=0.3, after=0.3, neighbours=1)
#: Best matches that a turn is told, each with what was said before and after it.
RECALLED = 4
#: Of the matches looked at, as many may stand beside a better one.
_SPARE = 3
#: Characters of all that is recalled for a turn, about 600 tokens.
RECALLED_CHARACTERS = 2_400
#: Cosine below which two Portuguese sentences share no more than their language, with the
#: local embedder.
LEAST_SEMANTIC = 0.35
#: Share of what the question's words could score: one telling word of four is enough, "quanto" is not.
LEAST_LEXICAL = 0.2


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question as a vector, and the model that made it."""

    vector: Sequence[float]
    model: str


def meaning_of(embedder: Embedder, question: str) -> Meaning | None:
    """None when the embedder fails: recall then goes by words alone."""
    try:
        [vector] = embedder.embed([question])
    except EMBEDDER_FAILURES as error:
        log.warning("embedder.failed", error_type=type(error).__name__)
        return None
    return Meaning(vector, embedder.model)


def recall(
    conn: Conn,
    asker: Asker,
    question: str,
    meaning: Meaning | None,
    *,
    except_messages: Sequence[UUID],
) -> tuple[Remembered, ...]:
    """What a turn is told of the past: the best matches with their neighbours, none twice.

    In the order in which it was said, within the allowance; each with why it came.
    """
    found = search(
        conn,
        asker.tenant_id,
        asker.person_id,
        question,
        meaning,
        except_ids=except_messages,
        limit=RECALLED,
    )
    telling = {memory.no for memory in found if memory.no == memory.found_by and _tells(memory)}
    kept: dict[str, Memory] = {}
    left = RECALLED_CHARACTERS
    for memory in found:
        said = f"{memory.role} {memory.text.casefold()}"
        if memory.found_by not in telling or said in kept:
            continue
        left -= len(clipped(memory.text))
        if left < 0:
            break
        kept[said] = memory
    return tuple(map(_remembered, sorted(kept.values(), key=lambda memory: (memory.at, memory.no))))


def search(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId,
    question: str,
    meaning: Meaning | None,
    *,
    except_ids: Sequence[UUID] = (),
    limit: int,
) -> list[Memory]:
    """The person's `limit` best memories for a question and their neighbours, best first."""
    started = perf_counter()
    asked = asked_terms(tenant_id, question)
    found = memories.search(
        conn,
        tenant_id,
        person_id,
        Wanted(
            terms=asked.terms,
            words=asked.words,
            vector=meaning.vector if meaning else None,
            embedding_model=meaning.model if meaning else None,
        ),
        WEIGHTS,
        except_ids=except_ids,
        limit=limit * _SPARE,
    )
    metrics.RECALL_SECONDS.observe(perf_counter() - started)
    return _apart(found, limit)


def _apart(found: Sequence[Memory], limit: int) -> list[Memory]:
    """The best with their neighbours, none of them the neighbour of a better one: it is told already."""
    by_no = {memory.no: memory for memory in found}
    kept: dict[int, Memory] = {}
    seeds = 0
    for memory in found:
        if memory.no != memory.found_by or memory.no in kept:
            continue
        if seeds == limit:
            break
        seeds += 1
        reach = range(memory.no - WEIGHTS.neighbours, memory.no + WEIGHTS.neighbours + 1)
        for no in reach:
            beside = by_no.get(no)
            if beside is not None and beside.conversation == memory.conversation:
                kept.setdefault(no, replace(beside, found_by=memory.no))
    return sorted(kept.values(), key=lambda memory: (-memory.score, -memory.no))


def _tells(memory: Memory) -> bool:
    """Whether it has to do with the question at all: somebody's best match may be none."""
    return (memory.semantic or 0.0) >= LEAST_SEMANTIC or (
        memory.possible is not None and memory.lexical >= LEAST_LEXICAL * memory.possible
    )


def _remembered(memory: Memory) -> Remembered:
    return Remembered(
        role=memory.role,
        text=clipped(memory.text),
        at=memory.at.isoformat(),
        source="recall",
        score=round(memory.score, 4),
        why={
            "lexical": round(memory.lexical, 3),
            "semantic": None if memory.semantic is None else round(memory.semantic, 3),
            "beside": memory.no != memory.found_by,
        },
    )
