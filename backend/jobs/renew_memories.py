"""Give memories the vectors that they lack: of an import, of a turn while the encoder was away, of
another model that was configured before.

One task a tenant, in the bulk lane. The old vectors serve until the new ones are there: recall goes by
words meanwhile. A few texts at a time, because a question's own vector waits for the same encoder.
"""

import time

import structlog

from backend.domain.identity import TaskId, TenantId, new_id
from backend.domain.ports import Embedder
from backend.memory import terms
from backend.store import memories, tasks
from backend.store.database import Conn, Database
from backend.store.memories import Bare
from backend.store.tasks import Claim, NewTask

log = structlog.get_logger(__name__)

SLICE_SECONDS = 5.0
#: Read and written together.
BATCH = 128
#: Embedded together: a question waits for no more than this many texts, some ten milliseconds.
ENCODED = 8


def want_renewal(conn: Conn, tenant_id: TenantId) -> None:
    """See to it that a worker looks for what lacks a vector."""
    tasks.add(
        conn,
        NewTask(
            id=TaskId(new_id()),
            kind="renew",
            lane="bulk",
            tenant_id=tenant_id,
            subject_id=tenant_id,
        ),
    )


def renew_memories(database: Database, embedder: Embedder, claim: Claim) -> None:
    """Work for a while; the task is done when nothing lacks anything. Raises ClaimLost."""
    until = time.monotonic() + SLICE_SECONDS
    renewed = 0
    while True:
        with database.tenant(claim.tenant_id) as conn:
            found = _bare(conn, claim.tenant_id, embedder.model)
            if not found:
                # Whoever adds such rows now waits for this commit, and then adds the task anew.
                tasks.finish(conn, claim)
                break
        texts = [memory.text for memory in found if not memory.has_vector]
        vectors = [
            vector
            for start in range(0, len(texts), ENCODED)
            for vector in embedder.embed(texts[start : start + ENCODED])
        ]
        with database.tenant(claim.tenant_id) as conn:
            without = [memory for memory in found if not memory.has_vector]
            memories.renew(conn, claim.tenant_id, without, vectors, embedder.model)
            _index_again(conn, claim.tenant_id, found)
            renewed += len(found)
            if time.monotonic() >= until:
                tasks.go_on(conn, claim)
                return
    log.info("memories.renewed", memories=renewed)


def give_up(database: Database, claim: Claim, error_code: str) -> None:
    """Recall goes on by words; the next import, or the next start, asks again."""
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
    log.error("memories.not_renewed", code=error_code)


def _bare(conn: Conn, tenant_id: TenantId, model: str) -> list[Bare]:
    return memories.bare(
        conn, tenant_id, embedding_model=model, terms_version=terms.VERSION, limit=BATCH
    )


def _index_again(conn: Conn, tenant_id: TenantId, found: list[Bare]) -> None:
    old = [memory for memory in found if memory.terms_version < terms.VERSION]
    if old:
        counts = [terms.terms_of(tenant_id, memory.text) for memory in old]
        memories.index_again(conn, tenant_id, old, counts, terms.VERSION)
