"""What the fake model answers: enough of a model to walk every road of the product, and no more.

It calls the first offered tool that it knows, quotes what a tool's result says of itself, and
decides every route as it is told to. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import msgspec

#: Has no digits, so that a check of figures has nothing to object to.
SMALL_TALK = "Tudo certo por aqui. Em que posso ajudar?"


class Function(msgspec.Struct):
    """A tool on offer. Its schema is read only when it is called."""

    name: str
    parameters: msgspec.Raw = msgspec.Raw(b"{}")


class Offer(msgspec.Struct):
    function: Function


class Message(msgspec.Struct):
    role: str
    content: str | None = None


class Request(msgspec.Struct):
    """The part of a chat completion request that decides the answer."""

    model: str
    messages: list[Message]
    tools: list[Offer] = []
    stream: bool = False
    stream_options: dict[str, Any] | None = None
    response_format: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An answer: text, or one tool to call with its arguments as JSON."""

    text: str = ""
    tool: str | None = None
    arguments: str = ""


def said_to(request: Request, *, decision: str, today: date) -> Said:
    """The answer. `decision` is what a router is made to decide."""
    last = request.messages[-1]
    if last.role == "tool":
        return Said(text=_summary(last.content or ""))
    if request.response_format is not None:
        return Said(text=_decided(request.response_format, decision))
    for offer in request.tools:
        arguments = _arguments(offer.function.name, bytes(offer.function.parameters), today)
        if arguments is not None:
            return Said(tool=offer.function.name, arguments=arguments)
    return Said(text=SMALL_TALK)


def last_month(today: date) -> tuple[date, date]:
    """Its first and its last day."""
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


@lru_cache(maxsize=64)
def _arguments(name: str, schema: bytes, today: date) -> str | None:
    """What a tool is called with; None for one that this model knows nothing of."""
    if name == "sales_query_metrics":
        first, last = last_month(today)
        arguments: Mapping[str, Any] = {
            "metrics": [_first_metric(msgspec.json.decode(schema))],
            "from": first.isoformat(),
            "to": last.isoformat(),
        }
    elif name == "market_get_series":
        arguments = {"series": "dollar"}
    else:
        return None
    return msgspec.json.encode(arguments).decode()


def _first_metric(schema: Mapping[str, Any]) -> str:
    names = schema.get("properties", {}).get("metrics", {}).get("items", {}).get("enum")
    return str(names[0]) if names else "revenue"


def _summary(content: str) -> str:
    """The sentence by which a tool's result answers by itself."""
    try:
        result = msgspec.json.decode(content)
    except msgspec.DecodeError:
        return SMALL_TALK
    summary = result.get("summary") if isinstance(result, dict) else None
    return str(summary) if summary else SMALL_TALK


def _decided(response_format: Mapping[str, Any], decision: str) -> str:
    """A JSON answer that fits the schema it is asked for, deciding `decision` where it can."""
    schema = response_format.get("json_schema", {}).get("schema", {})
    answer = {name: _value(part, decision) for name, part in schema.get("properties", {}).items()}
    return msgspec.json.encode(answer).decode()


def _value(schema: Mapping[str, Any], decision: str) -> Any:
    if "enum" in schema:
        return decision if decision in schema["enum"] else schema["enum"][0]
    return {"number": 0.9, "integer": 1, "boolean": True}.get(schema.get("type", ""), SMALL_TALK)
