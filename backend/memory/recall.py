"""What this person said or was told before, by word and by meaning, whichever conversation it was in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from uuid import UUID

import structlog

from backend.domain.chat import Remembered
from backend.domain.identity import Asker, PersonId, TenantId
from backend.domain.ports import EMBEDDER_FAILURES, Embedder
from backend.memory.ranking import Rank, ranked
from backend.memory.recent import clipped
from backend.memory.terms import asked_terms
from backend.memory.token_count import tokens_of
from backend.observe import metrics
from backend.store import talk
from backend.store.database import Conn
from backend.store.talk import Line, Wanted

log = structlog.get_logger(__name__)

#: From, and until before.
Period = tuple[datetime, datetime]

#: Messages for each of the `limit` that are asked for: a question is answered by one, and what it is
#: about is said in the one before.
MESSAGES_EACH = 3
#: Words for each, at most, as long as it is not the only one.
WORDS_EACH = 70
#: So many times that a turn is told.
RECALLED = 4
#: Tokens of all that is recalled for a turn.
RECALLED_TOKENS = 700
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in every way that it is looked for. Without a `meaning`, by words alone."""

    text: str
    meaning: Meaning | None
    #: Those that it names ("o que combinamos em março?").
    periods: Sequence[Period] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A memory that was found, and why."""

    line: Line
    rank: Rank

    @property
    def beside(self) -> bool:
        """Whether what was said around it speaks for it more than its own words."""
        return self.rank.lexical < self.rank.spoken / 2

    @property
    def tells(self) -> bool:
        """Whether it has to do with the question at all: somebody's best match may be none."""
        return (
            self.rank.dated
            or (self.rank.semantic or 0.0) >= LEAST_SEMANTIC
            or (self.rank.possible > 0 and self.rank.spoken >= LEAST_LEXICAL * self.rank.possible)
        )


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
    asked: Asked,
    *,
    except_ids: Sequence[UUID],
    told: Sequence[Remembered],
) -> tuple[Remembered, ...]:
    """What a turn is told of the past: what answers the question best, nothing twice, and nothing
    that it is `told` already.

    In the order in which it was said, within the allowance; each with why it came.
    """
    found = search(
        conn,
        asker.tenant_id,
        asker.person_id,
        asked,
        except_ids=except_ids,
        limit=RECALLED,
    )
    heard = {_said(line.role, line.text) for line in told}
    kept: list[Memory] = []
    left = RECALLED_TOKENS
    for memory in found:
        said = _said(memory.line.role, clipped(memory.line.text))
        if not memory.tells or said in heard:
            continue
        left -= tokens_of(clipped(memory.line.text))
        if left < 0:
            break
        heard.add(said)
        kept.append(memory)
    return tuple(map(_remembered, sorted(kept, key=lambda each: (each.line.at, each.line.no))))


def search(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId,
    asked: Asked,
    *,
    except_ids: Sequence[UUID] = (),
    limit: int,
) -> list[Memory]:
    """What answers a question best, best first: up to three messages for each of the `limit`."""
    started = perf_counter()
    asked_for = asked_terms(tenant_id, asked.text)
    whole = talk.talk(
        conn,
        tenant_id,
        person_id,
        Wanted(
            terms=asked_for.terms,
            words=asked_for.words,
            vector=asked.meaning.vector if asked.meaning else None,
            embedding_model=asked.meaning.model if asked.meaning else None,
            periods=asked.periods,
        ),
        except_ids=except_ids,
    )
    ranks = ranked(whole, most=limit * MESSAGES_EACH) if whole else []
    lines = talk.lines(conn, tenant_id, person_id, [rank.no for rank in ranks])
    metrics.RECALL_SECONDS.observe(perf_counter() - started)
    # A memory may have been forgotten between the two looks.
    found = [Memory(line=lines[rank.no], rank=rank) for rank in ranks if rank.no in lines]
    return _within(found, limit)


def _within(found: list[Memory], limit: int) -> list[Memory]:
    """Those that fit the words for so many, and as many of them whatever their length."""
    left = limit * WORDS_EACH
    for kept, memory in enumerate(found):
        left -= len(memory.line.text.split())
        if left < 0 and kept >= limit:
            return found[:kept]
    return found


def _said(role: str, text: str) -> tuple[str, str]:
    return role, " ".join(text.casefold().split())


def _remembered(memory: Memory) -> Remembered:
    rank = memory.rank
    return Remembered(
        role=memory.line.role,
        text=clipped(memory.line.text),
        at=memory.line.at.isoformat(),
        source="recall",
        score=round(rank.score, 4),
        why={
            "lexical": round(rank.lexical, 3),
            "spoken": round(rank.spoken, 3),
            "semantic": None if rank.semantic is None else round(rank.semantic, 3),
            "beside": memory.beside,
            "dated": rank.dated,
        },
    )
