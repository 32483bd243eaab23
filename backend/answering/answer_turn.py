"""Answer one turn: the road from a claim to the reply.

    begin -> gather -> think (understand -> crew -> check) -> record -> tell

Every step may be repeated: what an older attempt records finds no row (ClaimLost), and what it
published is voided by `answer.restarted`. An attempt that fails leaves its trace all the same.
"""

import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import structlog

from backend.answering.body import body, is_cached
from backend.answering.question import Question, question_of
from backend.answering.recalling import asked_of
from backend.answering.report import count_tools, report
from backend.answering.steps import Steps, code_of
from backend.answering.telling import Telling
from backend.answering.think import Thought, think
from backend.answering.world import Source, World
from backend.domain.errors import ClaimLost, StoreUnavailable, public_message
from backend.domain.events import EventKind
from backend.domain.turns import Context, Draft
from backend.llm.metered import patiently
from backend.memory.context import gather
from backend.observe import metrics, spans
from backend.observe.tracing import Origin
from backend.semantic.planner import QUERY_TOOL
from backend.semantic.query_arguments import query_to_arguments
from backend.store import turns
from backend.store.tasks import Claim
from backend.store.turns import AnswerRecord, Begun, Closed

log = structlog.get_logger(__name__)

#: A paid answer waits this long for a database that is away; then its claim is given back.
RECORD_PATIENCE_SECONDS = 60.0
#: Sorts after every event that an attempt may have sent.
_FAILURE_SEQ = 1_000_000


def answer_turn(world: World, claim: Claim) -> Claim | None:
    """Take the turn to its answer; returns the task to go on with, which remembers it.

    Raises ClaimLost, StoreUnavailable, or another SalesCrewError.
    """
    claimed_at = time.monotonic()
    begun = turns.begin(world.database, claim)
    if begun is None:
        raise ClaimLost
    waited = _seconds_since(begun.asked_at)
    metrics.TURN_WAIT_SECONDS.observe(waited)
    with spans.turn(
        claim.turn_id,
        begun.conversation_id,
        Origin(trace_id=begun.trace_id, traceparent=begun.traceparent),
        lane=claim.lane,
        attempt=claim.attempt,
        waited_ms=round(waited * 1000),
    ):
        return _answered(world, claim, begun, claimed_at)


def _answered(world: World, claim: Claim, begun: Begun, claimed_at: float) -> Claim | None:
    telling = Telling(claim.attempt, partial(world.publish, claim.turn_id), watched=begun.streamed)
    telling.emit(EventKind.TURN_STARTED, {"turn_id": str(claim.turn_id)})
    if claim.attempt > 1:
        telling.restart("another_attempt")

    steps = Steps(claimed_at)
    with telling.ending(), _traced(world, claim, steps):
        with steps.step("gather", "memory") as detail:
            context, opens = _gathered(world, claim, begun)
            detail["lines"] = len(context.memory)
            detail["recalled"] = [
                {"at": line.at, "score": line.score, **line.why}
                for line in context.memory
                if line.why is not None
            ]
        question = question_of(world, claim, begun, context, claimed_at)
        with world.aside():
            # It may read the client's database, which may be slow or gone: that is waiting.
            source = opens()
        thought = think(world, question, source, telling, steps)

    closed = _record(world, claim, question, thought, steps)
    try:
        if thought.rows is not None:
            thought.rows.keep(closed.usage.cost_nano)
        if closed.ring is not None:
            world.ring(closed.ring, "answer_turn")
        telling.emit(EventKind.TURN_ANSWERED, closed.body)
        report(question.asked, begun.trace_id, thought.checked, closed)
    except Exception:
        # The answer stands, and whoever waits asks the rows: what follows must still be done.
        log.exception("turn.not_told", turn_id=str(claim.turn_id))
    return closed.follow_up


def fail_turn(world: World, claim: Claim, error_code: str) -> None:
    """Close the turn as failed, and say so. Raises ClaimLost, StoreUnavailable."""
    next_lane = turns.record_failure(world.database, claim, error_code)
    if next_lane is not None:
        world.ring(next_lane, "fail_turn")
    telling = Telling(claim.attempt, partial(world.publish, claim.turn_id), first_seq=_FAILURE_SEQ)
    error = {"code": error_code, "message": public_message(error_code)}
    telling.emit(EventKind.TURN_FAILED, {"turn_id": str(claim.turn_id), "error": error})
    metrics.TURNS.labels("", "", "failed").inc()
    metrics.TURN_FAILURES.labels(error_code).inc()
    log.error("turn.failed", turn_id=str(claim.turn_id), code=error_code, attempt=claim.attempt)


def _gathered(world: World, claim: Claim, begun: Begun) -> tuple[Context, Callable[[], Source]]:
    """What the crew is told, and what opens the source: outside, for a source may be slow."""
    asked = asked_of(world, begun.question)
    with world.database.tenant(claim.tenant_id) as conn:
        context = gather(conn, begun, asked)
        return context, world.sources.find(conn, claim.tenant_id, begun.data_source)


@contextmanager
def _traced(world: World, claim: Claim, steps: Steps) -> Generator[None]:
    """Write down what was done if the block fails: no answer will carry it."""
    try:
        yield
    except (ClaimLost, StoreUnavailable):
        # What an older attempt did is not written; and nothing is while the database is away.
        raise
    except Exception as error:
        steps.note("record", "failure", {"error": code_of(error)})
        count_tools(steps.tool_calls)
        try:
            turns.record_attempt(world.database, claim, steps.taken, steps.tool_calls)
        except Exception as unkept:  # noqa: BLE001 - it must not hide what the attempt failed of
            log.warning("trace.not_kept", error_type=type(unkept).__name__)
        raise


def _record(
    world: World, claim: Claim, question: Question, thought: Thought, steps: Steps
) -> Closed:
    """Write the answer in one commit, waiting for the database if it is away."""
    asked, checked = question.asked, thought.checked
    time_ms = round(_seconds_since(asked.asked_at) * 1000)
    record = AnswerRecord(
        text=checked.text,
        body=lambda usage: body(
            asked,
            question.context,
            thought.subject.language,
            checked,
            usage,
            time_ms=time_ms,
            told_cost_nano=thought.rows.told_cost_nano if thought.rows is not None else 0,
        ),
        query=_queried(checked.draft),
        model=checked.draft.model,
        cached=is_cached(checked.draft),
        time_ms=time_ms,
        steps=steps.taken,
        tool_calls=checked.draft.tool_calls,
    )
    return patiently(
        lambda: turns.record_answer(world.database, claim, record),
        until=time.monotonic() + RECORD_PATIENCE_SECONDS,
    )


def _queried(draft: Draft) -> Mapping[str, Any] | None:
    """The last metric query that had an answer, or those that the answer asks to choose between."""
    if draft.choices:
        return {"choices": [query_to_arguments(each) for each in draft.choices]}
    asked = [call for call in draft.tool_calls if call.name == QUERY_TOOL and call.outcome.ok]
    return dict(asked[-1].arguments) if asked else None


def _seconds_since(moment: datetime) -> float:
    # The database's clock and ours may differ by a little; a duration is never negative.
    return max(0.0, (datetime.now(UTC) - moment).total_seconds())
