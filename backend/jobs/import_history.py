"""Make imported history recallable: by its words at once, by its meaning when the encoder comes by.

A chunk is one commit with its own removal, so a worker that dies leaves nothing half done and nothing
twice. After some seconds the task goes behind the others of its lane.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import structlog

from backend.domain.identity import ConversationId, PersonId, TenantId
from backend.jobs.fold_memories import want_fold
from backend.jobs.renew_memories import want_renewal
from backend.memory import terms
from backend.memory.digest import MOST_EXCHANGES
from backend.store import imports, memories, people, tasks
from backend.store.database import Conn, Database
from backend.store.imports import Told
from backend.store.memories import NewMemory
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)

#: Others in the lane wait no longer for a long import.
SLICE_SECONDS = 5.0
CHANNEL = "import"


def import_history(
    database: Database,
    embedding_model: str,
    claim: Claim,
    *,
    give_way: Callable[[], None] = lambda: None,
    most_exchanges: int = MOST_EXCHANGES,
) -> None:
    """Work through chunks for a while; `give_way` is called before each.

    Raises ClaimLost, StoreUnavailable.
    """
    until = time.monotonic() + SLICE_SECONDS
    while True:
        give_way()
        with database.tenant(claim.tenant_id) as conn:
            chunk = imports.next_chunk(conn, claim)
            if chunk is None:
                tasks.finish(conn, claim)
                imports.done(conn, claim)
                want_renewal(conn, claim.tenant_id)
                break
            no, lines = chunk
            stored = _remember(conn, claim, lines, embedding_model, most_exchanges)
            imports.chunk_done(conn, claim, no, stored=stored, repeated=len(lines) - stored)
            if time.monotonic() >= until:
                tasks.go_on(conn, claim)
                return
    log.info("import.done", import_id=str(claim.subject_id))


def give_up(database: Database, claim: Claim, error_code: str) -> None:
    """Say that it failed; what was made recallable stays."""
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        imports.failed(conn, claim)
    log.error("import.failed", import_id=str(claim.subject_id), code=error_code)


def _remember(
    conn: Conn,
    claim: Claim,
    lines: Sequence[Mapping[str, Any]],
    embedding_model: str,
    most_exchanges: int,
) -> int:
    """Keep a chunk's lines; how many were new."""
    by_person: dict[PersonId, list[Mapping[str, Any]]] = {}
    # In one order always, so that two imports never wait for each other's persons.
    users = sorted({line["user_id"] for line in lines})
    known = {user: people.lock(conn, claim.tenant_id, user, CHANNEL).person_id for user in users}
    for line in lines:
        by_person.setdefault(known[line["user_id"]], []).append(line)
    talks = imports.conversations(conn, claim.tenant_id, _told(by_person))
    # The terms of the next persons are found while Postgres writes those of one.
    with ThreadPoolExecutor(1, thread_name_prefix="import") as ahead:
        prepared = [
            (person_id, ahead.submit(_memories, claim, person_id, said, talks))
            for person_id, said in by_person.items()
        ]
        stored = sum(
            memories.remember(
                conn,
                claim.tenant_id,
                person_id,
                new.result(),
                terms_version=terms.VERSION,
                embedding_model=embedding_model,
            )
            for person_id, new in prepared
        )
    for person_id in by_person:
        want_fold(conn, claim.tenant_id, person_id, most_exchanges)
    return stored


def _memories(
    claim: Claim,
    person_id: PersonId,
    said: Sequence[Mapping[str, Any]],
    talks: Mapping[tuple[PersonId, str], ConversationId],
) -> list[NewMemory]:
    return [_memory(claim, person_id, line, talks) for line in said]


def _told(by_person: Mapping[PersonId, Sequence[Mapping[str, Any]]]) -> list[Told]:
    found: dict[tuple[PersonId, str], list[datetime]] = {}
    for person_id, lines in by_person.items():
        for line in lines:
            at = datetime.fromisoformat(line["at"])
            found.setdefault((person_id, line["conversation_id"]), []).append(at)
    return [
        Told(person_id=person_id, name=name, first_at=min(moments), last_at=max(moments))
        for (person_id, name), moments in found.items()
    ]


def _memory(
    claim: Claim,
    person_id: PersonId,
    line: Mapping[str, Any],
    talks: Mapping[tuple[PersonId, str], ConversationId],
) -> NewMemory:
    return NewMemory(
        # The same line of the same import is the same memory, however often it is tried.
        id=_id(claim.subject_id, line["no"]),
        conversation_id=talks[person_id, line["conversation_id"]],
        turn_id=None,
        role=line["role"],
        text=line["text"],
        at=datetime.fromisoformat(line["at"]),
        terms=terms.terms_of(TenantId(claim.tenant_id), line["text"]),
        vector=None,
        external_id=line.get("external_id"),
    )


def _id(import_id: UUID, no: int) -> UUID:
    return uuid5(import_id, str(no))
