"""Bytes that no provider should send, on every provider: none of them becomes an answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from backend.domain.chat import ChatReply
from backend.domain.errors import (
    ContentRefused,
    DeadlineExceeded,
    ModelAnswerUnusable,
    ModelMisconfigured,
    ModelUnavailable,
    SalesCrewError,
)
from backend.llm import retries, wire
from backend.llm.model_config import Provider
from tests.wire import fixtures
from tests.wire.bodies import USAGE, anthropic_event, data, ending, openai_chunk, opening, piece
from tests.wire.bodies import plain as plain_body
from tests.wire.fixtures import ModelMaker
from tests.wire.garbage import (
    Answer,
    GarbageServer,
    hang_up,
    refusing_port,
    silence,
    stream,
    trickle,
    trickled_chunk_size,
    trickled_head,
    whole,
)
from tests.wire.stage import PROVIDERS, a_request

garbage, model_at = fixtures.garbage, fixtures.model_at

every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])

HTML = b"<!doctype html><title>Proxy</title><p>Hello</p>"


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.01)


Ask = Callable[..., ChatReply]


@pytest.fixture
def ask(garbage: GarbageServer, model_at: ModelMaker) -> Ask:
    def ask(
        provider: Provider,
        *answers: Answer,
        streamed: bool,
        heard: list[str] | None = None,
        seconds: float = 5,
        model: str | None = None,
        **more: Any,
    ) -> ChatReply:
        garbage.answer(*answers)
        # As each SDK wants its base URL.
        base = garbage.url + ("/v1" if provider.startswith("openai") else "")
        listener = (heard if heard is not None else []).append
        return model_at(provider, base, model=model).complete(
            a_request(seconds=seconds, **more), listener if streamed else None
        )

    return ask


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


@both_ways
@every_provider
def test_a_body_without_end(
    monkeypatch: pytest.MonkeyPatch, ask: Ask, provider: Provider, streamed: bool
) -> None:
    monkeypatch.setattr(wire, "MAX_BODY_BYTES", 10_000)
    drop = b": nothing\n\n" * 200 if streamed else b" " * 2_000

    with pytest.raises(ModelAnswerUnusable):
        ask(provider, trickle(drop=drop, every=0.001), streamed=streamed)


@both_ways
@every_provider
@pytest.mark.parametrize(
    "answer",
    [silence(), trickled_head(), trickled_chunk_size(), trickle(drop=b" ")],
    ids=["silence", "head", "chunk-size", "blanks"],
)
def test_a_trickle_ends_with_the_deadline(
    garbage: GarbageServer, ask: Ask, provider: Provider, streamed: bool, answer: Answer
) -> None:
    """Each of these sends a byte now and then, and would hold a client for ever."""
    with pytest.raises(DeadlineExceeded):
        ask(provider, answer, streamed=streamed, seconds=0.15)

    assert garbage.requests == 1


@every_provider
@pytest.mark.parametrize("drop", ["comment", "text"])
def test_a_stream_that_never_ends_ends_with_the_deadline(
    ask: Ask, provider: Provider, drop: str
) -> None:
    heard: list[str] = []
    every = b": still here\n\n" if drop == "comment" else piece(provider, "e ")

    # google-genai reads a comment as an answer that is no JSON, which ends the call as well.
    with pytest.raises(
        ModelAnswerUnusable if (provider, drop) == ("gemini", "comment") else DeadlineExceeded
    ):
        ask(
            provider,
            trickle(opening(provider), piece(provider, "Um "), drop=every),
            streamed=True,
            heard=heard,
            seconds=0.15,
        )

    assert heard[0] == "Um "


@both_ways
@every_provider
def test_a_connection_that_is_lost_is_made_again(
    garbage: GarbageServer, ask: Ask, provider: Provider, streamed: bool
) -> None:
    good = (
        stream(opening(provider), piece(provider, "Pronto."), ending(provider))
        if streamed
        else whole(plain_body(provider, "Pronto."))
    )

    reply = ask(provider, hang_up(), good, streamed=streamed)

    assert reply.text == "Pronto."
    assert garbage.requests == 2


@every_provider
def test_nobody_there(model_at: ModelMaker, provider: Provider) -> None:
    with pytest.raises(ModelUnavailable):
        model_at(provider, refusing_port()).complete(a_request())


@both_ways
@every_provider
def test_a_redirect_is_not_followed_with_the_key(
    garbage: GarbageServer, ask: Ask, provider: Provider, streamed: bool
) -> None:
    def elsewhere(connection: Any) -> None:
        connection.send(
            b"HTTP/1.1 307 X\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"
        )

    with pytest.raises(ModelMisconfigured):
        ask(provider, elsewhere, streamed=streamed)

    assert garbage.requests == 1


@both_ways
@every_provider
def test_an_errors_page_may_be_as_long_as_it_likes(
    monkeypatch: pytest.MonkeyPatch, ask: Ask, provider: Provider, streamed: bool
) -> None:
    monkeypatch.setattr(wire, "MAX_BODY_BYTES", 10_000)

    with pytest.raises(ModelMisconfigured):
        ask(provider, whole(HTML * 1_000, content_type="text/html", status=404), streamed=streamed)


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


@every_provider
def test_what_the_listener_raises_comes_back_as_it_is(
    garbage: GarbageServer, model_at: ModelMaker, provider: Provider
) -> None:
    garbage.answer(stream(opening(provider), piece(provider, "Um "), ending(provider)))
    base = garbage.url + ("/v1" if provider.startswith("openai") else "")

    def stop(text: str) -> None:
        raise LookupError(text)

    with pytest.raises(LookupError, match="Um"):
        model_at(provider, base).complete(a_request(), stop)

    assert garbage.requests == 1
