"""Anthropic's messages."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from anthropic import Anthropic
from anthropic.types import Message, RawMessageStreamEvent

from backend.domain.chat import ChatReply, ChatRequest
from backend.domain.errors import (
    ContentRefused,
    ContextTooLong,
    ModelAnswerUnusable,
    SalesCrewError,
)
from backend.domain.ports import OnText
from backend.llm.answer_types import build
from backend.llm.anthropic_request import anthropic_request
from backend.llm.families import anthropic_family
from backend.llm.model_config import ModelConfig
from backend.llm.price import PriceList, Tokens
from backend.llm.reply import ReplyDraft, ToolDraft
from backend.llm.retries import Listener, call_with_retries
from backend.llm.wire import http_client

ANTHROPIC_URL = "https://api.anthropic.com"


class AnthropicModel:
    """A `ChatModel` over one shared client. `base_url` has no version: the SDK adds `/v1`."""

    def __init__(self, config: ModelConfig) -> None:
        build(Message, RawMessageStreamEvent)
        self.name = config.model
        self.provider = "anthropic"
        self._cap_seconds = config.timeout_seconds
        self._prices = PriceList(config)
        self._family = anthropic_family(config.model)
        url = config.base_url or ANTHROPIC_URL
        self._client = Anthropic(
            api_key=config.api_key,
            base_url=url,
            max_retries=0,
            # Any value lifts the SDK's refusal of long plain calls; the deadline is in `wire.py`.
            timeout=config.timeout_seconds,
            http_client=http_client(url),
            open_telemetry=False,
        )

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        wire_request = anthropic_request(request, model=self.name, family=self._family)

        def attempt(listener: Listener) -> ChatReply:
            draft = ReplyDraft(listener)
            if on_text is None:
                return self._read(request, draft, self._client.messages.create(**wire_request))
            with self._client.messages.create(**wire_request, stream=True) as events:
                return self._read_stream(request, draft, events)

        return call_with_retries(
            attempt,
            on_text=on_text,
            deadline=request.deadline,
            cap_seconds=self._cap_seconds,
            model=self.name,
        )

    def close(self) -> None:
        self._client.close()

    def _read(self, request: ChatRequest, draft: ReplyDraft, message: Any) -> ChatReply:
        thinking: list[Any] = []
        for block in message.content:
            if block.type == "text":
                draft.add_text(block.text)
            elif block.type == "tool_use":
                draft.tools.append(ToolDraft(id=block.id, name=block.name, arguments=block.input))
            elif block.type in ("thinking", "redacted_thinking"):
                thinking.append(block.model_dump(mode="json", exclude_none=True))
        return self._finished(
            request, draft, thinking, message.model, message.stop_reason, _Counts(message.usage)
        )

    def _read_stream(
        self, request: ChatRequest, draft: ReplyDraft, events: Iterator[Any]
    ) -> ChatReply:
        model, stop_reason, counts = "", None, _Counts()
        blocks: dict[int, Any] = {}
        thinking: list[dict[str, Any]] = []
        for event in events:
            match event.type:
                case "message_start":
                    model = event.message.model
                    counts.update(event.message.usage)
                case "content_block_start":
                    blocks[event.index] = _started(draft, thinking, event.content_block)
                case "content_block_delta":
                    _continued(draft, blocks[event.index], event.delta)
                case "message_delta":
                    stop_reason = event.delta.stop_reason or stop_reason
                    counts.update(event.usage)
        return self._finished(request, draft, thinking, model, stop_reason, counts)

    def _finished(
        self,
        request: ChatRequest,
        draft: ReplyDraft,
        thinking: list[Any],
        model: str,
        stop_reason: str | None,
        counts: "_Counts",
    ) -> ChatReply:
        if thinking and draft.tools:
            # It wants its thoughts back with the results of the tools they led to.
            draft.tools[0].provider_state = {"thinking": thinking}
        answered_by = model or self.name
        return draft.finished(
            request,
            model=answered_by,
            usage=self._prices.usage_of(counts.tokens(), answered_by=answered_by),
            fault=_fault(draft, stop_reason),
        )


def _started(draft: ReplyDraft, thinking: list[dict[str, Any]], block: Any) -> Any:
    """The place where the pieces of a content block that begins now are put together."""
    if block.type == "text":
        draft.add_text(block.text)
    elif block.type == "tool_use":
        tool = ToolDraft(id=block.id, name=block.name)
        draft.tools.append(tool)
        return tool
    elif block.type in ("thinking", "redacted_thinking"):
        thought: dict[str, Any] = block.model_dump(mode="json", exclude_none=True)
        thinking.append(thought)
        return thought
    return None


def _continued(draft: ReplyDraft, place: Any, delta: Any) -> None:
    match delta.type:
        case "text_delta":
            draft.add_text(delta.text)
        case "input_json_delta":
            place.add_arguments(delta.partial_json)
        case "thinking_delta":
            place["thinking"] = place.get("thinking", "") + delta.thinking
        case "signature_delta":
            place["signature"] = delta.signature


def _fault(draft: ReplyDraft, reason: str | None) -> type[SalesCrewError] | None:
    """What is wrong with an answer that ended for this reason; None when nothing is."""
    if reason == "refusal":
        return ContentRefused
    if reason == "model_context_window_exceeded":
        return ContextTooLong
    if reason == "tool_use":
        return None if draft.tools else ModelAnswerUnusable
    return None if reason in ("end_turn", "stop_sequence") else ModelAnswerUnusable


class _Counts:
    """Token counts as they are told: in a stream at the start, and again, corrected, at the end."""

    def __init__(self, usage: Any = None) -> None:
        self._told: dict[str, Any] = {}
        if usage is not None:
            self.update(usage)

    def update(self, usage: Any) -> None:
        for name in (
            "input_tokens",
            "output_tokens",
            "cache_read_input_tokens",
            "cache_creation_input_tokens",
        ):
            value = getattr(usage, name, None)
            if value is not None:
                self._told[name] = value

    def tokens(self) -> Tokens | None:
        """Anthropic's input excludes what the cache gave or took; ours includes it."""
        told = Tokens.told(
            read=self._told.get("input_tokens"),
            written=self._told.get("output_tokens"),
            cached=self._told.get("cache_read_input_tokens"),
            cache_written=self._told.get("cache_creation_input_tokens"),
        )
        if told is None:
            return None
        return replace(told, input=told.input + told.cached + told.cache_written)
