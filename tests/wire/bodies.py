"""Answers in each provider's own wire form, for `garbage.py` to serve, whole or spoiled."""

import json
from typing import Any

from backend.llm.model_config import Provider

#: Each provider's words for the same usage: 10 tokens read, 4 of them cached, 5 written.
USAGE: dict[Provider, dict[str, Any]] = {
    "openai": {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "total_tokens": 15,
        "prompt_tokens_details": {"cached_tokens": 4},
    },
    "anthropic": {"input_tokens": 6, "output_tokens": 5, "cache_read_input_tokens": 4},
    "gemini": {
        "promptTokenCount": 10,
        "cachedContentTokenCount": 4,
        "candidatesTokenCount": 3,
        "thoughtsTokenCount": 2,
        "totalTokenCount": 15,
    },
}
USAGE["openai_compatible"] = USAGE["openai"]

_FINISH: dict[Provider, str] = {
    "openai": "stop",
    "openai_compatible": "stop",
    "anthropic": "end_turn",
    "gemini": "STOP",
}


def plain(provider: Provider, text: str, *, finish: str | None = None) -> bytes:
    """A whole answer."""
    reason = finish or _FINISH[provider]
    if provider == "anthropic":
        return _json(
            {
                "id": "msg_1",
                "type": "message",
                "role": "assistant",
                "model": "claude-haiku-4-5",
                "content": [{"type": "text", "text": text}],
                "stop_reason": reason,
                "usage": USAGE[provider],
            }
        )
    if provider == "gemini":
        return _json(_gemini(text, reason, USAGE[provider]))
    message = {"role": "assistant", "content": text}
    return _json(
        {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "gpt-4o-mini",
            "choices": [{"index": 0, "message": message, "finish_reason": reason}],
            "usage": USAGE[provider],
        }
    )


def opening(provider: Provider) -> bytes:
    """The first event of a stream, before any text."""
    if provider == "anthropic":
        message: dict[str, Any] = {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": "claude-haiku-4-5",
            "content": [],
            "stop_reason": None,
            "usage": {**USAGE[provider], "output_tokens": 1},
        }
        start = {"type": "content_block_start", "index": 0}
        return anthropic_event({"type": "message_start", "message": message}) + anthropic_event(
            start | {"content_block": {"type": "text", "text": ""}}
        )
    if provider == "gemini":
        return b""
    return data(openai_chunk({"role": "assistant", "content": ""}))


def piece(provider: Provider, text: str) -> bytes:
    """One event with text."""
    if provider == "anthropic":
        delta = {"type": "text_delta", "text": text}
        return anthropic_event({"type": "content_block_delta", "index": 0, "delta": delta})
    if provider == "gemini":
        return data(_gemini(text, None, None))
    return data(openai_chunk({"content": text}))


def ending(provider: Provider, *, finish: str | None = None, usage: bool = True) -> bytes:
    """The events that finish a stream properly."""
    reason = finish or _FINISH[provider]
    if provider == "anthropic":
        return anthropic_event(
            {
                "type": "message_delta",
                "delta": {"stop_reason": reason},
                "usage": {"output_tokens": 5},
            }
        ) + anthropic_event({"type": "message_stop"})
    if provider == "gemini":
        return data(_gemini("", reason, USAGE[provider] if usage else None))
    last = data(openai_chunk({}, finish=reason))
    counted = data({**openai_chunk({}), "choices": [], "usage": USAGE[provider]})
    return last + (counted if usage else b"") + b"data: [DONE]\n\n"


def openai_chunk(
    delta: dict[str, Any], *, finish: str | None = None, **more: Any
) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-4o-mini",
        "choices": [choice],
        **more,
    }


def data(content: dict[str, Any]) -> bytes:
    return b"data: " + _json(content) + b"\n\n"


def anthropic_event(content: dict[str, Any]) -> bytes:
    return f"event: {content['type']}\n".encode() + data(content)


def _gemini(text: str, finish: str | None, usage: dict[str, Any] | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {
        "index": 0,
        "content": {"role": "model", "parts": [{"text": text}]},
    }
    if finish is not None:
        candidate["finishReason"] = finish
    answer: dict[str, Any] = {"candidates": [candidate], "modelVersion": "gemini-2.5-flash"}
    if usage is not None:
        answer["usageMetadata"] = usage
    return answer


def _json(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode()
