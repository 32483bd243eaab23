"""Erase a person, in short steps that any worker may go on with, until nothing is left of them.

    prune imports -> halt what runs -> silence it -> turn by turn -> table by table -> the person

What comes for them meanwhile is found by the next round; the last step holds the person's own row.
"""

import time

import structlog

from backend.answering.world import World
from backend.domain.errors import PersonErased, public_message
from backend.domain.events import EventKind, TurnEvent
from backend.live.silenced_turns import SilencedTurns
from backend.store import erasures, tasks
from backend.store.database import Database
from backend.store.erasures import Halted
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)

#: Others in the lane wait no longer for a long history.
SLICE_SECONDS = 5.0
#: Sorts after every event that an attempt may have sent.
_END_SEQ = 1_000_000


def erase_person(world: World, claim: Claim) -> None:
    """Work for a while; the task is done when nothing is left. Raises ClaimLost, StoreUnavailable."""
    until = time.monotonic() + SLICE_SECONDS
    with world.aside():
        while not _round(world.database, world.silenced, claim, until):
            if time.monotonic() >= until:
                with world.database.tenant(claim.tenant_id) as conn:
                    tasks.go_on(conn, claim)
                return


def give_up(database: Database, claim: Claim, error_code: str) -> None:
    """Say that it failed; what it has taken is gone, and asking again goes on from there."""
    with database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        erasures.failed(conn, claim)
    log.error("erasure.failed", erasure_id=str(claim.subject_id), code=error_code)


def _round(database: Database, silenced: SilencedTurns, claim: Claim, until: float) -> bool:
    """Go through everything once, or as far as time allows; whether nothing is left."""
    with database.tenant(claim.tenant_id) as conn:
        if erasures.prune_imports(conn, erasures.open_erasure(conn, claim)):
            return False
    with database.tenant(claim.tenant_id) as conn:
        halted = erasures.halt(conn, erasures.open_erasure(conn, claim))
    silenced.silence([turn.id for turn in halted])
    silenced.announce({turn.id: _end(turn) for turn in halted})
    while _take_turns(database, silenced, claim):
        if time.monotonic() >= until:
            return False
    while _take_rows(database, claim):
        if time.monotonic() >= until:
            return False
    with database.tenant(claim.tenant_id) as conn:
        erasure = erasures.open_erasure(conn, claim)
        done = erasures.finish(conn, claim, erasure)
    if done:
        log.info(
            "person.erased",
            erasure_id=str(erasure.id),
            person_id=str(erasure.person_id),
            rows=erasure.stores.total(),
        )
    return done


def _take_turns(database: Database, silenced: SilencedTurns, claim: Claim) -> bool:
    """Some turns; whether there may be more. Their events go first: then their ids are still known."""
    with database.tenant(claim.tenant_id) as conn:
        erasure = erasures.open_erasure(conn, claim)
        turn_ids, fresh = erasures.next_turns(conn, erasure)
        if not turn_ids:
            return False
        silenced.silence(fresh)
        erasures.take_turns(conn, erasure, turn_ids, events=silenced.forget(turn_ids))
    return True


def _take_rows(database: Database, claim: Claim) -> bool:
    with database.tenant(claim.tenant_id) as conn:
        return erasures.take_rows(conn, erasures.open_erasure(conn, claim))


def _end(turn: Halted) -> TurnEvent:
    """What whoever waits for the turn is told."""
    error = {"code": PersonErased.code, "message": public_message(PersonErased.code)}
    data = {"turn_id": str(turn.id), "error": error}
    return TurnEvent(kind=EventKind.TURN_FAILED, attempt=turn.attempt, seq=_END_SEQ, data=data)
