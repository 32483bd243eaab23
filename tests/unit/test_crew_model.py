"""A model of ours in CrewAI's hands: messages in both directions, events, and errors untouched."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from backend.domain.chat import ChatMessage, Purpose, ToolRequest
from backend.domain.errors import (
    ContentRefused,
    ContextTooLong,
    DeadlineExceeded,
    ModelAnswerUnusable,
    ModelMisconfigured,
    ModelUnavailable,
)
from backend.domain.events import EventKind
from tests.unit.crew_stage import (
    QUERY,
    SERIES,
    Line,
    ScriptedModel,
    Watcher,
    subject,
    wants,
)

# isort: split
from crewai.events.stream_context import add_stream_sink, reset_stream_sinks
from crewai.utilities.i18n import I18N_DEFAULT

from crews.answer_stream import AnswerStream
from crews.model import Assignment, CrewModel, ModelCallFailed
from crews.tool_log import ToolLog

HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Olá"}]
FORCED = {"role": "user", "content": I18N_DEFAULT.errors("force_final_answer")}


class Stage:
    """A CrewModel over a script, with everything that can be seen from outside."""

    def __init__(self, *lines: Line, seconds: float = 30, listened: bool = True) -> None:
        self.port = ScriptedModel(lines)
        self.watcher = Watcher()
        self.log = ToolLog(self.watcher.emit, time.monotonic())
        on_text = self.watcher.on_text if listened else None
        self.model = CrewModel(
            Assignment(
                model=self.port,
                purpose=Purpose.ANALYSE,
                subject=subject(),
                deadline=time.monotonic() + seconds,
                last_call="Answer now.",
                no_answer="Não consegui.",
                tools=(QUERY, SERIES),
                stream=AnswerStream(on_text, self.watcher.emit),
            ),
            self.log,
        )

    def call(self, messages: str | list[Any] = HELLO) -> Any:
        return self.model.call(messages)


@contextmanager
def heard() -> Iterator[list[Any]]:
    """CrewAI's events of this context."""
    events: list[Any] = []
    token = add_stream_sink(lambda _source, event: events.append(event))
    try:
        yield events
    finally:
        reset_stream_sinks(token)


def test_text_goes_out_and_comes_back() -> None:
    stage = Stage("Oi!")
    assert stage.call() == "Oi!"
    (request,) = stage.port.requests
    assert request.messages == (
        ChatMessage(role="system", text="Be brief."),
        ChatMessage(role="user", text="Olá"),
    )
    assert request.purpose is Purpose.ANALYSE
    assert request.subject == subject()
    assert request.tools == (QUERY, SERIES)
    assert stage.watcher.text == "Oi!"


def test_a_plain_string_is_a_question() -> None:
    stage = Stage("Oi!")
    stage.call("Olá")
    assert stage.port.requests[0].messages == (ChatMessage(role="user", text="Olá"),)


def test_tool_requests_go_back_to_the_provider_as_they_came() -> None:
    # Two calls with one id, and the state that a provider wants returned.
    first = ToolRequest(id="", name=QUERY.name, arguments={"a": 1}, provider_state=object())
    second = ToolRequest(id="", name=SERIES.name, arguments={"b": None})
    stage = Stage((first, second), "Pronto.")
    asked = stage.call()
    assert [call["function"]["name"] for call in asked] == [QUERY.name, SERIES.name]
    assert [json.loads(call["function"]["arguments"]) for call in asked] == [{"a": 1}, {"b": None}]
    assert len({call["id"] for call in asked}) == 2
    answers = [
        {"role": "tool", "tool_call_id": call["id"], "name": "-", "content": f"result {number}"}
        for number, call in enumerate(asked)
    ]
    stage.call([*HELLO, {"role": "assistant", "content": None, "tool_calls": asked}, *answers])
    assert stage.port.requests[1].messages[2:] == (
        ChatMessage(role="assistant", tool_requests=(first, second)),
        ChatMessage(role="tool", text="result 0", tool_request_id="", tool_name=QUERY.name),
        ChatMessage(role="tool", text="result 1", tool_request_id="", tool_name=SERIES.name),
    )


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (wants("sales_delete_all", {"x": 1}), "unknown_tool"),
        (wants(QUERY.name, malformed="unexpected end"), "invalid_request"),
    ],
)
def test_a_request_that_nobody_can_carry_out_is_recorded_and_answered(
    request_: tuple[ToolRequest], code: str
) -> None:
    stage = Stage(request_, "Pronto.")
    (asked,) = stage.call()
    (call,) = stage.log.calls
    assert (call.name, call.arguments) == (request_[0].name, request_[0].arguments)
    assert (call.outcome.ok, call.outcome.error) == (False, code)
    assert stage.watcher.kinds() == [EventKind.TOOL_CALLED, EventKind.TOOL_FINISHED]
    stage.call(
        [
            {"role": "assistant", "content": None, "tool_calls": [asked]},
            {"role": "tool", "tool_call_id": asked["id"], "content": "what CrewAI says"},
        ]
    )
    assert stage.port.requests[1].messages[1].text == call.outcome.content
    assert json.loads(call.outcome.content)["status"] == code


def test_an_unknown_tool_is_answered_with_the_names_there_are() -> None:
    stage = Stage(wants("metrics"))
    stage.call()
    assert f"{QUERY.name}, {SERIES.name}" in stage.log.calls[0].outcome.content


def test_malformed_arguments_are_never_json_to_crewai() -> None:
    for reason in ("1", '{"a":1}', "", "null"):
        (asked,) = Stage(wants(QUERY.name, malformed=reason)).call()
        with pytest.raises(ValueError, match="Expecting value"):
            json.loads(asked["function"]["arguments"])


@pytest.mark.parametrize(
    "error",
    [
        ModelUnavailable("429: rate limit reached, too many requests"),
        ModelMisconfigured("this model does not support tools"),
        ContextTooLong("maximum context length exceeded: context_length_exceeded"),
        ContentRefused(),
        ModelAnswerUnusable(),
        DeadlineExceeded(),
        ConnectionError("throttled"),
    ],
)
def test_an_error_is_kept_and_nothing_of_it_shown_to_crewai(error: Exception) -> None:
    stage = Stage(error, "never said")
    with heard() as events, pytest.raises(ModelCallFailed) as caught:
        stage.call()
    assert stage.model.failure is error
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert str(error) not in repr(events)
    # Neither a retry of CrewAI's nor a later call reaches the model.
    with pytest.raises(ModelCallFailed):
        stage.call()
    assert len(stage.port.requests) == 1


def test_what_is_no_exception_passes() -> None:
    class Interrupt(BaseException):
        """As a queue interrupts a thread."""

    def interrupt(_: Any) -> Line:
        raise Interrupt

    with pytest.raises(Interrupt):
        Stage(interrupt).call()


def test_past_the_deadline_the_model_is_not_asked() -> None:
    stage = Stage("late", seconds=-1)
    with pytest.raises(ModelCallFailed):
        stage.call()
    assert isinstance(stage.model.failure, DeadlineExceeded)
    assert stage.port.requests == []


@pytest.mark.parametrize("text", ["", " \n"])
def test_an_empty_answer_is_none(text: str) -> None:
    stage = Stage(text)
    with pytest.raises(ModelCallFailed):
        stage.call()
    assert isinstance(stage.model.failure, ModelAnswerUnusable)


def test_text_before_a_tool_request_is_voided() -> None:
    stage = Stage("unused")

    def hesitant(request: Any, on_text: Any) -> Any:
        on_text("Vou consultar.")
        return ScriptedModel([wants(QUERY.name)]).complete(request)

    stage.port.complete = hesitant  # type: ignore[method-assign, assignment]
    stage.call()
    assert stage.watcher.kinds() == [EventKind.ANSWER_RESTARTED]
    assert stage.watcher.text == ""


def test_a_silent_tool_request_voids_nothing() -> None:
    stage = Stage(wants(QUERY.name))
    stage.call()
    assert stage.watcher.events == []


def test_without_a_listener_the_model_need_not_stream() -> None:
    stage = Stage("Oi!", listened=False)
    with heard() as events:
        stage.call()
    assert [event.type for event in events] == ["llm_call_started", "llm_call_completed"]


def test_the_events_of_a_call_belong_together() -> None:
    stage = Stage("Oi para você!", wants(QUERY.name), ModelUnavailable())
    with heard() as events:
        stage.call()
        stage.call()
        with pytest.raises(ModelCallFailed):
            stage.call()
    types = [event.type for event in events]
    assert types == [
        "llm_call_started",
        *["llm_stream_chunk"] * 3,
        "llm_call_completed",
        "llm_call_started",
        "llm_call_completed",
        "llm_call_started",
        "llm_call_failed",
    ]
    assert [
        len({event.call_id for event in events[start:end]}) for start, end in ((0, 5), (5, 7))
    ] == [1, 1]
    assert len({event.call_id for event in events}) == 3
    done = events[4]
    assert (done.finish_reason, done.model) == ("stop", "scripted-1")
    assert done.usage == {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}


def test_crewais_own_last_words_are_never_sent() -> None:
    stage = Stage("Até aqui, nada.")
    assert stage.call([*HELLO, FORCED]) == "Até aqui, nada."
    (request,) = stage.port.requests
    assert request.messages[-1] == ChatMessage(role="user", text="Answer now.")
    assert request.tools == (QUERY, SERIES)


def test_a_tool_request_after_the_last_call_ends_honestly() -> None:
    stage = Stage(wants(QUERY.name))
    assert stage.call([*HELLO, FORCED]) == stage.watcher.text == "Não consegui."
    assert stage.log.calls == ()


def test_no_usage_is_kept_in_the_object() -> None:
    stage = Stage("Oi!")
    stage.call()
    assert stage.model.get_token_usage_summary().total_tokens == 0
