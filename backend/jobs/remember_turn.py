"""Make an answered turn recallable: by its words and by its meaning. Retried alone; the answer is out already.

With the embedder away the words are kept at once, and the vectors follow when it is back.
"""

from collections.abc import Sequence

import structlog

from backend.domain.identity import ConversationId, PersonId, TenantId, TurnId
from backend.domain.ports import EMBEDDER_FAILURES, Embedder
from backend.jobs.fold_memories import want_fold
from backend.jobs.renew_memories import want_renewal
from backend.llm.embedding_books import TurnBooks
from backend.llm.provider_embedder import for_texts
from backend.memory import terms
from backend.memory.digest import MOST_EXCHANGES
from backend.store import memories, tasks
from backend.store.database import Database
from backend.store.llm_calls import Payer
from backend.store.memories import NewMemory, Unremembered
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)


def remember_turn(
    database: Database,
    embedder: Embedder,
    claim: Claim,
    *,
    most_exchanges: int = MOST_EXCHANGES,
) -> None:
    """Embed outside any transaction, then write and finish in one. Raises ClaimLost."""
    with database.tenant(claim.tenant_id) as conn:
        said = memories.unremembered(conn, claim.tenant_id, claim.turn_id)
    vectors = _vectors(database, embedder, claim, said)
    new = [
        new_memory(claim.tenant_id, message, vector)
        for message, vector in zip(said, vectors, strict=True)
    ]
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        if new:
            memories.remember(
                conn,
                claim.tenant_id,
                PersonId(said[0].person_id),
                new,
                terms_version=terms.VERSION,
                embedding_model=embedder.model,
            )
            want_fold(conn, claim.tenant_id, PersonId(said[0].person_id), most_exchanges)
        if None in vectors:
            want_renewal(conn, claim.tenant_id)


def new_memory(
    tenant_id: TenantId, message: Unremembered, vector: Sequence[float] | None
) -> NewMemory:
    """A message of a turn as it is kept."""
    return NewMemory(
        id=message.id,
        conversation_id=ConversationId(message.conversation_id),
        turn_id=TurnId(message.turn_id),
        role="user" if message.author == "user" else "assistant",
        text=message.text,
        at=message.at,
        terms=terms.terms_of(tenant_id, message.text),
        vector=vector,
    )


def give_up(database: Database, claim: Claim, error_code: str) -> None:
    """Keep the task as a dead row: the turn stands, only its recall is missing."""
    tasks.bury(database, claim, error_code=error_code)
    log.error("memory.given_up", turn_id=str(claim.turn_id), code=error_code)


def _vectors(
    database: Database, embedder: Embedder, claim: Claim, said: Sequence[Unremembered]
) -> Sequence[Sequence[float] | None]:
    """A vector for each message, on the turn's account; none of them while the embedder fails."""
    if not said:
        return []
    payer = Payer(
        tenant_id=claim.tenant_id,
        turn_id=claim.turn_id,
        person_id=PersonId(said[0].person_id),
        attempt=claim.attempt,
    )
    try:
        return for_texts(embedder, TurnBooks(database, payer)).embed([each.text for each in said])
    except EMBEDDER_FAILURES as error:
        log.warning("embedder.failed", error_type=type(error).__name__)
        return [None] * len(said)
