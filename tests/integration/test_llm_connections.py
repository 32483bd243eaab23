"""Connections that stall, trickle, break, lead elsewhere or never end, on every provider."""

from typing import Any

import pytest

from backend.domain.errors import (
    DeadlineExceeded,
    ModelAnswerUnusable,
    ModelMisconfigured,
    ModelUnavailable,
    SalesCrewError,
)
from backend.llm import retries, wire
from backend.llm.model_config import Provider
from tests.wire import fixtures
from tests.wire.bodies import ending, opening, piece
from tests.wire.bodies import plain as plain_body
from tests.wire.fixtures import Ask, ModelMaker
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

garbage, model_at, ask = fixtures.garbage, fixtures.model_at, fixtures.ask

every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.01)


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

    ends: list[type[SalesCrewError]] = [DeadlineExceeded]
    if (provider, drop) == ("gemini", "comment"):
        # google-genai takes a comment for an answer that is no JSON, which ends it even sooner.
        ends.append(ModelAnswerUnusable)
    with pytest.raises(tuple(ends)):
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
        ask(
            provider,
            whole(b"<p>Hello</p>" * 1_000, content_type="text/html", status=404),
            streamed=streamed,
        )


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
