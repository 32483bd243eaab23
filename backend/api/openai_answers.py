"""An answered turn as OpenAI's clients read it: one completion, or the chunks of a stream. Pure.

A chunk cannot be taken back, and a text is final only with its turn, so chunks are made from the
body of an answered turn, sentence by sentence.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

#: A text in pieces that together are the text: up to the end of a sentence or of a line.
_SENTENCE = re.compile(r".+?(?:[.!?…](?=\s)|\n|\Z)\s*|\s+", re.DOTALL)
#: What the protocol has no place for, of the body of `POST /chat`.
_OURS = ("turn_id", "conversation_id", "model", "language", "route", "figures", "usage", "time_ms")

DONE = b"data: [DONE]\n\n"


class Reply(Struct, frozen=True, kw_only=True):
    role: Literal["assistant"] = "assistant"
    content: str
    refusal: None = None


class Choice(Struct, frozen=True, kw_only=True):
    index: int = 0
    message: Reply
    logprobs: None = None
    finish_reason: Literal["stop"] = "stop"


class CachedTokens(Struct, frozen=True, kw_only=True):
    cached_tokens: int


class Tokens(Struct, frozen=True, kw_only=True):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int
    prompt_tokens_details: CachedTokens


class Completion(Struct, frozen=True, kw_only=True):
    """An answer. `sales_crew` holds what else `POST /chat` says of it."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int
    model: str
    choices: list[Choice]
    usage: Tokens
    sales_crew: dict[str, Any]


class Delta(Struct, frozen=True, kw_only=True, omit_defaults=True):
    role: str | UnsetType = UNSET
    content: str | UnsetType = UNSET


class ChunkChoice(Struct, frozen=True, kw_only=True):
    index: int = 0
    delta: Delta
    logprobs: None = None
    finish_reason: Literal["stop"] | None = None


class Chunk(Struct, frozen=True, kw_only=True):
    """A piece of an answer."""

    id: str
    object: Literal["chat.completion.chunk"] = "chat.completion.chunk"
    created: int
    model: str
    choices: list[ChunkChoice]
    #: As the protocol has it: absent unless asked for, then null in all chunks but the last.
    usage: Tokens | UnsetType | None = UNSET
    sales_crew: dict[str, Any] | UnsetType = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Answering:
    """The answer of one turn, by the name that the client called the agent."""

    turn_id: UUID
    model: str
    wants_usage: bool = False

    def whole(self, answer: Mapping[str, Any]) -> Completion:
        return Completion(
            id=self._id,
            created=self._created,
            model=self.model,
            choices=[Choice(message=Reply(content=answer["response"]))],
            usage=_tokens(answer),
            sales_crew=_ours(answer),
        )

    def opening(self) -> bytes:
        """The chunk that says who speaks; it can be sent before there is an answer."""
        return self._chunk([ChunkChoice(delta=Delta(role="assistant", content=""))])

    def rest(self, answer: Mapping[str, Any]) -> Iterator[bytes]:
        """The chunks of the text, and the end of the stream."""
        for piece in sentences(answer["response"]):
            yield self._chunk([ChunkChoice(delta=Delta(content=piece))])
        last = ChunkChoice(delta=Delta(), finish_reason="stop")
        yield self._chunk([last], sales_crew=_ours(answer))
        if self.wants_usage:
            yield self._chunk([], usage=_tokens(answer))
        yield DONE

    def _chunk(
        self,
        choices: list[ChunkChoice],
        *,
        usage: Tokens | None = None,
        sales_crew: dict[str, Any] | UnsetType = UNSET,
    ) -> bytes:
        chunk = Chunk(
            id=self._id,
            created=self._created,
            model=self.model,
            choices=choices,
            usage=usage if self.wants_usage else UNSET,
            sales_crew=sales_crew,
        )
        return data_line(chunk)

    @property
    def _id(self) -> str:
        return f"chatcmpl-{self.turn_id}"

    @property
    def _created(self) -> int:
        """Unix seconds of the question: a UUIDv7 opens with its milliseconds."""
        return (self.turn_id.int >> 80) // 1000


def data_line(value: Struct) -> bytes:
    """JSON has no line breaks of its own, so one line holds it."""
    return b"data: %s\n\n" % msgspec.json.encode(value)


def sentences(text: str) -> list[str]:
    """The text in pieces that together are the text."""
    return _SENTENCE.findall(text)


def _tokens(answer: Mapping[str, Any]) -> Tokens:
    usage = answer["usage"]
    return Tokens(
        prompt_tokens=usage["input_tokens"],
        completion_tokens=usage["output_tokens"],
        total_tokens=answer["tokens_used"],
        prompt_tokens_details=CachedTokens(cached_tokens=usage["cached_input_tokens"]),
    )


def _ours(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in _OURS}
