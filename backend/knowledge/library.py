"""A tenant's documents as one library: the passages that answer a question, with their place.

By word and by meaning, as recall is. A passage counts as found only when it holds enough of what
was asked, or means nearly the same: weak resemblance is no answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import structlog

from backend.domain.identity import TenantId
from backend.domain.language import Language
from backend.domain.ports import Embedder
from backend.memory.recall import meaning_of
from backend.memory.terms import asked_terms
from backend.store import documents, passages
from backend.store.database import Database
from backend.store.passages import FoundPassage, Sought

log = structlog.get_logger(__name__)

#: As recall weighs it: words tell most, and meaning finds what was said in other words.
SEMANTIC_WEIGHT = 0.3
#: Share of the question's weight that a passage must hold, as in the playbook's own pages.
LEAST_SHARE = 0.4
#: Share, or cosine, from which it is taken to be what the question is about.
MOST_OF_IT = 0.6
NEARLY_THE_SAME = 0.5
#: Words of a question that say something, below which nothing is taken to be about it.
LEAST_WORDS = 2
#: Cosine from which a passage answers by its meaning alone. With the local encoder and the demo's
#: playbook, questions about it reached 0.35 to 0.5, also in another language; others 0.2 at most.
LEAST_SEMANTIC = 0.35
#: In a library of fewer passages than these, a word is not common for standing in some of them.
LEAST_PASSAGES = 100
#: What BM25 can give a word that is said over and over.
_MOST_SAID = 2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """A passage that was found, and where it stands."""

    document_id: UUID
    title: str
    source: str
    #: Empty where the document has no headings.
    section: str
    page: int | None
    #: Its place among the passages of its document, counted from 1.
    part: int
    text: str
    language: Language
    updated: date
    #: 0..1: within what was compared, and of what could be found.
    score: float
    share: float
    lexical: float
    semantic: float | None

    @property
    def answers(self) -> bool:
        """Whether it has enough to do with the question to be cited."""
        return self.share >= LEAST_SHARE or (self.semantic or 0.0) >= LEAST_SEMANTIC


@dataclass(frozen=True, slots=True)
class Library:
    """The documents of one tenant, and of no other. Threads may share it."""

    database: Database
    embedder: Embedder
    tenant_id: TenantId

    def find(self, question: str, *, most: int) -> tuple[Guidance, ...]:
        """The passages that answer `question` in part at least, best first. Raises StoreUnavailable."""
        return tuple(each for each in self.look(question, most=3 * most) if each.answers)[:most]

    def knows(self, question: str) -> bool:
        """Whether a passage holds most of what is asked; a single word tells too little."""
        if len(set(asked_terms(self.tenant_id, question).words)) < LEAST_WORDS:
            return False
        return any(
            each.share >= MOST_OF_IT or (each.semantic or 0.0) >= NEARLY_THE_SAME
            for each in self.look(question, most=3)
        )

    def look(self, question: str, *, most: int) -> tuple[Guidance, ...]:
        """The nearest passages, whether they answer or not."""
        asked = asked_terms(self.tenant_id, question)
        meaning = meaning_of(self.embedder, question)
        sought = Sought(
            terms=asked.terms,
            words=asked.words,
            vector=meaning.vector if meaning else None,
            embedding_model=meaning.model if meaning else None,
        )
        with self.database.tenant(self.tenant_id) as conn:
            found = passages.search(
                conn,
                self.tenant_id,
                sought,
                semantic_weight=SEMANTIC_WEIGHT,
                least_passages=LEAST_PASSAGES,
                limit=most,
            )
            if meaning is not None and any(each.semantic is None for each in found):
                # The encoder was away when they were read, or is another one now.
                documents.want_vectors(conn, self.tenant_id, meaning.model)
        return tuple(map(_guidance, _once(found)))


def _once(found: Sequence[FoundPassage]) -> list[FoundPassage]:
    """Without what another document says in the same words."""
    return list({each.text: each for each in reversed(found)}.values())[::-1]


def _guidance(found: FoundPassage) -> Guidance:
    return Guidance(
        document_id=found.document_id,
        title=found.title,
        source=found.source,
        section=found.section,
        page=found.page,
        part=found.no,
        text=found.text,
        language=Language(found.language),
        updated=found.ready_at.date(),
        score=found.score,
        share=found.held / found.asked if found.asked else 0.0,
        lexical=found.lexical / (_MOST_SAID * found.asked) if found.asked else 0.0,
        semantic=found.semantic,
    )
