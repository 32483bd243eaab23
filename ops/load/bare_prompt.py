"""The messages that a bare SDK loop would send with the same instructions, memory and tools. Pure.

Everything that the model must know is in it, as plainly as it can be said: no fence, no quoting,
no framework's own sentences. What the product sends beyond this is overhead.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import msgspec

from crews.sales_assistant.words import AGENTS, CHOICES, TASKS, fill


def bare_messages(
    body: Mapping[str, Any], *, task: str, question: str, today: date, memory: Sequence[Any]
) -> list[Any]:
    """For the request `body` of the product: system, user, and the same tool calls and results.

    `memory` is as an answer tells it: lines with `at`, `role` and `text`.
    """
    words, choices = TASKS[task], body.get("response_format")
    who = AGENTS[words.agent]
    lines = "".join(f"{line['at']} {line['role']}: {line['text']}\n" for line in memory)
    inputs = {
        "question": f"{today.isoformat()} {question}",
        "memory": lines,
        "language": "Brazilian Portuguese",
        "choices": _choices(choices) if choices else "",
    }
    user = f"{fill(words.description, inputs)}\n{fill(words.expected_output, inputs)}"
    tool_messages = [
        message
        for message in body["messages"]
        if message["role"] == "tool" or message.get("tool_calls")
    ]
    return [
        {"role": "system", "content": f"{who.role}\n{who.goal}\n{who.backstory}"},
        {"role": "user", "content": user},
        *tool_messages,
    ]


def tokens(messages: Sequence[Any], tools: Sequence[Any]) -> float:
    """Bytes of both as compact JSON, by four: the rule of thumb, for want of a tokenizer."""
    size = len(msgspec.json.encode(messages))
    return (size + len(msgspec.json.encode(tools))) / 4 if tools else size / 4


def _choices(response_format: Mapping[str, Any]) -> str:
    decisions = response_format["json_schema"]["schema"]["properties"]["decision"]["enum"]
    return "\n".join(f"- {choice}: {CHOICES[choice]}" for choice in decisions)
