"""What is sent: by model family, and what one provider gave and wants back."""

import base64
from typing import Any

import pytest

from backend.domain.chat import ChatMessage, ToolRequest
from backend.domain.errors import ModelMisconfigured
from backend.llm.anthropic_request import anthropic_request
from backend.llm.factory import build_model
from backend.llm.families import (
    THINKING_ROOM,
    Family,
    anthropic_family,
    gemini_family,
    openai_family,
)
from backend.llm.gemini_model import split_version
from backend.llm.gemini_request import gemini_request
from backend.llm.model_config import ModelConfig
from backend.llm.openai_request import openai_request
from tests.wire.stage import NoPlanner, a_request

PLAIN = Family(temperature=True, thinks=False)


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gpt-4o", PLAIN),
        ("gpt-4.1-mini", PLAIN),
        ("ft:gpt-4o-mini:acme", PLAIN),
        ("gpt-5", Family(effort="minimal")),
        ("gpt-5-nano", Family(effort="minimal")),
        ("gpt-5-chat-latest", Family()),
        ("gpt-5.1", Family(effort="none", thinks=False)),
        ("gpt-5.6-luna", Family(effort="none", thinks=False)),
        ("gpt-6-sol", Family(effort="none", thinks=False)),
        ("gpt-5.2-pro", Family()),
        ("o3", Family(effort="low")),
        ("o4-mini", Family(effort="low")),
        ("something-new", Family()),
    ],
)
def test_openai_families(model: str, family: Family) -> None:
    assert openai_family(model) == family


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("claude-haiku-4-5", PLAIN),
        ("claude-haiku-4-5-20251001", PLAIN),
        ("claude-sonnet-4-6", PLAIN),
        ("claude-opus-4-20250514", PLAIN),
        ("claude-opus-4-7", Family(thinks=False)),
        ("claude-opus-4-8", Family(thinks=False)),
        ("claude-opus-5", Family(effort="low")),
        ("claude-haiku-5-5", Family(effort="low")),
        ("a-gateways-name", Family()),
    ],
)
def test_anthropic_families(model: str, family: Family) -> None:
    assert anthropic_family(model) == family


@pytest.mark.parametrize(
    ("model", "family"),
    [
        ("gemini-2.0-flash", PLAIN),
        ("gemini-2.5-flash", Family(temperature=True, effort="none", thinks=False)),
        ("models/gemini-2.5-flash-lite", Family(temperature=True, effort="none", thinks=False)),
        ("gemini-2.5-pro", Family(temperature=True)),
        ("gemini-3.1-pro-preview", Family(effort="low")),
        ("gemini-flash-latest", Family()),
    ],
)
def test_gemini_families(model: str, family: Family) -> None:
    assert gemini_family(model) == family


def test_a_thinking_model_has_room_to_think_and_no_temperature() -> None:
    request = a_request(max_output_tokens=500)
    thinking = Family(effort="low")

    openai = openai_request(request, model="m", family=thinking, compatible=False)
    anthropic = anthropic_request(request, model="m", family=thinking)
    gemini = gemini_request(request, model="m", family=thinking)["config"]

    assert openai["max_completion_tokens"] == 500 + THINKING_ROOM
    assert openai["reasoning_effort"] == "low"
    assert anthropic["max_tokens"] == 500 + THINKING_ROOM
    assert anthropic["output_config"] == {"effort": "low"}
    assert gemini["max_output_tokens"] == 500 + THINKING_ROOM
    assert gemini["thinking_config"] == {"thinking_level": "low"}
    for body in (openai, anthropic.get("extra_body", {}), gemini):
        assert "temperature" not in body


def test_a_compatible_server_gets_the_older_name_of_the_limit() -> None:
    body = openai_request(a_request(), model="m", family=PLAIN, compatible=True)

    assert (body["max_tokens"], "max_completion_tokens" in body) == (1_024, False)


STRICT = {
    "type": "object",
    "properties": {"decision": {"type": "string"}},
    "required": ["decision"],
    "additionalProperties": False,
}


@pytest.mark.parametrize(
    ("schema", "strict"),
    [
        (STRICT, True),
        ({**STRICT, "properties": {"decision": {}, "more": {}}}, False),
        ({**STRICT, "additionalProperties": True}, False),
        ({**STRICT, "properties": {"decision": {"type": "object"}}}, False),
        ({**STRICT, "properties": {"decision": {"anyOf": [{"type": "object"}]}}}, False),
    ],
)
def test_openai_is_held_to_schemas_that_it_can_hold(schema: dict[str, Any], strict: bool) -> None:
    request = a_request(answer_schema=schema)
    body = openai_request(request, model="m", family=PLAIN, compatible=False)

    assert body["response_format"]["json_schema"]["strict"] is strict


def _exchange(*states: Any) -> tuple[ChatMessage, ...]:
    calls = tuple(
        ToolRequest(id=f"id_{number}", name="a_tool", arguments={"n": number}, provider_state=state)
        for number, state in enumerate(states)
    )
    return (
        ChatMessage(role="user", text="Pergunta"),
        ChatMessage(role="assistant", tool_requests=calls),
        *(
            ChatMessage(
                role="tool", text="plain words", tool_request_id=call.id, tool_name=call.name
            )
            for call in calls
        ),
        ChatMessage(role="user", text="Responda agora."),
    )


def test_gemini_gets_its_signatures_and_ids_back() -> None:
    signature = base64.b64encode(b"\x00signed").decode()
    request = a_request(
        *_exchange({"id": "id_0", "thought_signature": signature}, {"id": None}),
    )

    _, model, results = gemini_request(request, model="m", family=Family(effort="low"))["contents"]

    first, second = model["parts"]
    assert first["thought_signature"] == b"\x00signed"
    assert first["function_call"]["id"] == "id_0"
    assert "thought_signature" not in second
    assert second["function_call"]["id"] is None
    answers = [part["function_response"] for part in results["parts"][:2]]
    assert [answer["id"] for answer in answers] == ["id_0", None]
    assert answers[0]["response"] == {"output": "plain words"}
    assert results["parts"][2] == {"text": "Responda agora."}


def test_gemini_3_is_told_that_a_call_was_not_its_own() -> None:
    request = a_request(*_exchange({"thinking": []}, None))

    _, model, _ = gemini_request(request, model="m", family=Family(effort="low"))["contents"]

    assert model["parts"][0]["thought_signature"] == b"skip_thought_signature_validator"
    assert "thought_signature" not in model["parts"][1]


def test_anthropic_gets_its_thoughts_back_before_its_calls() -> None:
    thought = {"type": "thinking", "thinking": "", "signature": "s"}
    request = a_request(*_exchange({"thinking": [thought]}, None))

    _, assistant, results = anthropic_request(request, model="m", family=PLAIN)["messages"]

    assert [block["type"] for block in assistant["content"]] == ["thinking", "tool_use", "tool_use"]
    assert [block["type"] for block in results["content"]] == ["tool_result", "tool_result", "text"]


@pytest.mark.parametrize(
    ("written", "url", "version"),
    [
        (
            "https://generativelanguage.googleapis.com",
            "https://generativelanguage.googleapis.com/",
            "v1beta",
        ),
        ("http://proxy.test/gemini/", "http://proxy.test/gemini/", "v1beta"),
        ("http://proxy.test/gemini/v1beta", "http://proxy.test/gemini/", "v1beta"),
        ("http://proxy.test/v1", "http://proxy.test/", "v1"),
        ("http://proxy.test/v1alpha/", "http://proxy.test/", "v1alpha"),
        ("http://proxy.test/videos", "http://proxy.test/videos/", "v1beta"),
    ],
)
def test_geminis_address_is_taken_with_or_without_a_version(
    written: str, url: str, version: str
) -> None:
    assert split_version(written) == (url, version)


@pytest.mark.parametrize(
    "config",
    [
        ModelConfig(provider="openai", model="gpt-4o"),
        ModelConfig(provider="openai", model="gpt-4o", api_key="  "),
        ModelConfig(provider="openai", model="gpt-4o", api_key="sk-\nx"),
        ModelConfig(provider="openai", model="gpt-4o", api_key="sk-ção"),
        ModelConfig(provider="anthropic", api_key="k"),
        ModelConfig(provider="openai_compatible", model="m", api_key="k"),
    ],
    ids=["no-key", "blank-key", "line-break", "not-ascii", "no-model", "no-address"],
)
def test_a_configuration_that_cannot_work_is_refused(config: ModelConfig) -> None:
    with pytest.raises(ModelMisconfigured):
        build_model(config, NoPlanner())


def test_a_key_is_never_shown() -> None:
    assert "sk-secret" not in repr(ModelConfig(provider="openai", model="m", api_key="sk-secret"))
