"""Keep what is recalled of a person within bounds: the oldest messages fold into one digest a month.

One task a person, in the bulk lane, wanted by whatever remembers more than the bound and a margin. A
slice is one commit: messages, their terms and the digest change together, so no search sees half of it.
"""

import time
from uuid import NAMESPACE_OID, uuid5

import structlog

from backend.domain.identity import PersonId, TaskId, TenantId, new_id
from backend.jobs.renew_memories import want_renewal
from backend.memory import terms
from backend.memory.digest import digests
from backend.store import folding, memories, tasks
from backend.store.database import Conn, Database
from backend.store.memories import NewMemory
from backend.store.tasks import Claim, NewTask

log = structlog.get_logger(__name__)

#: Messages above the bound before a fold is worth its while: a month in one digest rather than ten.
MARGIN = 500
SLICE = 500
SLICE_SECONDS = 5.0


def want_fold(conn: Conn, tenant_id: TenantId, person_id: PersonId, most_exchanges: int) -> None:
    """See to it that a worker folds what is too much, if anything is."""
    if folding.size(conn, tenant_id, person_id) <= 2 * most_exchanges + MARGIN:
        return
    tasks.add(
        conn,
        NewTask(
            id=TaskId(new_id()),
            kind="fold",
            lane="bulk",
            tenant_id=tenant_id,
            subject_id=person_id,
        ),
    )


def fold_memories(
    database: Database, embedding_model: str, most_exchanges: int, claim: Claim
) -> None:
    """Work for a while; the task is done when no more is there than may be. Raises ClaimLost."""
    until = time.monotonic() + SLICE_SECONDS
    folded = 0
    while True:
        with database.tenant(claim.tenant_id) as conn:
            taken = _fold(conn, claim, embedding_model, 2 * most_exchanges)
            folded += taken
            if not taken:
                tasks.finish(conn, claim)
                want_renewal(conn, claim.tenant_id)
                break
            if time.monotonic() >= until:
                tasks.go_on(conn, claim)
                return
    log.info("memories.folded", memories=folded)


def give_up(database: Database, claim: Claim, error_code: str) -> None:
    """Recall goes on with more than it should; the next message asks again."""
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
    log.error("memories.not_folded", code=error_code)


def _fold(conn: Conn, claim: Claim, embedding_model: str, most: int) -> int:
    """Fold the oldest of what is too much; how many messages that were."""
    tenant_id, person_id = claim.tenant_id, PersonId(claim.subject_id)
    over = folding.size(conn, tenant_id, person_id, for_update=True) - most
    if over <= 0:
        return 0
    old = folding.oldest(conn, tenant_id, person_id, min(over, SLICE))
    if not old:
        return 0
    folding.remove(conn, tenant_id, person_id, [each.no for each in old])
    kept = [
        NewMemory(
            # The same text is kept once, however often its messages are brought again.
            id=uuid5(NAMESPACE_OID, f"{tenant_id} {person_id} {digest.text}"),
            conversation_id=digest.conversation_id,
            turn_id=None,
            role="user",
            text=digest.text,
            at=digest.at,
            terms=terms.terms_of(tenant_id, digest.text),
            vector=None,
        )
        for digest in digests(tenant_id, old)
    ]
    memories.remember(
        conn,
        tenant_id,
        person_id,
        kept,
        terms_version=terms.VERSION,
        embedding_model=embedding_model,
    )
    folding.mark_digests(conn, tenant_id, person_id, [each.id for each in kept])
    return len(old)
