"""Give memories the vectors that they lack: of an import, of a turn while the embedder was away, of
another model that was configured before.

One task a tenant, in the bulk lane. The old vectors serve until the new ones are there: recall goes by
words meanwhile. An embedder that fails is asked again after a while, however long that takes. What is
embedded is written by a thread of its own, so that the encoder need not wait for the database.
"""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import structlog

from backend.domain.identity import TaskId, TenantId, new_id
from backend.domain.ports import EMBEDDER_FAILURES, Embedder
from backend.memory import terms
from backend.store import memories, tasks
from backend.store.database import Conn, Database
from backend.store.memories import Bare
from backend.store.tasks import Claim, NewTask

log = structlog.get_logger(__name__)

SLICE_SECONDS = 5.0
#: Read, embedded and written together. The local encoder takes them in smaller parts, between
#: which a question's own vector gets its turn.
BATCH = 128
#: Until an embedder that failed is asked again: one call a minute and tenant neither loads a
#: provider that is down, nor keeps one busy that limits our rate.
PAUSE = timedelta(seconds=60)


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


def want_due_renewal(conn: Conn, tenant_id: TenantId, embedding_model: str) -> None:
    """The same if anything is to be renewed: another model may have been configured."""
    if _bare(conn, tenant_id, embedding_model, limit=1):
        want_renewal(conn, tenant_id)


def renew_memories(database: Database, embedder: Embedder, claim: Claim) -> None:
    """Work for a while; the task is done when nothing lacks anything. Raises ClaimLost."""
    with _Renewal(database, claim, embedder.model) as renewal:
        until = time.monotonic() + SLICE_SECONDS
        while found := renewal.next():
            texts = [memory.text for memory in found if not memory.has_vector]
            try:
                vectors = embedder.embed(texts)
            except EMBEDDER_FAILURES as error:
                log.warning("memories.renewal_put_off", error_type=type(error).__name__)
                renewal.write(found, None)
                renewal.go_on(after=PAUSE)
                return
            renewal.write(found, vectors)
            if time.monotonic() >= until:
                renewal.go_on()
                return
        renewal.finish()
    log.info("memories.renewed", memories=renewal.renewed)


def give_up(database: Database, claim: Claim, error_code: str) -> None:
    """Recall goes on by words; the next import, or the next look of a worker, asks again."""
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
    log.error("memories.not_renewed", code=error_code)


class _Renewal:
    """A slice of one tenant's renewal: what is read next, and what is being written meanwhile."""

    def __init__(self, database: Database, claim: Claim, model: str) -> None:
        self._database = database
        self._claim = claim
        self._model = model
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="renewal")
        self._writing: Future[None] | None = None
        self._in_hand: set[tuple[object, int]] = set()
        self._after: Bare | None = None
        self.renewed = 0

    def __enter__(self) -> "_Renewal":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.shutdown()

    def next(self) -> list[Bare]:
        """Some that lack something and are not being written."""
        with self._database.tenant(self._claim.tenant_id) as conn:
            found = _bare(
                conn,
                self._claim.tenant_id,
                self._model,
                limit=BATCH + len(self._in_hand),
                after=self._after,
            )
        found = [each for each in found if (each.person_id, each.no) not in self._in_hand][:BATCH]
        # In order: the last of them without a vector at all. What comes before it, and cannot be
        # seen yet, is found when the slice ends.
        self._after = next((each for each in reversed(found) if each.is_new), self._after)
        return found

    def write(self, found: Sequence[Bare], vectors: Sequence[Sequence[float]] | None) -> None:
        """Begin to write them; what was being written before is by then."""
        self._written()
        self._in_hand = {(each.person_id, each.no) for each in found}
        self._writing = self._writer.submit(self._write, found, vectors)

    def go_on(self, *, after: timedelta = timedelta()) -> None:
        self._written()
        with self._database.tenant(self._claim.tenant_id) as conn:
            tasks.go_on(conn, self._claim, after=after)

    def finish(self) -> None:
        self._written()
        with self._database.tenant(self._claim.tenant_id) as conn:
            tasks.finish(conn, self._claim)
            # Whoever wants a renewal from here on waits for this commit, and adds the task anew;
            # who did just before is seen now.
            want_due_renewal(conn, self._claim.tenant_id, self._model)

    def _written(self) -> None:
        if self._writing is not None:
            self._writing.result()
        self._writing, self._in_hand = None, set()

    def _write(self, found: Sequence[Bare], vectors: Sequence[Sequence[float]] | None) -> None:
        tenant_id = self._claim.tenant_id
        with self._database.tenant(tenant_id) as conn:
            if vectors is not None:
                without = [memory for memory in found if not memory.has_vector]
                memories.renew(conn, tenant_id, without, vectors, self._model)
                self.renewed += len(found)
            _index_again(conn, tenant_id, found)


def _bare(
    conn: Conn, tenant_id: TenantId, model: str, *, limit: int, after: Bare | None = None
) -> list[Bare]:
    return memories.bare(
        conn,
        tenant_id,
        embedding_model=model,
        terms_version=terms.VERSION,
        limit=limit,
        after=after,
    )


def _index_again(conn: Conn, tenant_id: TenantId, found: Sequence[Bare]) -> None:
    old = [memory for memory in found if memory.terms_version < terms.VERSION]
    if old:
        counts = [terms.terms_of(tenant_id, memory.text) for memory in old]
        memories.index_again(conn, tenant_id, old, counts, terms.VERSION)
