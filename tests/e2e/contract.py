"""An answer as the public contract describes it, written down once more and by hand."""

from collections.abc import Mapping
from types import NoneType
from typing import Any

NUMBER = (int, float)
#: The members of an answer that the contract promises; others may stand beside them.
ANSWER: Mapping[str, Any] = {
    "response": str,
    "model": str,
    "tokens_used": int,
    "context_size": int,
    "memory": [{"role": str, "text": str, "at": str, "source": str}],
    "turn_id": str,
    "conversation_id": str,
    "language": str,
    "route": {"decision": str, "by": str, "reason": str, "confidence": NUMBER},
    "tool_calls": [
        {
            "name": str,
            "arguments": dict,
            "ok": bool,
            "rows": (int, NoneType),
            "time_ms": int,
            "sql": (str, NoneType),
            "error": (str, NoneType),
        }
    ],
    "figures": [
        {
            "text": str,
            "value": NUMBER,
            "metric": str,
            "from": (str, NoneType),
            "to": (str, NoneType),
            "tool_call": int,
        }
    ],
    "usage": {
        "llm_calls": int,
        "input_tokens": int,
        "cached_input_tokens": int,
        "output_tokens": int,
        "cost_usd": str,
        "priced": bool,
    },
    "cached": bool,
    "time_ms": int,
}


def faults(value: Any, shape: Any, where: str = "answer") -> list[str]:
    """Where a value is not what the shape says: types, dicts of shapes, a list of one shape."""
    if isinstance(shape, Mapping):
        if not isinstance(value, dict):
            return [f"{where} is {value!r}"]
        missing = [f"{where}.{name} is missing" for name in shape if name not in value]
        return missing + [
            fault
            for name, part in shape.items()
            if name in value
            for fault in faults(value[name], part, f"{where}.{name}")
        ]
    if isinstance(shape, list):
        if not isinstance(value, list):
            return [f"{where} is {value!r}"]
        return [
            fault
            for number, one in enumerate(value)
            for fault in faults(one, shape[0], f"{where}[{number}]")
        ]
    types = shape if isinstance(shape, tuple) else (shape,)
    # Exactly: a bool is an int to Python, not to a client.
    return [] if type(value) in types else [f"{where} is {value!r}"]
