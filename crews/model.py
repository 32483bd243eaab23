"""A language model of ours as CrewAI sees one: the only subclass of its BaseLLM.

One object serves one agent in one turn, over the port `ChatModel`, which owns retries, deadline
and money. It keeps a promise that CrewAI does not make: what goes wrong in a model call reaches
the caller as it was raised. CrewAI reads the text of exceptions and acts on it (it retries at
"rate limit" and exits the process at "context length"), so it only ever sees a `ModelCallFailed`;
the error itself waits in `failure`.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from crewai.events.types.llm_events import LLMCallType
from crewai.llms.base_llm import BaseLLM, llm_call_context
from crewai.utilities.i18n import I18N_DEFAULT
from pydantic import PrivateAttr

from backend.domain.chat import ChatReply, ChatRequest, Purpose, Subject, ToolSpec
from backend.domain.errors import DeadlineExceeded, ModelAnswerUnusable
from backend.domain.ports import ChatModel, OnText
from crews.answer_stream import AnswerStream
from crews.conversation import Conversation
from crews.tool_log import ToolLog

#: What CrewAI says to a model at its cap of iterations: among other things to ignore all previous
#: instructions, which here are the ones that keep figures honest. Never sent.
_CREWAI_LAST_CALL = I18N_DEFAULT.errors("force_final_answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What the calls of one agent have in common. `deadline` is a `time.monotonic()` instant."""

    model: ChatModel
    purpose: Purpose
    subject: Subject
    deadline: float
    #: The last message to a model that has used up its rounds of tools, and what the person reads
    #: if it asks for yet another.
    last_call: str
    no_answer: str
    tools: tuple[ToolSpec, ...] = ()
    answer_schema: Mapping[str, Any] | None = None
    #: Where the text goes as it is written, for the agent that writes the final answer.
    stream: AnswerStream | None = None


class ModelCallFailed(Exception):
    """A model call failed."""


class CrewModel(BaseLLM):
    """`Assignment.model` for one agent. Not shared: neither between turns nor between agents."""

    llm_type: str = "sales_crew"
    #: The error that ended the calls, exactly as it was raised.
    _failure: Exception | None = PrivateAttr(default=None)
    _assignment: Assignment = PrivateAttr()
    _conversation: Conversation = PrivateAttr()

    def __init__(self, assignment: Assignment, log: ToolLog) -> None:
        super().__init__(model=assignment.model.name, provider=assignment.model.provider)
        self._assignment = assignment
        self._conversation = Conversation(assignment.tools, log)

    @property
    def failure(self) -> Exception | None:
        return self._failure

    def brief(self, subject: Subject) -> None:
        """Replace what the next calls are about."""
        self._assignment = replace(self._assignment, subject=subject)

    def supports_function_calling(self) -> bool:
        return True

    def supports_stop_words(self) -> bool:
        return False

    def call(
        self,
        messages: str | list[Any],
        tools: list[dict[str, Any]] | None = None,
        callbacks: list[Any] | None = None,
        available_functions: dict[str, Any] | None = None,
        from_task: Any = None,
        from_agent: Any = None,
        response_model: Any = None,
    ) -> str | list[dict[str, Any]]:
        """The answer as text, or the tools to call in CrewAI's form.

        `tools` is not read: CrewAI's schemas make every parameter required (see `crews.tools`).
        """
        with llm_call_context():
            origin = {"from_task": from_task, "from_agent": from_agent}
            # Without the messages: CrewAI would copy every one of them, and nobody reads them there.
            self._emit_call_started_event(messages="", **origin)
            reply = self._reply(messages, origin)
            if reply is None:
                self._emit_call_failed_event(error="model call failed", **origin)
                # Raised here, with no cause in sight whose text CrewAI would read.
                raise ModelCallFailed
            result = self._conversation.ask(reply.tool_requests) or reply.text
            self._emit_call_completed_event(
                response=result,
                call_type=LLMCallType.TOOL_CALL if reply.tool_requests else LLMCallType.LLM_CALL,
                usage={
                    "prompt_tokens": reply.usage.input_tokens,
                    "completion_tokens": reply.usage.output_tokens,
                    "total_tokens": reply.usage.tokens_used,
                },
                finish_reason=reply.finish_reason,
                **origin,
            )
            return result

    def _reply(self, messages: str | list[Any], origin: dict[str, Any]) -> ChatReply | None:
        if self._failure is not None:
            return None
        if isinstance(messages, str):
            messages = [{"role": "user", "content": messages}]
        try:
            return self._converse(messages, origin)
        except Exception as error:  # noqa: BLE001 - all of them go round CrewAI, to the caller
            self._failure = error
            return None

    def _converse(self, messages: Sequence[Any], origin: dict[str, Any]) -> ChatReply:
        job = self._assignment
        if time.monotonic() >= job.deadline:
            raise DeadlineExceeded
        closing = messages[-1]["content"] == _CREWAI_LAST_CALL
        if closing:
            messages = [*messages[:-1], {"role": "user", "content": job.last_call}]
        request = ChatRequest(
            purpose=job.purpose,
            messages=self._conversation.messages(messages),
            subject=job.subject,
            deadline=job.deadline,
            # Also on the last call: a provider refuses a history of tool calls without its tools.
            tools=job.tools,
            answer_schema=job.answer_schema,
        )
        reply = job.model.complete(request, self._writer(job.stream, origin))
        if not reply.tool_requests:
            if not reply.text.strip():
                raise ModelAnswerUnusable
            return reply
        if job.stream is not None:
            job.stream.restart("tool_calls")
        return self._given_up(reply) if closing else reply

    def _writer(self, stream: AnswerStream | None, origin: dict[str, Any]) -> OnText | None:
        if stream is None or not stream.listened:
            return None

        def write(text: str) -> None:
            stream.write(text)
            self._emit_stream_chunk_event(chunk=text, call_type=LLMCallType.LLM_CALL, **origin)

        return write

    def _given_up(self, reply: ChatReply) -> ChatReply:
        """The honest end of an agent that asks for tools even when told that it is over."""
        text = self._assignment.no_answer
        if self._assignment.stream is not None:
            self._assignment.stream.write(text)
        return replace(reply, text=text, tool_requests=(), finish_reason="stop")
