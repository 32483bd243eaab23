"""Our request in the words of Anthropic's messages."""

from typing import Any

from anthropic import transform_schema

from backend.domain.chat import ChatMessage, ChatRequest, ToolRequest, ToolSpec
from backend.llm.families import Family


def anthropic_request(request: ChatRequest, *, model: str, family: Family) -> dict[str, Any]:
    """The arguments for the SDK's `messages.create`."""
    body: dict[str, Any] = {
        "model": model,
        "max_tokens": family.output_limit(request.max_output_tokens),
        "messages": _turns(request.messages),
    }
    system = "\n\n".join(m.text for m in request.messages if m.role == "system")
    if system:
        body["system"] = system
    if family.temperature:
        # No parameter of the SDK any more, as new models refuse it.
        body["extra_body"] = {"temperature": request.temperature}
    output: dict[str, Any] = {}
    if family.effort is not None:
        output["effort"] = family.effort
    if request.answer_schema is not None:
        schema = transform_schema(dict(request.answer_schema))
        output["format"] = {"type": "json_schema", "schema": schema}
    if output:
        body["output_config"] = output
    if request.tools:
        body["tools"] = [_tool(tool) for tool in request.tools]
    return body


def _turns(messages: tuple[ChatMessage, ...]) -> list[dict[str, Any]]:
    """Messages as alternating turns: the results of all tools of a turn come in one."""
    turns: list[dict[str, Any]] = []
    for message in messages:
        if message.role == "system":
            continue
        role = "assistant" if message.role == "assistant" else "user"
        blocks = _blocks(message)
        if turns and turns[-1]["role"] == role:
            turns[-1]["content"].extend(blocks)
        elif blocks:
            turns.append({"role": role, "content": blocks})
    return turns


def _blocks(message: ChatMessage) -> list[dict[str, Any]]:
    if message.role == "tool":
        return [
            {
                "type": "tool_result",
                "tool_use_id": message.tool_request_id,
                "content": message.text,
            }
        ]
    blocks: list[dict[str, Any]] = []
    for call in message.tool_requests:
        blocks.extend(_thinking_of(call))
    # An empty text block is refused.
    if message.text.strip():
        blocks.append({"type": "text", "text": message.text})
    blocks.extend(
        {"type": "tool_use", "id": call.id, "name": call.name, "input": dict(call.arguments)}
        for call in message.tool_requests
    )
    return blocks


def _thinking_of(call: ToolRequest) -> list[dict[str, Any]]:
    """The thoughts kept with a tool request; another provider's state is not for Anthropic."""
    state = call.provider_state
    if isinstance(state, dict) and isinstance(state.get("thinking"), list):
        return list(state["thinking"])
    return []


def _tool(tool: ToolSpec) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "input_schema": dict(tool.parameters),
    }
