"""Make an answered turn recallable: by its words and by its meaning. Retried alone; the answer is out already."""

from collections.abc import Sequence

import structlog

from backend.domain.identity import ConversationId, PersonId, TenantId, TurnId
from backend.domain.ports import Embedder
from backend.jobs.fold_memories import want_fold
from backend.memory import terms
from backend.memory.digest import MOST_EXCHANGES
from backend.store import memories, tasks
from backend.store.database import Database
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
    vectors = embedder.embed([message.text for message in said]) if said else []
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
