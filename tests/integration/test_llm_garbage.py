"""Bytes that no provider should send, on every provider: none of them becomes an answer."""

import json

import pytest

from backend.domain.errors import (
    ContentRefused,
    ModelAnswerUnusable,
    ModelMisconfigured,
    ModelUnavailable,
    SalesCrewError,
)
from backend.llm import retries
from backend.llm.model_config import Provider
from tests.wire import fixtures
from tests.wire.bodies import USAGE, anthropic_event, data, ending, openai_chunk, opening, piece
from tests.wire.bodies import plain as plain_body
from tests.wire.fixtures import Ask
from tests.wire.garbage import (
    GarbageServer,
    stream,
    whole,
)
from tests.wire.stage import PROVIDERS

garbage, model_at, ask = fixtures.garbage, fixtures.model_at, fixtures.ask

every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])

HTML = b"<!doctype html><title>Proxy</title><p>Hello</p>"


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.01)


@both_ways
@every_provider
def test_usage_has_one_meaning(ask: Ask, provider: Provider, streamed: bool) -> None:
    good = (
        stream(opening(provider), piece(provider, "Pronto."), ending(provider))
        if streamed
        else whole(plain_body(provider, "Pronto."))
    )

    reply = ask(provider, good, streamed=streamed)

    usage = reply.usage
    assert reply.text == "Pronto."
    assert (usage.input_tokens, usage.cached_input_tokens, usage.output_tokens) == (10, 4, 5)


@both_ways
@every_provider
@pytest.mark.parametrize(
    "body",
    [
        HTML,
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{}",
        b'{"answer": "hello", "choices": [], "content": [], "candidates": []}',
        b'{"error": {"message": "odd", "code": "odd"}}',
        b'{"choices": [{"message": {"content": 5}, "finish_reason": "stop"}],'
        b' "content": 5, "candidates": 5}',
        b"{" * 50_000,
    ],
    ids=["html", "empty", "null", "list", "string", "object", "others", "error", "types", "deep"],
)
def test_status_200_does_not_make_it_an_answer(
    garbage: GarbageServer, ask: Ask, provider: Provider, streamed: bool, body: bytes
) -> None:
    kind = "text/html" if body == HTML else "application/json"

    with pytest.raises(ModelAnswerUnusable):
        ask(provider, whole(body, content_type=kind), streamed=streamed)

    assert garbage.requests == 1


@both_ways
@every_provider
def test_bytes_that_are_no_text(ask: Ask, provider: Provider, streamed: bool) -> None:
    broken = b"Pre\xe7o"
    if streamed:
        answer = stream(
            opening(provider),
            piece(provider, "Preço").replace("Preço".encode(), broken),
            ending(provider),
        )
    else:
        answer = whole(plain_body(provider, "Preço").replace("Preço".encode(), broken))

    with pytest.raises(ModelAnswerUnusable):
        ask(provider, answer, streamed=streamed)


@both_ways
@every_provider
@pytest.mark.parametrize("text", ["a\u0000b", "a\ud800b"], ids=["nul", "surrogate"])
def test_characters_that_no_database_keeps(
    ask: Ask, provider: Provider, streamed: bool, text: str
) -> None:
    escaped = json.dumps(text).strip('"').encode()
    if streamed:
        answer = stream(
            opening(provider), piece(provider, "TEXT").replace(b"TEXT", escaped), ending(provider)
        )
    else:
        answer = whole(plain_body(provider, "TEXT").replace(b"TEXT", escaped))

    with pytest.raises(ModelAnswerUnusable):
        ask(provider, answer, streamed=streamed)


@both_ways
@every_provider
def test_an_answer_without_end(ask: Ask, provider: Provider, streamed: bool) -> None:
    much = "palavra " * 20_000
    if streamed:
        answer = stream(opening(provider), *[piece(provider, much)] * 10, ending(provider))
    else:
        answer = whole(plain_body(provider, much * 10))

    with pytest.raises(ModelAnswerUnusable):
        ask(provider, answer, streamed=streamed)


@pytest.mark.parametrize(
    ("provider", "event", "error", "calls"),
    [
        ("openai", data({"error": {"type": "server_error"}}), ModelUnavailable, 3),
        ("openai", data({"error": {"code": "invalid_prompt"}}), ContentRefused, 1),
        (
            "anthropic",
            anthropic_event({"type": "error", "error": {"type": "overloaded_error"}}),
            ModelUnavailable,
            3,
        ),
        (
            "anthropic",
            anthropic_event({"type": "error", "error": {"type": "invalid_request_error"}}),
            ModelMisconfigured,
            1,
        ),
        ("gemini", data({"error": {"code": 503, "status": "UNAVAILABLE"}}), ModelUnavailable, 3),
        (
            "gemini",
            data({"error": {"code": 400, "status": "INVALID_ARGUMENT"}}),
            ModelMisconfigured,
            1,
        ),
    ],
)
def test_an_error_inside_a_stream(
    garbage: GarbageServer,
    ask: Ask,
    provider: Provider,
    event: bytes,
    error: type[SalesCrewError],
    calls: int,
) -> None:
    with pytest.raises(error):
        ask(provider, stream(opening(provider), event), streamed=True)

    assert garbage.requests == calls


def test_gemini_says_how_long_to_wait_in_its_body(garbage: GarbageServer, ask: Ask) -> None:
    error = {"code": 429, "status": "RESOURCE_EXHAUSTED", "details": [{"retryDelay": "60s"}]}

    with pytest.raises(ModelUnavailable):
        ask("gemini", whole(json.dumps({"error": error}).encode(), status=429), streamed=False)

    assert garbage.requests == 1


def test_gemini_refuses_a_prompt_without_a_candidate(ask: Ask) -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": USAGE["gemini"]}

    with pytest.raises(ContentRefused) as caught:
        ask("gemini", whole(json.dumps(blocked).encode()), streamed=False)

    assert caught.value.usage is not None
    assert caught.value.usage.input_tokens == 10


@both_ways
def test_openai_refuses_in_a_field_of_its_own(ask: Ask, streamed: bool) -> None:
    if streamed:
        answer = stream(data(openai_chunk({"refusal": "No."})), ending("openai"))
    else:
        body = json.loads(plain_body("openai", ""))
        body["choices"][0]["message"] = {"role": "assistant", "content": None, "refusal": "No."}
        answer = whole(json.dumps(body).encode())

    with pytest.raises(ContentRefused):
        ask("openai", answer, streamed=streamed)


def test_text_in_the_chunk_with_the_usage_is_not_lost(ask: Ask) -> None:
    """OpenAI sends usage alone; other servers send it with their last words."""
    last = openai_chunk({"content": "fim."}, finish="stop", usage=USAGE["openai"])
    heard: list[str] = []

    reply = ask(
        "openai_compatible",
        stream(data(openai_chunk({"content": "O "})), data(last), b"data: [DONE]\n\n"),
        streamed=True,
        heard=heard,
    )

    assert reply.text == "O fim." == "".join(heard)
    assert reply.usage.output_tokens == 5


@both_ways
def test_without_usage_nothing_is_called_free(ask: Ask, streamed: bool) -> None:
    if streamed:
        answer = stream(piece("openai", "Pronto."), ending("openai", usage=False))
    else:
        body = json.loads(plain_body("openai", "Pronto."))
        del body["usage"]
        answer = whole(json.dumps(body).encode())

    usage = ask("openai_compatible", answer, streamed=streamed).usage

    assert (usage.llm_calls, usage.tokens_used, usage.cost_nano, usage.priced) == (1, 0, 0, False)


def test_tool_calls_that_share_an_index_stay_apart(ask: Ask) -> None:
    def call(identity: str, arguments: str) -> bytes:
        function = {"name": "market_get_series", "arguments": arguments}
        return data(
            openai_chunk({"tool_calls": [{"index": 0, "id": identity, "function": function}]})
        )

    reply = ask(
        "openai_compatible",
        stream(
            call("a", '{"series": "dollar"}'),
            call("b", '{"series": "selic"}'),
            ending("openai", finish="tool_calls"),
        ),
        streamed=True,
    )

    assert [(tool.id, tool.arguments["series"]) for tool in reply.tool_requests] == [
        ("a", "dollar"),
        ("b", "selic"),
    ]


def test_a_promised_tool_call_that_is_missing_is_no_answer(ask: Ask) -> None:
    with pytest.raises(ModelAnswerUnusable):
        ask(
            "openai",
            stream(piece("openai", "Vou consultar."), ending("openai", finish="tool_calls")),
            streamed=True,
        )


@both_ways
@every_provider
def test_a_schema_answered_in_prose_is_no_answer(
    ask: Ask, provider: Provider, streamed: bool
) -> None:
    answer = (
        stream(opening(provider), piece(provider, "Claro!"), ending(provider))
        if streamed
        else whole(plain_body(provider, "Claro!"))
    )

    with pytest.raises(ModelAnswerUnusable):
        ask(provider, answer, streamed=streamed, answer_schema={"type": "object", "properties": {}})
