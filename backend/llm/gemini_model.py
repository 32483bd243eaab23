"""Google's Gemini, by its developer API (`generateContent`)."""

import base64
import re
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from google.genai import Client, types

from backend.domain.chat import ChatReply, ChatRequest
from backend.domain.errors import ContentRefused, ModelAnswerUnusable, SalesCrewError
from backend.domain.ports import OnText
from backend.llm.families import gemini_family
from backend.llm.gemini_request import gemini_request
from backend.llm.model_config import ModelConfig
from backend.llm.price import PriceList, Tokens
from backend.llm.reply import ReplyDraft, ToolDraft
from backend.llm.retries import Listener, call_with_retries
from backend.llm.wire import http_client, ssl_context

GEMINI_URL = "https://generativelanguage.googleapis.com"
#: The SDK now asks for `v1`, which knows neither tools nor system instructions.
GEMINI_VERSION = "v1beta"

_PROMPT_BLOCKED = "PROMPT_BLOCKED"  # our word for it: such an answer has no candidate
_REFUSED = frozenset(
    {
        _PROMPT_BLOCKED,
        "SAFETY",
        "RECITATION",
        "LANGUAGE",
        "BLOCKLIST",
        "PROHIBITED_CONTENT",
        "SPII",
        "ESCALATION",
        "MODEL_ARMOR",
    }
)


class GeminiModel:
    """A `ChatModel` over one shared client.

    `base_url` is a host, with or without an API version at its end: without one it is v1beta.
    """

    def __init__(self, config: ModelConfig) -> None:
        self.name = config.model
        self.provider = "gcp.gemini"
        self._cap_seconds = config.timeout_seconds
        self._prices = PriceList(config)
        self._family = gemini_family(config.model)
        url, version = split_version(config.base_url or GEMINI_URL)
        self._http: Any = http_client(url)
        self._client = Client(
            api_key=config.api_key,
            # Otherwise an environment variable would turn it into a Vertex client.
            vertexai=False,
            http_options=types.HttpOptions(
                base_url=url,
                api_version=version,
                httpx_client=self._http,
                # Or it makes three more of its own for asynchronous clients, 0.2 s in all.
                async_client_args={"ssl": ssl_context(), "verify": ssl_context()},
            ),
        )

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        wire_request = gemini_request(request, model=self.name, family=self._family)

        def attempt(listener: Listener) -> ChatReply:
            draft = ReplyDraft(listener)
            if on_text is None:
                whole = self._client.models.generate_content(**wire_request)
                return self._read(request, draft, iter((whole,)))
            chunks: Any = self._client.models.generate_content_stream(**wire_request)
            with closing(chunks):
                return self._read(request, draft, chunks)

        return call_with_retries(
            attempt,
            on_text=on_text,
            deadline=request.deadline,
            cap_seconds=self._cap_seconds,
            model=self.name,
        )

    def close(self) -> None:
        # The SDK leaves a client that it was given open.
        self._http.close()

    def _read(self, request: ChatRequest, draft: ReplyDraft, chunks: Iterator[Any]) -> ChatReply:
        """Plain answers and streams have the same shape: a plain one is a stream of one."""
        model, usage, reason = "", None, None
        for chunk in chunks:
            model = chunk.model_version or model
            usage = chunk.usage_metadata or usage
            if chunk.prompt_feedback is not None and chunk.prompt_feedback.block_reason:
                reason = _PROMPT_BLOCKED
            for candidate in chunk.candidates or ():
                content = candidate.content
                for part in (content.parts if content is not None else None) or ():
                    _add_part(draft, part)
                reason = candidate.finish_reason or reason
        answered_by = model or self.name
        return draft.finished(
            request,
            model=answered_by,
            usage=self._prices.usage_of(_tokens(usage), answered_by=answered_by),
            fault=_fault(getattr(reason, "value", reason)),
        )


def split_version(base_url: str) -> tuple[str, str]:
    """A base URL as people write it, and the API version to ask there.

    `https://host/proxy/v1beta` and `https://host/proxy` mean the same.
    """
    scheme, host, path, _, _ = urlsplit(base_url)
    path = path.rstrip("/")
    version = re.search(r"/(v\d+(?:alpha|beta)?\d*)$", path)
    if version is not None:
        path = path[: version.start()]
    return (
        urlunsplit((scheme, host, path + "/", "", "")),
        version[1] if version is not None else GEMINI_VERSION,
    )


def _add_part(draft: ReplyDraft, part: Any) -> None:
    if part.function_call is not None:
        call = part.function_call
        signature = part.thought_signature
        draft.tools.append(
            ToolDraft(
                id=call.id,
                name=call.name or "",
                arguments=call.args,
                provider_state={
                    "id": call.id,
                    "thought_signature": base64.b64encode(signature).decode()
                    if signature
                    else None,
                },
            )
        )
    elif not part.thought:
        draft.add_text(part.text)


def _fault(reason: str | None) -> type[SalesCrewError] | None:
    """What is wrong with an answer that ended for this reason. STOP is said of tool calls too."""
    if reason in _REFUSED:
        return ContentRefused
    return None if reason == "STOP" else ModelAnswerUnusable


def _tokens(usage: Any) -> Tokens | None:
    """Gemini's input includes the cached tokens; its thoughts are outside the output."""
    if usage is None or usage.prompt_token_count is None:
        return None
    return Tokens.told(
        read=usage.prompt_token_count + (usage.tool_use_prompt_token_count or 0),
        written=(usage.candidates_token_count or 0) + (usage.thoughts_token_count or 0),
        cached=usage.cached_content_token_count,
    )
