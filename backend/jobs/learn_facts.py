"""Keep the durable facts that a person told in a turn. Retried alone; the answer is out already.

The rules read the message again, and what they are unsure of is put to a model once: a repeated attempt
goes on without it, as the ledger shows that it was asked.
"""

import time
from collections.abc import Sequence

import structlog

from backend.answering.world import World
from backend.domain.facts import Statement, key_of
from backend.domain.identity import PersonId
from backend.llm.metered import MeteredModel
from backend.memory import terms
from backend.memory.fact_model import facts_by_model
from backend.memory.fact_rules import MOST_FACTS, heard
from backend.memory.facts import terms_of
from backend.store import facts, tasks
from backend.store.facts import NewFact, Told
from backend.store.llm_calls import Payer
from backend.store.tasks import Claim

log = structlog.get_logger(__name__)

#: Nobody waits for it, and a thread of the bulk lane does meanwhile.
MODEL_SECONDS = 20.0


def learn_facts(world: World, claim: Claim) -> None:
    """Find the facts outside any transaction, then write and finish in one. Raises ClaimLost."""
    with world.database.tenant(claim.tenant_id) as conn:
        told = facts.told(conn, claim.tenant_id, claim.turn_id)
        was_asked = facts.asked_model(conn, claim.tenant_id, claim.turn_id)
    found = [
        (message, statement)
        for message in told
        for statement in _statements(world, claim, message, may_ask=not was_asked)
    ]
    with world.database.tenant(claim.tenant_id) as conn:
        tasks.finish(conn, claim)
        # Whoever was erased meanwhile has said nothing.
        still_told = {each.message_id for each in facts.told(conn, claim.tenant_id, claim.turn_id)}
        new = [
            _new(claim, message, statement)
            for message, statement in found
            if message.message_id in still_told
        ]
        added = facts.note(conn, claim.tenant_id, PersonId(told[0].person_id), new) if new else 0
    if added:
        log.info("facts.learnt", turn_id=str(claim.turn_id), facts=added)


def give_up(world: World, claim: Claim, error_code: str) -> None:
    """Keep the task as a dead row: the turn stands, only its facts are missing."""
    tasks.bury(world.database, claim, error_code=error_code)
    log.error("facts.given_up", turn_id=str(claim.turn_id), code=error_code)


def _statements(world: World, claim: Claim, message: Told, *, may_ask: bool) -> Sequence[Statement]:
    found = heard(message.text)
    if not found.unsure or not may_ask or world.model.provider == "offline":
        return found.facts
    payer = Payer(
        tenant_id=claim.tenant_id,
        turn_id=claim.turn_id,
        person_id=PersonId(message.person_id),
        attempt=claim.attempt,
    )
    model = MeteredModel(model=world.model, database=world.database, payer=payer)
    by_model = facts_by_model(
        model,
        found.unsure,
        today=world.today(),
        deadline=time.monotonic() + MODEL_SECONDS,
    )
    known = {(key_of(each.subject), key_of(each.topic)) for each in found.facts}
    more = [each for each in by_model if (key_of(each.subject), key_of(each.topic)) not in known]
    return [*found.facts, *more][:MOST_FACTS]


def _new(claim: Claim, message: Told, statement: Statement) -> NewFact:
    return NewFact(
        statement=statement,
        said_at=message.at,
        turn_id=claim.turn_id,
        message_id=message.message_id,
        terms=terms_of(claim.tenant_id, statement),
        terms_version=terms.VERSION,
    )
