"""POST /v1/chat/completions: the road of `POST /chat` for any client that speaks OpenAI's protocol.

The protocol has no "not yet" and no "take that back": a call waits for its turn's end, and a
stream says who speaks at once, keeps the connection, and tells the text when it is final.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated

from litestar import Response, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import HeaderParameter, JSONBody

from backend.api import openai_errors, problems
from backend.api.asking import ask, end_of
from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.errors import AnswerLate, ModelNotFound
from backend.api.event_stream import EventStream
from backend.api.keys import bearer_key
from backend.api.openai_answers import Answering, Completion, data_line
from backend.api.openai_bodies import CompletionBody, Names, question_of
from backend.api.openai_errors import OpenAIProblem
from backend.api.questions import submission_of, submit
from backend.api.replay import Place
from backend.api.schemas import ChatBody
from backend.api.stream import HEADERS, MEDIA_TYPE, PING
from backend.api.turn_reply import json_response, problem_of_turn
from backend.api.watching import events
from backend.domain.errors import SalesCrewError
from backend.domain.events import EventKind, TurnEvent
from backend.domain.identity import Scope, TurnId
from backend.observe import metrics
from backend.store import chat_clients
from backend.store.submissions import Submission
from backend.store.tenants import key_digest

#: The whole chat comes with each question, and all but its end is left unread.
MOST_BYTES = 1024 * 1024
#: Clients try a 5xx again by themselves; a turn that failed would only fail and cost once more.
_FINAL = {"x-should-retry": "false"}


class CompletionRequest(DoorRequest):
    most_bytes = MOST_BYTES


@post(
    "/v1/chat/completions",
    guards=[needs(Scope.CHAT)],
    tags=[Scope.CHAT],
    status_code=200,
    request_class=CompletionRequest,
    summary="Ask an agent as OpenAI's clients do",
    responses={
        200: ResponseSpec(
            Completion,
            description="The answer; with `stream`, its chunks as Server-Sent Events.",
            generate_examples=False,
        ),
        404: ResponseSpec(OpenAIProblem, description="`model` names no agent of yours."),
    },
)
async def create_completion(
    request: DoorRequest,
    data: JSONBody[CompletionBody],
    idempotency_key: Annotated[
        str | None,
        HeaderParameter(
            name="Idempotency-Key",
            description="The same key and question give the same turn for 7 days.",
        ),
    ] = None,
    user_id: Annotated[
        str | None,
        HeaderParameter(
            name="X-User-Id",
            description="Who asks, where the body has no `user`. `X-OpenWebUI-User-Id` does, too. "
            "Without any, the key itself is the person: right for one, wrong for several.",
        ),
    ] = None,
    conversation_id: Annotated[
        str | None,
        HeaderParameter(
            name="X-Conversation-Id",
            description="The conversation, where `metadata` has none. `X-OpenWebUI-Chat-Id` does, "
            "too. Without any, a chat of a user goes by the words that it began with.",
        ),
    ] = None,
) -> Response[bytes] | EventStream:
    names = Names(
        user=user_id or request.headers.get("X-OpenWebUI-User-Id"),
        conversation=conversation_id or request.headers.get("X-OpenWebUI-Chat-Id"),
        nobody=_holder(request),
    )
    question = question_of(data, names)
    submission = submission_of(
        question,
        request.auth,
        trace_id=request.trace_id,
        idempotency_key=idempotency_key,
        # Nothing is told before it is final, so nobody reads while it is written.
        watched=False,
    )
    await _check_agent(request, question)
    known = await _tried_before(request, submission)
    if not data.stream:
        return await _whole(request, submission, known)
    turn_id = known or (await submit(request.door, submission)).turn_id
    answering = Answering(turn_id=turn_id, model=data.model, wants_usage=data.wants_usage)
    return EventStream(_chunks(request, answering), media_type=MEDIA_TYPE, headers=HEADERS)


async def _whole(
    request: DoorRequest, submission: Submission, known: TurnId | None
) -> Response[bytes]:
    seconds = request.door.settings.turn_deadline_seconds
    if known is None:
        turn_id, event = await ask(request, submission, seconds)
    else:
        turn_id, event = known, await end_of(request, known, seconds)
    if event is None:
        raise AnswerLate
    if event.kind is EventKind.TURN_ANSWERED:
        answering = Answering(turn_id=turn_id, model=submission.agent or "")
        return json_response(answering.whole(event.data))
    return openai_errors.response(problem_of_turn(event, turn_id), headers=_FINAL)


async def _chunks(request: DoorRequest, answering: Answering) -> AsyncGenerator[bytes]:
    turn_id = TurnId(answering.turn_id)
    with metrics.EVENT_READERS.labels("stream").track_inprogress():
        yield answering.opening()
        try:
            coming = events(request.door, request.auth.tenant_id, turn_id, Place())
            async with aclosing(coming) as following:
                async for event in following:
                    if event is None:
                        yield PING
                    elif event.kind.closes:
                        for line in _ending(event, answering):
                            yield line
                        return
            # This process drains before the turn is over.
            raise AnswerLate
        except SalesCrewError as error:
            yield data_line(openai_errors.of_problem(problems.problem_of(error)))


def _ending(event: TurnEvent, answering: Answering) -> list[bytes]:
    if event.kind is EventKind.TURN_ANSWERED:
        return list(answering.rest(event.data))
    return [data_line(openai_errors.of_problem(problem_of_turn(event, answering.turn_id)))]


async def _check_agent(request: DoorRequest, question: ChatBody) -> None:
    """Raises ModelNotFound, StoreUnavailable."""
    door = request.door
    known = await door.calls.run(chat_clients.agents, door.database, request.auth.tenant_id)
    if question.agent not in [agent.name for agent in known]:
        raise ModelNotFound


async def _tried_before(request: DoorRequest, submission: Submission) -> TurnId | None:
    """The turn of a client that says it sends this again, where no key of its own tells so."""
    count = request.headers.get("x-stainless-retry-count", "0")
    if submission.idempotency_key is not None or count == "0":
        return None
    return await request.door.calls.run(
        chat_clients.last_asked,
        request.door.database,
        submission.tenant_id,
        submission.user_id,
        submission.conversation or "",
        submission.text,
    )


def _holder(request: DoorRequest) -> str:
    """The person that a key itself stands for: whoever asks with it and says no name."""
    return f"key-{key_digest(bearer_key(request.scope['headers'])).hex()[:16]}"
