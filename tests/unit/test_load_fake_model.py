"""The fake model: what it says, that the SDK understands it, and how it behaves on the wire."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import pytest
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from ops.load import fake_wire
from ops.load.fake_model import Connection, FakeModel
from ops.load.fake_script import Said, last_month

TODAY = date(2026, 3, 31)
SALES = {
    "type": "function",
    "function": {
        "name": "sales_query_metrics",
        "description": "Certified figures.",
        "parameters": {
            "type": "object",
            "properties": {
                "metrics": {
                    "type": "array",
                    "items": {"type": "string", "enum": ["orders", "units"]},
                }
            },
        },
    },
}
MARKET = {"type": "function", "function": {"name": "market_get_series", "parameters": {}}}
PLAYBOOK = {"type": "function", "function": {"name": "playbook_search", "parameters": {}}}
ASKED = {"role": "user", "content": "Quanto vendemos?"}
ROUTE_SCHEMA = {
    "type": "object",
    "properties": {
        "decision": {"type": "string", "enum": ["direct", "sales", "market", "both"]},
        "confidence": {"type": "number"},
        "reason": {"type": "string"},
        "answer": {"type": "string"},
    },
}


def body(messages: Sequence[Mapping[str, Any]], **more: Any) -> bytes:
    return json.dumps({"model": "gpt-4o-mini", "messages": messages, **more}).encode()


def answered(model: FakeModel, request: bytes) -> ChatCompletion:
    kind, answer = model.complete(request)
    assert kind == b"application/json"
    return ChatCompletion.model_validate_json(answer)


def chunks(events: bytes) -> list[ChatCompletionChunk]:
    *lines, last = [line for line in events.decode().split("\n\n") if line]
    assert last == "data: [DONE]"
    return [ChatCompletionChunk.model_validate_json(line.removeprefix("data: ")) for line in lines]


class RecordingTransport(asyncio.Transport):
    """Keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""

    def is_closing(self) -> bool:
        return False

    def write(self, data: Any) -> None:
        self.written += bytes(data)


def connected(model: FakeModel) -> tuple[Connection, RecordingTransport]:
    connection, transport = Connection(model), RecordingTransport()
    connection.connection_made(transport)
    return connection, transport


def request_of(content: bytes, path: str = "/v1/chat/completions") -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nhost: x\r\nContent-Length: {len(content)}\r\n\r\n".encode()
        + content
    )


def test_it_calls_the_first_tool_that_it_knows_about_last_month() -> None:
    completion = answered(FakeModel(TODAY), body([ASKED], tools=[PLAYBOOK, SALES, MARKET]))
    [choice] = completion.choices
    assert choice.finish_reason == "tool_calls"
    assert choice.message.tool_calls is not None
    [call] = choice.message.tool_calls
    assert call.type == "function"
    assert call.function.name == "sales_query_metrics"
    assert json.loads(call.function.arguments) == {
        "metrics": ["orders"],
        "from": "2026-02-01",
        "to": "2026-02-28",
    }


def test_it_asks_for_the_dollar_where_only_the_market_is_offered() -> None:
    [choice] = answered(FakeModel(TODAY), body([ASKED], tools=[MARKET])).choices
    assert choice.message.tool_calls is not None
    [call] = choice.message.tool_calls
    assert call.type == "function"
    assert json.loads(call.function.arguments) == {"series": "dollar"}


def test_it_quotes_the_summary_of_a_tool_to_the_letter() -> None:
    result = {"role": "tool", "tool_call_id": "1", "content": '{"summary": "Foram R$ 1.234,56."}'}
    [choice] = answered(FakeModel(TODAY), body([ASKED, result], tools=[SALES])).choices
    assert choice.message.content == "Foram R$ 1.234,56."
    assert choice.finish_reason == "stop"


@pytest.mark.parametrize("content", ["", "not JSON", "[]", '{"summary": ""}'])
def test_without_a_summary_it_says_nothing_that_needs_evidence(content: str) -> None:
    result = {"role": "tool", "tool_call_id": "1", "content": content}
    [choice] = answered(FakeModel(TODAY), body([ASKED, result])).choices
    assert choice.message.content
    assert not any(character.isdigit() for character in choice.message.content)


@pytest.mark.parametrize("decision", ["direct", "sales", "market", "both"])
def test_it_decides_a_route_as_it_is_told_to(decision: str) -> None:
    model = FakeModel(TODAY)
    model.control(json.dumps({"decision": decision}).encode())
    wanted = {"type": "json_schema", "json_schema": {"name": "answer", "schema": ROUTE_SCHEMA}}
    [choice] = answered(model, body([ASKED], response_format=wanted)).choices
    said = json.loads(choice.message.content or "")
    assert said["decision"] == decision
    assert set(said) == set(ROUTE_SCHEMA["properties"])


def test_a_stream_carries_the_same_text_its_end_and_its_usage() -> None:
    text = "Foram R$ 1.234,56 em outubro, segundo a base de vendas; açaí incluído."
    said = Said(text=text)
    got = chunks(fake_wire.events(said, model="m", prompt_tokens=7, with_usage=True))
    pieces = [choice.delta.content or "" for chunk in got for choice in chunk.choices]
    assert "".join(pieces) == text
    assert len(pieces) > 3
    reasons = [choice.finish_reason for chunk in got for choice in chunk.choices]
    assert reasons[-1] == "stop"
    assert set(reasons[:-1]) == {None}
    assert got[-1].usage is not None
    assert got[-1].usage.prompt_tokens == 7


def test_a_stream_without_the_wish_for_usage_has_none() -> None:
    events = fake_wire.events(Said(text="Olá."), model="m", prompt_tokens=7, with_usage=False)
    assert [chunk.usage for chunk in chunks(events)] == [None] * len(chunks(events))


def test_a_streamed_tool_call_comes_whole() -> None:
    said = Said(tool="market_get_series", arguments='{"series":"dollar"}')
    got = chunks(fake_wire.events(said, model="m", prompt_tokens=1, with_usage=True))
    [call] = [
        call for chunk in got for choice in chunk.choices for call in choice.delta.tool_calls or ()
    ]
    assert call.function is not None
    assert (call.function.name, call.function.arguments) == (said.tool, said.arguments)


def test_it_remembers_what_it_was_asked_until_told_to_forget() -> None:
    model = FakeModel(TODAY)
    request = body([ASKED], tools=[SALES])
    model.complete(request)
    model.complete(request)
    record = json.loads(model.calls())
    assert (record["calls"], record["bytes"]) == (2, 2 * len(request))
    assert record["bodies"] == [json.loads(request)] * 2
    model.control(b'{"forget": true}')
    assert json.loads(model.calls()) == {"calls": 0, "bytes": 0, "bodies": []}


def test_a_request_in_pieces_is_answered_once_it_is_whole() -> None:
    connection, transport = connected(FakeModel(TODAY))
    request = request_of(body([ASKED]))
    for at in range(len(request)):
        assert transport.written == b""
        connection.data_received(request[at : at + 1])
    head, _, answer = transport.written.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(answer)}".encode() in head
    assert ChatCompletion.model_validate_json(answer).choices[0].finish_reason == "stop"


def test_a_connection_serves_one_request_after_another() -> None:
    connection, transport = connected(FakeModel(TODAY))
    for _ in range(3):
        connection.data_received(request_of(body([ASKED])))
    assert transport.written.count(b"HTTP/1.1 200 OK") == 3


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (request_of(b"{}", "/elsewhere"), b"404"),
        (request_of(b"not JSON"), b"400"),
        (b"POST /v1/chat/completions HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
    ],
)
def test_what_it_does_not_serve_it_refuses(request_bytes: bytes, status: bytes) -> None:
    connection, transport = connected(FakeModel(TODAY))
    connection.data_received(request_bytes)
    assert transport.written.split(b" ")[1] == status


@pytest.mark.parametrize(
    ("today", "month"),
    [
        (date(2026, 1, 1), (date(2025, 12, 1), date(2025, 12, 31))),
        (date(2024, 3, 15), (date(2024, 2, 1), date(2024, 2, 29))),
    ],
)
def test_last_month_is_a_whole_calendar_month(today: date, month: tuple[date, date]) -> None:
    assert last_month(today) == month
