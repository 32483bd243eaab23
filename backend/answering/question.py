"""A claimed turn with all that thinking needs of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from backend.answering.fast_path import OFFLINE
from backend.answering.recalling import asked_of
from backend.answering.world import World
from backend.domain.chat import Remembered
from backend.domain.errors import SalesQueryInvalid
from backend.domain.ports import ChatModel, Embedder
from backend.domain.sales import MetricQuery
from backend.domain.turns import Asked, Context
from backend.llm.embedding_books import TurnBooks
from backend.llm.metered import MeteredModel
from backend.llm.provider_embedder import for_question
from backend.memory.context import look_back
from backend.semantic.query_arguments import query_from_arguments
from backend.store.llm_calls import Payer
from backend.store.tasks import Claim
from backend.store.turns import Begun


@dataclass(frozen=True, slots=True)
class LookedBack:
    memory: tuple[Remembered, ...]
    #: Whether the question's meaning was to be had: without it, words alone are recalled by.
    by_meaning: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`model` keeps the books of this attempt."""

    asked: Asked
    context: Context
    #: Gives the vectors of what is asked, on this turn's account.
    embedder: Embedder
    #: Finds what was said long before: what is certain does without.
    look_back: Callable[[], LookedBack]
    previous: MetricQuery | None
    #: What the last answer asked to choose between.
    choices: tuple[MetricQuery, ...]
    model: ChatModel
    #: Whether somebody watches the text as it is written.
    streamed: bool
    #: `time.monotonic()` instant that the steps count from.
    claimed_at: float


def question_of(
    world: World, claim: Claim, begun: Begun, context: Context, claimed_at: float
) -> Question:
    payer = _payer(claim, begun)
    embedder = for_question(world.embedder, TurnBooks(world.database, payer))
    return Question(
        asked=_asked(world, claim, begun, claimed_at),
        context=context,
        embedder=embedder,
        look_back=partial(_looked_back, world, begun, context, embedder),
        previous=_query(context.last_query),
        choices=tuple(query for each in context.choices if (query := _query(each)) is not None),
        model=MeteredModel(
            model=world.model,
            database=world.database,
            payer=payer,
            aside=world.aside,
        ),
        streamed=begun.streamed,
        claimed_at=claimed_at,
    )


def _looked_back(world: World, begun: Begun, context: Context, embedder: Embedder) -> LookedBack:
    asked = asked_of(world, embedder, begun.question)
    with world.database.tenant(begun.asker.tenant_id) as conn:
        memory = look_back(
            conn, begun, context, asked, is_read_by_model=world.model.provider != OFFLINE
        )
    return LookedBack(memory, by_meaning=asked.meaning is not None)


def _asked(world: World, claim: Claim, begun: Begun, claimed_at: float) -> Asked:
    return Asked(
        task_id=claim.id,
        turn_id=claim.turn_id,
        conversation_id=begun.conversation_id,
        attempt=claim.attempt,
        asker=begun.asker,
        question=begun.question,
        channel=begun.channel,
        agent=begun.agent,
        asked_at=begun.asked_at,
        today=world.today(),
        deadline=claimed_at + world.deadline_seconds,
    )


def _payer(claim: Claim, begun: Begun) -> Payer:
    return Payer(
        tenant_id=claim.tenant_id,
        turn_id=claim.turn_id,
        person_id=begun.asker.person_id,
        attempt=claim.attempt,
    )


def _query(stored: Mapping[str, Any] | None) -> MetricQuery | None:
    """A stored query, unless today's rules would refuse it."""
    if stored is None:
        return None
    try:
        return query_from_arguments(stored)
    except SalesQueryInvalid:
        return None
