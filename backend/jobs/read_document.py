"""Read an uploaded document: in a process of its own, then its passages' vectors, then it serves.

    bytes -> passages with their terms (one commit) -> vectors, some at a time -> ready (one commit)

Each part is a commit, so another attempt goes on where this one ended. What cannot be read is
refused for good; a process that died is tried again.
"""

import threading
import time
from uuid import UUID

import structlog

from backend.domain.documents import REFUSALS, DocumentUnreadable
from backend.domain.errors import NotFound
from backend.domain.identity import TenantId
from backend.domain.ports import EMBEDDER_FAILURES, Embedder
from backend.knowledge.indexing import meaning_of, passages_of
from backend.knowledge.reading_process import read_apart
from backend.memory import terms
from backend.store import document_reading, tasks
from backend.store.database import Database
from backend.store.document_reading import Unread
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)

#: Others in the lane wait no longer for a long document's vectors.
SLICE_SECONDS = 5.0
#: Read, embedded and written together. A question does not wait for them: it goes between.
BATCH = 128


def read_document(database: Database, embedder: Embedder, claim: Claim) -> None:
    """Bring it as far as a slice of time allows. Raises DocumentRefused, ReadingBroke, ClaimLost."""
    with database.tenant(claim.tenant_id) as conn:
        document = document_reading.unread(conn, claim)
        if document is None:
            # Deleted meanwhile.
            tasks.finish(conn, claim)
            return
    until = time.monotonic() + SLICE_SECONDS
    if document.content is not None:
        if not READING.acquire(timeout=SLICE_SECONDS):
            with database.tenant(claim.tenant_id) as conn:
                tasks.go_on(conn, claim)
            return
        try:
            _take_up(database, claim, document, document.content)
        finally:
            READING.release()
    if not embed_passages(database, embedder, claim.tenant_id, claim.subject_id, until=until):
        with database.tenant(claim.tenant_id) as conn:
            tasks.go_on(conn, claim)
        return
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        if document.status == "ready":
            log.info("document.embedded")
            return
        serves = document_reading.make_ready(conn, claim, document)
    log.info("document.ready" if serves else "document.overtaken")


def give_up(database: Database, claim: Claim, error_code: str) -> None:
    """Say why it cannot be used; the version before it goes on serving."""
    # Out of attempts: its process died each time, and what kills a reader is damaged.
    code = error_code if error_code in REFUSALS else DocumentUnreadable.code
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        document_reading.fail(conn, claim, code)
    log.warning("document.failed", code=code)


def embed_passages(
    database: Database,
    embedder: Embedder,
    tenant_id: TenantId,
    document_id: UUID,
    *,
    until: float,
) -> bool:
    """Give a document's passages the vectors they lack; False when the time was over before.

    An encoder that fails leaves them to be found by their words.
    """
    model, last = embedder.model, 0
    while True:
        with database.tenant(tenant_id) as conn:
            found = document_reading.bare(
                conn, tenant_id, document_id, embedding_model=model, after=last, limit=BATCH
            )
        if not found:
            return True
        if time.monotonic() >= until:
            return False
        texts = [meaning_of(row["section"], row["text"]) for row in found]
        try:
            vectors = embedder.embed(texts)
        except EMBEDDER_FAILURES as error:
            log.warning("embedder.failed", error_type=type(error).__name__)
            return True
        nos = [row["no"] for row in found]
        with database.tenant(tenant_id) as conn:
            document_reading.embed(conn, tenant_id, document_id, nos, vectors, model)
        last = nos[-1]


#: One document at a time is read by a worker: each may take a gigabyte.
READING = threading.Lock()


def _take_up(database: Database, claim: Claim, document: Unread, content: bytes) -> None:
    read = read_apart(content)
    found = passages_of(claim.tenant_id, document.title, read)
    try:
        with database.tenant(claim.tenant_id) as conn:
            document_reading.begin_reading(
                conn,
                claim,
                found,
                terms_version=terms.VERSION,
                format_name=read.format,
                pages=read.pages,
            )
    except NotFound:
        log.info("document.deleted")
    log.info("document.read", format=read.format, pages=read.pages, passages=len(found))
