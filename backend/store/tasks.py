"""Deferred work as rows: claimed under a fence, held by a lease, swept when it was lost.

The claim must not be durable (losing it leaves the task ready), so it does not wait for the
disk. Everything that ends a task is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from backend.domain.errors import ClaimLost
from backend.domain.identity import ConversationId, TaskId, TenantId, TurnId
from backend.store.database import Conn, Database
from backend.store.queries import statements

_SQL = statements("tasks")

Lane = Literal["interactive", "bulk"]
Kind = Literal[
    "answer",
    "remember",
    "learn",
    "errand",
    "import",
    "renew",
    "erase",
    "read",
    "fold",
]
#: Kinds whose subject is a turn.
_OF_TURNS: tuple[Kind, ...] = ("answer", "remember", "learn")
LANES: tuple[Lane, ...] = ("interactive", "bulk")

#: Five missed heartbeats. Short, because a dead worker's turns wait for it.
LEASE = timedelta(seconds=10)
#: Claims that may end badly before a task is given up.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """Work to be stored. A subject has at most one task of a kind."""

    id: TaskId
    kind: Kind
    lane: Lane
    tenant_id: TenantId
    #: What it is about: a turn, an errand, an import.
    subject_id: UUID
    #: Tasks of one conversation run one after the other; None: this one waits for nobody.
    conversation_id: ConversationId | None = None
    #: The turn's number in its conversation.
    seq: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The right to do a task, until a newer attempt exists."""

    id: TaskId
    kind: Kind
    lane: Lane
    tenant_id: TenantId
    subject_id: UUID
    conversation_id: ConversationId | None
    attempt: int
    failures: int

    @property
    def turn_id(self) -> TurnId:
        """The turn that a task of a turn is about."""
        return TurnId(self.subject_id)

    @property
    def about(self) -> Mapping[str, str]:
        """What it is about, as logs name it."""
        name = "turn_id" if self.kind in _OF_TURNS else f"{self.kind}_id"
        return {name: str(self.subject_id)}

    @property
    def is_last(self) -> bool:
        """Whether a failure of this attempt is the end."""
        return self.failures + 1 >= ATTEMPTS


def add(conn: Conn, task: NewTask) -> bool:
    """Store a task and say whether it is ready. The caller holds the conversation's lock."""
    row = conn.execute(_SQL["add"], _columns(task)).fetchone()
    return row is not None and row["state"] == "ready"


def add_begun(conn: Conn, task: NewTask) -> Claim | None:
    """Store a task that the caller goes on with at once; None when it is stored already.

    Should the caller fall silent, the lease runs out, and the lane takes it up.
    """
    row = conn.execute(_SQL["add_begun"], {**_columns(task), "lease": LEASE}).fetchone()
    return None if row is None else Claim(**row)


def claim(
    database: Database, lane: Lane, *, served: Mapping[TenantId, float] | None = None
) -> Claim | None:
    """Take the next task of the lane, fairly among tenants; None when there is none.

    `served` is how many turns of each tenant were begun lately: they count like running ones.
    """
    lately = served or {}
    with database.open() as conn:
        conn.execute("SELECT set_config('synchronous_commit', 'off', true)")
        row = conn.execute(
            _SQL["claim"],
            {
                "lane": lane,
                "lease": LEASE,
                "tenants": list(lately.keys()),
                "served": list(lately.values()),
            },
        ).fetchone()
    return None if row is None else Claim(**row)


def renew(database: Database, held: Sequence[Claim]) -> frozenset[TaskId]:
    """Prolong the leases of all that a process holds; those not returned are lost."""
    with database.open() as conn:
        conn.execute("SELECT set_config('synchronous_commit', 'off', true)")
        rows = conn.execute(
            _SQL["renew"],
            {
                "ids": [claim.id for claim in held],
                "attempts": [claim.attempt for claim in held],
                "lease": LEASE,
            },
        ).fetchall()
    return frozenset(TaskId(row["id"]) for row in rows)


def finish(conn: Conn, claim: Claim) -> None:
    """Remove a done task inside the commit that records its result. Raises ClaimLost."""
    if conn.execute(_SQL["finish"], _fence(claim)).fetchone() is None:
        raise ClaimLost


def go_on(conn: Conn, claim: Claim, *, after: timedelta = timedelta()) -> None:
    """Put a long task back behind the others: a part of it is done, inside the commit that says so.

    It goes on `after` that time at the earliest. Raises ClaimLost.
    """
    if conn.execute(_SQL["go_on"], {**_fence(claim), "after": after}).fetchone() is None:
        raise ClaimLost


def promote(conn: Conn, conversation_id: ConversationId | None) -> Lane | None:
    """Make the conversation's next task ready; the lane to ring for, or None."""
    if conversation_id is None:
        return None
    row = conn.execute(_SQL["promote"], {"conversation_id": conversation_id}).fetchone()
    return None if row is None else row["lane"]


def give_back(database: Database, claim: Claim) -> None:
    """Return a task unharmed: the worker leaves or a store is away. Not counted as a failure."""
    with database.open() as conn:
        conn.execute(_SQL["give_back"], _fence(claim))


def retry(database: Database, claim: Claim, *, delay: timedelta, error_code: str) -> None:
    """Count a failure and let another attempt come after `delay`."""
    with database.open() as conn:
        conn.execute(_SQL["retry"], {**_fence(claim), "delay": delay, "error_code": error_code})


def bury(database: Database, claim: Claim, *, error_code: str) -> None:
    """Keep a task that is out of attempts as a dead row, for people to see."""
    with database.open() as conn:
        conn.execute(_SQL["bury"], {**_fence(claim), "error_code": error_code})


def expire(database: Database) -> list[UUID]:
    """Make tasks ready again whose worker fell silent; returns what they are about."""
    with database.open() as conn:
        rows = conn.execute(_SQL["expire"], {"attempts": ATTEMPTS, "lease": LEASE}).fetchall()
    return [row["subject_id"] for row in rows]


def exhausted(database: Database) -> list[Claim]:
    """Take over tasks whose last attempt fell silent; the caller closes them as failed."""
    with database.open() as conn:
        rows = conn.execute(_SQL["exhausted"], {"attempts": ATTEMPTS, "lease": LEASE}).fetchall()
    return [Claim(**row) for row in rows]


@dataclass(frozen=True, slots=True)
class Overdue:
    """A ready task that nobody came for. `told`: its lane was rung for it before."""

    lane: Lane
    told: bool


def overdue(database: Database) -> list[Overdue]:
    """What its lane is to be rung for."""
    with database.open() as conn:
        return [Overdue(**row) for row in conn.execute(_SQL["ring"]).fetchall()]


def ready_in_lane(database: Database, lane: Lane) -> int:
    """How many tasks of the lane are ready and due."""
    with database.open() as conn:
        row = conn.execute(_SQL["ready_in_lane"], {"lane": lane}).fetchone()
    return 0 if row is None else int(row["tasks"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """How many tasks of a lane, kind and state there are, and how long the oldest has been due."""

    lane: str
    kind: str
    state: str
    tasks: int
    oldest_seconds: float


def depth(database: Database) -> list[Depth]:
    with database.open() as conn:
        return [Depth(**row) for row in conn.execute(_SQL["depth"]).fetchall()]


def _columns(task: NewTask) -> dict[str, object]:
    return {
        "id": task.id,
        "kind": task.kind,
        "key": f"{task.kind}:{task.subject_id}",
        "lane": task.lane,
        "tenant_id": task.tenant_id,
        "conversation_id": task.conversation_id,
        "subject_id": task.subject_id,
        "seq": task.seq,
    }


def _fence(claim: Claim) -> dict[str, object]:
    return {"id": claim.id, "attempt": claim.attempt}
