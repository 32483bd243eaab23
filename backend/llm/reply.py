"""Puts a reply together from what a provider sends, whole or in pieces, and refuses a bad one.

A `ChatReply` leaves here only with a finish reason, with text or tool requests, of a sane size,
and storable as text in a database.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from backend.domain.chat import ChatReply, ChatRequest, ToolRequest
from backend.domain.errors import ModelAnswerUnusable, SalesCrewError
from backend.domain.usage import Usage
from backend.llm.retries import Listener

#: An answer is read by a person; a megabyte is a model that lost its way.
MAX_ANSWER_CHARACTERS = 1_000_000


@dataclass(slots=True, kw_only=True)
class ToolDraft:
    """A tool request that may still be arriving. `arguments` are a provider's, in any form."""

    name: str
    id: str | None = None
    arguments: Any = ""
    provider_state: Any = None

    def add_arguments(self, piece: str) -> None:
        self.arguments += piece
        if len(self.arguments) > MAX_ANSWER_CHARACTERS:
            raise ModelAnswerUnusable

    def finished(self) -> ToolRequest:
        if not self.name or not _storable(self.name):
            raise ModelAnswerUnusable
        arguments, malformed = read_arguments(self.arguments)
        return ToolRequest(
            id=self.id or f"call_{uuid4().hex}",
            name=self.name,
            arguments=arguments,
            malformed=malformed,
            provider_state=self.provider_state,
        )


@dataclass(slots=True)
class ReplyDraft:
    """A reply as it arrives. Text is heard by `listener` at once, tools only when complete."""

    listener: Listener
    tools: list[ToolDraft] = field(default_factory=list)
    _pieces: list[str] = field(default_factory=list)
    _size: int = 0

    def add_text(self, piece: str | None) -> None:
        if not piece:
            return
        self._size += len(piece)
        if self._size > MAX_ANSWER_CHARACTERS or not _storable(piece):
            raise ModelAnswerUnusable
        self._pieces.append(piece)
        self.listener.hear(piece)

    def finished(
        self,
        request: ChatRequest,
        *,
        model: str,
        usage: Usage,
        fault: type[SalesCrewError] | None,
    ) -> ChatReply:
        """The reply, now that the provider has said how it ended: well, or with a `fault`.

        An error raised here carries the usage: a cut answer is paid for as well.
        """
        try:
            if fault is not None:
                raise fault
            return self._checked(request, model, usage)
        except SalesCrewError as error:
            error.usage = usage
            raise

    def _checked(self, request: ChatRequest, model: str, usage: Usage) -> ChatReply:
        text = "".join(self._pieces)
        requests = tuple(tool.finished() for tool in self.tools)
        if not text.strip() and not requests:
            raise ModelAnswerUnusable
        if request.answer_schema is not None and not requests and not _is_object(text):
            raise ModelAnswerUnusable
        return ChatReply(
            text=text,
            tool_requests=requests,
            finish_reason="tool_calls" if requests else "stop",
            model=model,
            usage=usage,
        )


def read_arguments(raw: Any) -> tuple[Mapping[str, Any], str | None]:
    """A tool's arguments as an object, or an empty one and the reason why they are not one.

    Nothing at all means no arguments: models call a tool without parameters that way.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return {}, None
    try:
        arguments = json.loads(raw) if isinstance(raw, str) else raw
        if not isinstance(arguments, Mapping):
            return {}, "the arguments are not a JSON object"
        # NaN and Infinity are no JSON, though Python reads them.
        written = json.dumps(arguments, ensure_ascii=False, allow_nan=False)
    except (ValueError, RecursionError):
        return {}, "the arguments are not valid JSON"
    if "\\u0000" in written or not _storable(written):
        return {}, "the arguments contain characters that are not text"
    return arguments, None


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _storable(text: str) -> bool:
    """Postgres keeps neither NUL nor half of a surrogate pair."""
    if "\x00" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
