"""The fake model's answers as bytes: chat completions, plain and as Server-Sent Events."""

from typing import Any

import msgspec

from ops.load.fake_script import Said

#: About what a provider puts into one event.
PIECE_CHARACTERS = 16
_ID = "chatcmpl-fake"


def plain(said: Said, *, model: str, prompt_tokens: int) -> bytes:
    """The body of a `chat.completion`."""
    message: dict[str, Any] = {"role": "assistant", "content": said.text or None, "refusal": None}
    if said.tool is not None:
        message["tool_calls"] = [_tool_call(said)]
    choice = {
        "index": 0,
        "message": message,
        "logprobs": None,
        "finish_reason": _finish_reason(said),
    }
    return msgspec.json.encode(
        {
            **_head("chat.completion", model),
            "choices": [choice],
            "usage": _usage(said, prompt_tokens),
        }
    )


def events(said: Said, *, model: str, prompt_tokens: int, with_usage: bool) -> bytes:
    """The same answer as the events of a stream, in the order in which they come."""
    head = _head("chat.completion.chunk", model)
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    if said.tool is not None:
        deltas.append({"tool_calls": [{"index": 0, **_tool_call(said)}]})
    deltas.extend(
        {"content": said.text[at : at + PIECE_CHARACTERS]}
        for at in range(0, len(said.text), PIECE_CHARACTERS)
    )
    chunks = [_chunk(head, delta, None) for delta in deltas]
    chunks.append(_chunk(head, {}, _finish_reason(said)))
    if with_usage:
        chunks.append({**head, "choices": [], "usage": _usage(said, prompt_tokens)})
    lines = b"".join(b"data: %b\n\n" % msgspec.json.encode(chunk) for chunk in chunks)
    return lines + b"data: [DONE]\n\n"


def _head(kind: str, model: str) -> dict[str, Any]:
    return {"id": _ID, "object": kind, "created": 0, "model": model}


def _chunk(
    head: dict[str, Any], delta: dict[str, Any], finish_reason: str | None
) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {**head, "choices": [choice]}


def _tool_call(said: Said) -> dict[str, Any]:
    return {
        "id": "call_fake",
        "type": "function",
        "function": {"name": said.tool, "arguments": said.arguments},
    }


def _finish_reason(said: Said) -> str:
    return "stop" if said.tool is None else "tool_calls"


def _usage(said: Said, prompt_tokens: int) -> dict[str, int]:
    completion_tokens = max(1, (len(said.text) + len(said.arguments)) // 4)
    return {
        "prompt_tokens": prompt_tokens,
        "completion_tokens": completion_tokens,
        "total_tokens": prompt_tokens + completion_tokens,
    }
