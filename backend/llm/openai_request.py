"""Our request in the words of OpenAI's chat completions."""

import json
from collections.abc import Mapping
from typing import Any

from backend.domain.chat import ChatMessage, ChatRequest, ToolSpec
from backend.llm.families import Family


def openai_request(
    request: ChatRequest, *, model: str, family: Family, compatible: bool
) -> dict[str, Any]:
    """The body to post. Compatible servers know the output limit by its older name."""
    body: dict[str, Any] = {
        "model": model,
        "messages": [_message(message) for message in request.messages],
        "max_tokens" if compatible else "max_completion_tokens": family.output_limit(
            request.max_output_tokens
        ),
    }
    if family.temperature:
        body["temperature"] = request.temperature
    if family.effort is not None:
        body["reasoning_effort"] = family.effort
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    if request.answer_schema is not None:
        body["response_format"] = {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "schema": dict(request.answer_schema),
                "strict": _is_strict(request.answer_schema),
            },
        }
    return body


def _message(message: ChatMessage) -> dict[str, Any]:
    if message.role == "tool":
        return {
            "role": "tool",
            "tool_call_id": message.tool_request_id,
            "content": message.text,
        }
    if not message.tool_requests:
        return {"role": message.role, "content": message.text}
    return {
        "role": message.role,
        "content": message.text or None,
        "tool_calls": [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.name, "arguments": json.dumps(dict(call.arguments))},
            }
            for call in message.tool_requests
        ],
    }


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": tool.name,
            "description": tool.description,
            "parameters": dict(tool.parameters),
        },
    }


def _is_strict(schema: Any) -> bool:
    """Whether OpenAI can hold the model to it: every object closed, every property required."""
    if isinstance(schema, list):
        return all(_is_strict(part) for part in schema)
    if not isinstance(schema, Mapping):
        return True
    if schema.get("type") == "object":
        properties = schema.get("properties", {})
        if schema.get("additionalProperties") is not False:
            return False
        if set(schema.get("required", ())) != set(properties):
            return False
    return all(_is_strict(part) for part in schema.values())
