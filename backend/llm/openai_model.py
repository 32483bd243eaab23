"""OpenAI's chat completions, and every server that speaks the same (`openai_compatible`)."""

from collections.abc import Iterator
from typing import Any

from openai import OpenAI, Stream
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from backend.domain.chat import ChatReply, ChatRequest
from backend.domain.errors import ContentRefused, ModelAnswerUnusable, SalesCrewError
from backend.domain.ports import OnText
from backend.llm.answer_types import build
from backend.llm.families import Family, openai_family
from backend.llm.model_config import ModelConfig
from backend.llm.openai_request import openai_request
from backend.llm.price import PriceList, Tokens
from backend.llm.reply import ReplyDraft, ToolDraft
from backend.llm.retries import Listener, call_with_retries
from backend.llm.wire import http_client

_PATH = "/chat/completions"
OPENAI_URL = "https://api.openai.com/v1"

#: `stop`, and what compatible servers call the same: Together, text-generation-inference, and
#: gateways in front of Anthropic.
_FINISHED = frozenset({"stop", "eos", "eos_token", "end_turn"})


class OpenAIModel:
    """A `ChatModel` over one shared client. `base_url` ends in the version, as in OPENAI_URL."""

    def __init__(self, config: ModelConfig) -> None:
        build(ChatCompletion, ChatCompletionChunk)
        self.name = config.model
        self.provider: str = config.provider
        self._cap_seconds = config.timeout_seconds
        url = config.base_url or OPENAI_URL
        self._prices = PriceList(config)
        # Compatible servers take every setting of the first chat completions, whatever the name.
        self._compatible = config.provider != "openai"
        self._family = (
            Family(temperature=True, thinks=False)
            if self._compatible
            else openai_family(config.model)
        )
        client: Any = http_client(url)
        self._client = OpenAI(
            api_key=config.api_key, base_url=url, max_retries=0, http_client=client
        )
        # The SDK fills these from the environment; a tenant's key must not carry another's.
        self._client.organization = None
        self._client.project = None
        self._client.admin_api_key = None

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        wire_request = openai_request(
            request, model=self.name, family=self._family, compatible=self._compatible
        )

        def attempt(listener: Listener) -> ChatReply:
            draft = ReplyDraft(listener)
            if on_text is None:
                return self._read(request, draft, self._plain(wire_request))
            with self._streamed(wire_request) as chunks:
                return self._read_stream(request, draft, chunks)

        return call_with_retries(
            attempt,
            on_text=on_text,
            deadline=request.deadline,
            cap_seconds=self._cap_seconds,
            model=self.name,
        )

    def close(self) -> None:
        self._client.close()

    # The SDK's own way to an address. Its `chat.completions.create` walks through every message
    # to rename fields that are named right: a third of the time of a call.

    def _plain(self, wire_request: dict[str, Any]) -> ChatCompletion:
        return self._client.post(_PATH, body=wire_request, cast_to=ChatCompletion)

    def _streamed(self, wire_request: dict[str, Any]) -> Stream[ChatCompletionChunk]:
        return self._client.post(
            _PATH,
            body={**wire_request, "stream": True, "stream_options": {"include_usage": True}},
            cast_to=ChatCompletion,
            stream=True,
            stream_cls=Stream[ChatCompletionChunk],
        )

    def _read(self, request: ChatRequest, draft: ReplyDraft, completion: Any) -> ChatReply:
        choice = completion.choices[0]
        draft.add_text(choice.message.content)
        for call in choice.message.tool_calls or ():
            draft.tools.append(
                ToolDraft(id=call.id, name=call.function.name, arguments=call.function.arguments)
            )
        fault = _fault(draft, choice.finish_reason, refused=bool(choice.message.refusal))
        return self._finished(request, draft, completion.model, completion.usage, fault)

    def _read_stream(
        self, request: ChatRequest, draft: ReplyDraft, chunks: Iterator[Any]
    ) -> ChatReply:
        model, usage, finish_reason, refused = "", None, None, False
        tools = _ArrivingTools(draft)
        for chunk in chunks:
            model = chunk.model or model
            # OpenAI sends usage in a chunk of its own; other servers together with text.
            usage = chunk.usage or usage
            for choice in chunk.choices or ():
                delta = choice.delta
                if delta is not None:
                    draft.add_text(delta.content)
                    refused = refused or bool(delta.refusal)
                    for piece in delta.tool_calls or ():
                        tools.add(piece)
                finish_reason = choice.finish_reason or finish_reason
        fault = _fault(draft, finish_reason, refused=refused)
        return self._finished(request, draft, model, usage, fault)

    def _finished(
        self,
        request: ChatRequest,
        draft: ReplyDraft,
        model: str | None,
        usage: Any,
        fault: type[SalesCrewError] | None,
    ) -> ChatReply:
        answered_by = model or self.name
        return draft.finished(
            request,
            model=answered_by,
            usage=self._prices.usage_of(_tokens(usage), answered_by=answered_by),
            fault=fault,
        )


class _ArrivingTools:
    """Tool calls in pieces. Pieces of one call share an index; some servers give all the same."""

    def __init__(self, draft: ReplyDraft) -> None:
        self._draft = draft
        self._by_index: dict[int, ToolDraft] = {}

    def add(self, piece: Any) -> None:
        index = piece.index if piece.index is not None else len(self._by_index)
        tool = self._by_index.get(index)
        if tool is None or (piece.id and tool.id and piece.id != tool.id):
            tool = ToolDraft(id=piece.id, name="")
            self._by_index[index] = tool
            self._draft.tools.append(tool)
        if piece.function is not None:
            tool.name = tool.name or piece.function.name or ""
            tool.add_arguments(piece.function.arguments or "")


def _fault(draft: ReplyDraft, reason: str | None, *, refused: bool) -> type[SalesCrewError] | None:
    """What is wrong with an answer that ended for this reason; None when nothing is."""
    if refused or reason == "content_filter":
        return ContentRefused
    if reason in ("tool_calls", "function_call"):
        # A call without its tool would leave "let me look that up" as the answer.
        return None if draft.tools else ModelAnswerUnusable
    return None if reason in _FINISHED else ModelAnswerUnusable


def _tokens(usage: Any) -> Tokens | None:
    """OpenAI's input includes the cached tokens, its output the reasoning."""
    details = getattr(usage, "prompt_tokens_details", None)
    return Tokens.told(
        read=getattr(usage, "prompt_tokens", None),
        written=getattr(usage, "completion_tokens", None),
        cached=getattr(details, "cached_tokens", None),
        cache_written=getattr(details, "cache_write_tokens", None),
    )
