"""Make an answered turn recallable: embed its messages. Retried alone; the answer is out already."""

import structlog

from backend.domain.ports import Embedder
from backend.store import memories, tasks
from backend.store.database import Database
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)


def remember_turn(database: Database, embedder: Embedder, claim: Claim) -> None:
    """Embed outside any transaction, then write and finish in one. Raises ClaimLost."""
    with database.tenant(claim.tenant_id) as conn:
        messages = memories.unremembered(conn, claim.tenant_id, claim.turn_id)
    vectors = embedder.embed([message.text for message in messages]) if messages else []
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        memories.remember(conn, claim.tenant_id, messages, vectors, embedder.model)


def give_up(database: Database, claim: Claim, error_code: str) -> None:
    """Keep the task as a dead row: the turn stands, only its recall is missing."""
    tasks.bury(database, claim, error_code=error_code)
    log.error("memory.given_up", turn_id=str(claim.turn_id), code=error_code)
