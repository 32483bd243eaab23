"""Our request in the words of Gemini's `generateContent`."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from backend.domain.chat import ChatMessage, ChatRequest, ToolRequest
from backend.llm.families import Family

#: Google's word for "this call was not yours": Gemini 3 refuses one that has no signature.
_FOREIGN_CALL = b"skip_thought_signature_validator"


def gemini_request(request: ChatRequest, *, model: str, family: Family) -> dict[str, Any]:
    """The arguments for the SDK's `generate_content`."""
    config: dict[str, Any] = {
        "max_output_tokens": family.output_limit(request.max_output_tokens),
        # Both would make calls of their own that nobody counts.
        "automatic_function_calling": {"disable": True},
        "automatic_continuation": False,
    }
    system = "\n\n".join(m.text for m in request.messages if m.role == "system")
    if system:
        config["system_instruction"] = system
    if family.temperature:
        config["temperature"] = request.temperature
    if family.effort == "none":
        config["thinking_config"] = {"thinking_budget": 0}
    elif family.effort is not None:
        config["thinking_config"] = {"thinking_level": family.effort}
    if request.tools:
        config["tools"] = [
            {
                "function_declarations": [
                    {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters_json_schema": dict(tool.parameters),
                    }
                    for tool in request.tools
                ]
            }
        ]
    if request.answer_schema is not None:
        config["response_mime_type"] = "application/json"
        config["response_json_schema"] = dict(request.answer_schema)
    contents = _contents(request.messages, signed=family.effort == "low")
    return {"model": model, "contents": contents, "config": config}


def _contents(messages: tuple[ChatMessage, ...], *, signed: bool) -> list[dict[str, Any]]:
    """Messages as alternating contents: the results of all tools of a turn come in one."""
    contents: list[dict[str, Any]] = []
    # Only an id that came from Gemini means something to it.
    ids = {
        call.id
        for message in messages
        for call in message.tool_requests
        if _state(call).get("id") == call.id
    }
    for message in messages:
        if message.role == "system":
            continue
        role = "model" if message.role == "assistant" else "user"
        parts = _parts(message, ids, signed=signed)
        if contents and contents[-1]["role"] == role:
            contents[-1]["parts"].extend(parts)
        elif parts:
            contents.append({"role": role, "parts": parts})
    return contents


def _parts(message: ChatMessage, ids: set[str], *, signed: bool) -> list[dict[str, Any]]:
    if message.role == "tool":
        return [_function_response(message, ids)]
    parts: list[dict[str, Any]] = [{"text": message.text}] if message.text else []
    for position, call in enumerate(message.tool_requests):
        # Of calls made together only the first is signed.
        parts.append(_function_call(call, signed=signed and position == 0))
    return parts


def _function_call(call: ToolRequest, *, signed: bool) -> dict[str, Any]:
    state = _state(call)
    signature = state.get("thought_signature")
    part: dict[str, Any] = {
        "function_call": {
            "id": state.get("id"),
            "name": call.name,
            "args": dict(call.arguments),
        }
    }
    if isinstance(signature, str):
        part["thought_signature"] = base64.b64decode(signature)
    elif signed:
        part["thought_signature"] = _FOREIGN_CALL
    return part


def _state(call: ToolRequest) -> dict[str, Any]:
    """What Gemini gave with this call; a call of another provider has nothing for it."""
    return call.provider_state if isinstance(call.provider_state, dict) else {}


def _function_response(message: ChatMessage, ids: set[str]) -> dict[str, Any]:
    """A tool's result as the object that Gemini wants; what is none is put into one."""
    try:
        response = json.loads(message.text)
    except ValueError:
        response = None
    if not isinstance(response, Mapping):
        response = {"output": message.text}
    return {
        "function_response": {
            "id": message.tool_request_id if message.tool_request_id in ids else None,
            "name": message.tool_name or "",
            "response": dict(response),
        }
    }
