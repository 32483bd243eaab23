"""The same conversation with a tool, on every provider, plain and streamed."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from backend.domain.chat import ChatMessage, ToolRequest
from backend.llm.model_config import Provider
from tests.wire import fixtures
from tests.wire.fixtures import ModelMaker
from tests.wire.llmock_server import Wire
from tests.wire.stage import MARKET, PROVIDERS, SALES, a_request

wire_server, wire, model_at = fixtures.wire_server, fixtures.wire, fixtures.model_at

RESULT = json.dumps({"status": "ok", "summary": "Tudo certo."})
ANSWER = "As vendas do período foram conferidas.\nTudo certo — 🙂."


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_tool_is_asked_for_run_and_answered_from(
    wire: Wire, model_at: ModelMaker, provider: Provider, streamed: bool
) -> None:
    wire.script(
        [
            {
                "type": "reply",
                "tool_calls": [
                    {"name": "sales_query_metrics", "arguments": {"metrics": ["receita líquida"]}},
                    {"name": "market_get_series", "arguments": {"series": "dollar"}},
                ],
            },
            {"type": "reply", "text": ANSWER},
        ]
    )
    model = model_at(provider, wire.base_url(provider))
    heard: list[str] = []
    on_text = heard.append if streamed else None
    question = (
        ChatMessage(role="system", text="Você é um analista."),
        ChatMessage(role="user", text="Quanto vendemos, e o dólar?"),
    )

    asked = model.complete(a_request(*question, tools=(SALES, MARKET)), on_text)

    assert asked.finish_reason == "tool_calls"
    assert [(call.name, call.arguments, call.malformed) for call in asked.tool_requests] == [
        ("sales_query_metrics", {"metrics": ["receita líquida"]}, None),
        ("market_get_series", {"series": "dollar"}, None),
    ]
    assert len({call.id for call in asked.tool_requests}) == 2

    history = (
        *question,
        ChatMessage(role="assistant", text=asked.text, tool_requests=asked.tool_requests),
        *(_result(call) for call in asked.tool_requests),
    )
    answered = model.complete(a_request(*history, tools=(SALES, MARKET)), on_text)

    assert answered.finish_reason == "stop"
    assert answered.text == ANSWER
    assert answered.tool_requests == ()
    assert "".join(heard) == (ANSWER if streamed else "")
    for reply in (asked, answered):
        assert reply.usage.llm_calls == 1
        assert reply.usage.input_tokens > 0
        assert reply.usage.output_tokens > 0
        assert reply.usage.cached_input_tokens == 0
        # Nobody sells "local-model" at a loopback address.
        assert reply.usage.priced is (provider != "openai_compatible")
        assert (reply.usage.cost_nano > 0) is reply.usage.priced
    requests = wire.requests()
    assert len(requests) == 2
    assert all(request["stream"] is streamed for request in requests)
    sent = _SENT[provider](requests[1]["body"])
    assert sent == {
        "system": "Você é um analista.",
        "tools": ["sales_query_metrics", "market_get_series"],
        "limit": 1024,
        "temperature": 0,
        "calls": [
            ("sales_query_metrics", {"metrics": ["receita líquida"]}),
            ("market_get_series", {"series": "dollar"}),
        ],
        "results": [json.loads(RESULT)] * 2,
    }


def _result(call: ToolRequest) -> ChatMessage:
    return ChatMessage(role="tool", text=RESULT, tool_request_id=call.id, tool_name=call.name)


def _openai(body: dict[str, Any]) -> dict[str, Any]:
    system, _, assistant, *results = body["messages"]
    assert [result["tool_call_id"] for result in results] == [
        call["id"] for call in assistant["tool_calls"]
    ]
    return {
        "system": system["content"],
        "tools": [tool["function"]["name"] for tool in body["tools"]],
        "limit": body.get("max_completion_tokens", body.get("max_tokens")),
        "temperature": body["temperature"],
        "calls": [
            (call["function"]["name"], json.loads(call["function"]["arguments"]))
            for call in assistant["tool_calls"]
        ],
        "results": [json.loads(result["content"]) for result in results],
    }


def _anthropic(body: dict[str, Any]) -> dict[str, Any]:
    _, assistant, results = body["messages"]
    assert [result["tool_use_id"] for result in results["content"]] == [
        call["id"] for call in assistant["content"]
    ]
    return {
        "system": body["system"],
        "tools": [tool["name"] for tool in body["tools"]],
        "limit": body["max_tokens"],
        "temperature": body["temperature"],
        "calls": [(call["name"], call["input"]) for call in assistant["content"]],
        "results": [json.loads(result["content"]) for result in results["content"]],
    }


def _gemini(body: dict[str, Any]) -> dict[str, Any]:
    _, assistant, results = body["contents"]
    assert [result["functionResponse"]["name"] for result in results["parts"]] == [
        call["functionCall"]["name"] for call in assistant["parts"]
    ]
    config = body["generationConfig"]
    return {
        "system": body["systemInstruction"]["parts"][0]["text"],
        "tools": [tool["name"] for tool in body["tools"][0]["functionDeclarations"]],
        "limit": config["maxOutputTokens"],
        "temperature": config["temperature"],
        "calls": [
            (call["functionCall"]["name"], call["functionCall"]["args"])
            for call in assistant["parts"]
        ],
        "results": [result["functionResponse"]["response"] for result in results["parts"]],
    }


_SENT: dict[Provider, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "openai": _openai,
    "openai_compatible": _openai,
    "anthropic": _anthropic,
    "gemini": _gemini,
}


@pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])
@pytest.mark.parametrize("provider", PROVIDERS)
def test_an_answer_schema_is_held_to(
    wire: Wire, model_at: ModelMaker, provider: Provider, streamed: bool
) -> None:
    wire.script([{"type": "reply", "text": '{"decision": "sales"}'}])
    schema = {
        "type": "object",
        "properties": {"decision": {"type": "string", "enum": ["sales", "direct"]}},
        "required": ["decision"],
        "additionalProperties": False,
    }

    reply = model_at(provider, wire.base_url(provider)).complete(
        a_request(answer_schema=schema), (lambda _: None) if streamed else None
    )

    assert json.loads(reply.text) == {"decision": "sales"}
    body = wire.requests()[0]["body"]
    sent = {
        "openai": lambda: body["response_format"]["json_schema"]["schema"],
        "openai_compatible": lambda: body["response_format"]["json_schema"]["schema"],
        "anthropic": lambda: body["output_config"]["format"]["schema"],
        "gemini": lambda: body["generationConfig"]["responseJsonSchema"],
    }[provider]()
    assert sent["properties"]["decision"]["enum"] == ["sales", "direct"]
    assert sent["additionalProperties"] is False
