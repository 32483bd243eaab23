"""Erase a person: everything that is held about them, in steps that may be repeated, with a receipt.

    begin -> halt (open turns end, their tasks go) -> take turn by turn, table by table -> finish

Each step is one short transaction that counts what it took, so that an attempt that dies loses nothing
and counts nothing twice. Whoever works for the person meanwhile finds their rows gone (ClaimLost) and
writes nothing; whoever writes between two steps is taken by the last one, which holds the person's row.
What their turns cost stays, as turns of nobody.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.domain.errors import ClaimLost, NotFound, PersonErased
from backend.domain.identity import PersonId, TaskId, TenantId, TurnId, new_id
from backend.store import tasks
from backend.store.database import Conn, Database
from backend.store.holdings import held, holding
from backend.store.queries import statements
from backend.store.tasks import Claim, NewTask

_SQL = statements("erasures")

#: Taken in one transaction: some tens of rows of each table hang on a turn.
TURNS_AT_ONCE = 200
ROWS_AT_ONCE = 5_000
CHUNKS_AT_ONCE = 20
#: Longer than a worker that has recorded an answer can take to tell of it.
TELLING = timedelta(hours=1)

_NOBODY = "Nobody is called so here"
#: Not deleted by the row: they have steps of their own.
_SPECIAL = frozenset({"turns", "import_chunks", "errands"})
#: Others refer to these, so they go last, together.
_LAST = ("conversations", "identities", "persons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """How far an erasure is, and what it has taken out of each store."""

    id: UUID
    status: str
    #: Keyed: tells a name only to whoever has both the name and the key.
    digest: bytes
    stores: Mapping[str, int]
    requested_at: datetime
    erased_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Halted:
    """A turn that the erasure has ended before its time."""

    id: TurnId
    attempt: int


@dataclass(slots=True, kw_only=True)
class Erasure:
    """An erasure under way, inside one transaction of it."""

    id: UUID
    tenant_id: TenantId
    person_id: PersonId
    user_id: str
    stores: Counter[str] = field(default_factory=Counter)

    @property
    def names(self) -> dict[str, object]:
        return {
            "tenant_id": self.tenant_id,
            "id": self.id,
            "person_id": self.person_id,
            "user_id": self.user_id,
        }


def begin(database: Database, tenant_id: TenantId, user_id: str, digest: bytes) -> UUID:
    """Ask for it; the receipt's id. One that is under way already is the same. Raises NotFound."""
    with database.tenant(tenant_id) as conn:
        whom = conn.execute(_SQL["whom"], {"tenant_id": tenant_id, "user_id": user_id}).fetchone()
        if whom is None:
            raise NotFound(_NOBODY)
        names = {"tenant_id": tenant_id, "person_id": whom["id"]}
        under_way = conn.execute(_SQL["under_way"], names).fetchone()
        if under_way is not None:
            return UUID(str(under_way["id"]))
        erasure_id = new_id()
        conn.execute(
            _SQL["begin"], {**names, "id": erasure_id, "user_id": user_id, "digest": digest}
        )
        tasks.add(
            conn,
            NewTask(
                id=TaskId(new_id()),
                kind="erase",
                lane="interactive",
                tenant_id=tenant_id,
                subject_id=erasure_id,
            ),
        )
    return erasure_id


def receipt(database: Database, tenant_id: TenantId, erasure_id: UUID) -> Receipt:
    """Raises NotFound."""
    with database.tenant(tenant_id) as conn:
        row = conn.execute(_SQL["receipt"], {"tenant_id": tenant_id, "id": erasure_id}).fetchone()
    if row is None:
        raise NotFound
    return Receipt(**row)


def open_erasure(conn: Conn, claim: Claim) -> Erasure:
    """What the task is about, locked: one attempt at a time writes. Raises ClaimLost when it is over."""
    row = conn.execute(
        _SQL["open"], {"tenant_id": claim.tenant_id, "id": claim.subject_id}
    ).fetchone()
    if row is None:
        raise ClaimLost
    return Erasure(
        id=row["id"],
        tenant_id=claim.tenant_id,
        person_id=PersonId(row["person_id"]),
        user_id=row["user_id"],
        stores=Counter(row["stores"]),
    )


def prune_imports(conn: Conn, erasure: Erasure) -> bool:
    """Take their lines out of some chunks that wait to be imported; whether there may be more."""
    whose = holding("import_chunks")
    chunks = conn.execute(
        whose.fill(_SQL["next_chunks"]), {**erasure.names, "limit": CHUNKS_AT_ONCE}
    ).fetchall()
    for chunk in chunks:
        conn.execute(_SQL["prune_chunk"], {**erasure.names, **chunk})
    _note(conn, erasure, {"import_chunks": len(chunks)})
    return bool(chunks)


def halt(conn: Conn, erasure: Erasure) -> list[Halted]:
    """End their open turns and everything that is still to be done for them."""
    conn.execute(_SQL["lock_person"], erasure.names)
    conn.execute(_SQL["lock_conversations"], erasure.names)
    rows = conn.execute(
        _SQL["cancel"], {**erasure.names, "error_code": PersonErased.code}
    ).fetchall()
    gone = conn.execute(holding("tasks").fill(_SQL["delete_all"]), erasure.names).rowcount
    _note(conn, erasure, {"tasks": gone})
    _refuse_errands(conn, erasure)
    return [Halted(id=TurnId(row["id"]), attempt=row["attempt"]) for row in rows]


def next_turns(conn: Conn, erasure: Erasure) -> tuple[list[TurnId], list[TurnId]]:
    """Some of their turns, locked; and those among them of which somebody may still be telling."""
    rows = conn.execute(
        _SQL["next_turns"], {**erasure.names, "limit": TURNS_AT_ONCE, "telling": TELLING}
    ).fetchall()
    fresh = [TurnId(row["id"]) for row in rows if row["fresh"]]
    return [TurnId(row["id"]) for row in rows], fresh


def take_turns(conn: Conn, erasure: Erasure, turn_ids: Sequence[TurnId], events: int) -> None:
    """Delete all that hangs on these turns, and make them nobody's. `events`: streams that are gone."""
    names = {**erasure.names, "turn_ids": list(turn_ids)}
    taken = {
        each.table: conn.execute(each.fill(_SQL["delete_all"]), names).rowcount
        for each in held()
        if each.is_of_turns and each.table not in _SPECIAL
    }
    conn.execute(_SQL["unlink"], names)
    _note(conn, erasure, {**taken, "turns": len(turn_ids), "events": events})


def take_rows(conn: Conn, erasure: Erasure) -> bool:
    """Delete some of what is theirs without a turn; whether there may be more."""
    names = {**erasure.names, "limit": ROWS_AT_ONCE}
    for each in held():
        if each.is_of_turns or each.table in _SPECIAL or each.table in _LAST:
            continue
        taken = conn.execute(each.fill(_SQL["delete_some"]), names).rowcount
        _note(conn, erasure, {each.table: taken})
        if taken == ROWS_AT_ONCE:
            return True
    return False


def finish(conn: Conn, claim: Claim, erasure: Erasure) -> bool:
    """Delete the person, and what has come since; False when that is too much for one step."""
    conn.execute(_SQL["lock_person"], erasure.names)
    conn.execute(_SQL["lock_conversations"], erasure.names)
    _refuse_errands(conn, erasure)
    chunks = holding("import_chunks").fill(_SQL["chunks_left"])
    if (
        next_turns(conn, erasure)[0]
        or take_rows(conn, erasure)
        or conn.execute(chunks, erasure.names).fetchone() is not None
    ):
        return False
    for table in _LAST:
        taken = conn.execute(holding(table).fill(_SQL["delete_all"]), erasure.names).rowcount
        erasure.stores[table] += taken
    tasks.finish(conn, claim)
    conn.execute(_SQL["done"], {**erasure.names, "stores": Jsonb(dict(erasure.stores))})
    return True


def failed(conn: Conn, claim: Claim) -> None:
    """It will not be tried again by itself; asking once more begins another."""
    conn.execute(_SQL["failed"], {"tenant_id": claim.tenant_id, "id": claim.subject_id})


def _refuse_errands(conn: Conn, erasure: Erasure) -> None:
    refusal = {"code": NotFound.code, "detail": _NOBODY, "problems": []}
    refused = conn.execute(
        holding("errands").fill(_SQL["refuse_errands"]),
        {**erasure.names, "refusal": Jsonb(refusal)},
    ).rowcount
    _note(conn, erasure, {"errands": refused})


def _note(conn: Conn, erasure: Erasure, taken: Mapping[str, int]) -> None:
    erasure.stores.update(taken)
    conn.execute(_SQL["note"], {**erasure.names, "stores": Jsonb(dict(erasure.stores))})
