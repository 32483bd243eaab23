"""What a provider can do wrong, on every provider, plain and streamed: how it ends, and after how
many calls on the wire.
"""

from collections.abc import Callable
from typing import Any

import pytest

from backend.domain.errors import (
    ContentRefused,
    ContextTooLong,
    DeadlineExceeded,
    ModelAnswerUnusable,
    ModelMisconfigured,
    ModelUnavailable,
    SalesCrewError,
)
from backend.llm import retries
from backend.llm.model_config import Provider
from tests.wire import fixtures
from tests.wire.fixtures import ModelMaker
from tests.wire.llmock_server import Wire
from tests.wire.stage import PROVIDERS, SALES, a_request

wire_server, wire, model_at = fixtures.wire_server, fixtures.wire, fixtures.model_at

every_provider = pytest.mark.parametrize("provider", PROVIDERS)
both_ways = pytest.mark.parametrize("streamed", [False, True], ids=["plain", "streamed"])

SECRET = "the-providers-own-words"
#: Otherwise the fake asks for a second's pause.
AT_ONCE = {"retry_after": 0.01}


@pytest.fixture(autouse=True)
def quick_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_PAUSE_SECONDS", 0.01)


def _complete(
    wire: Wire,
    model_at: ModelMaker,
    provider: Provider,
    *,
    streamed: bool,
    heard: list[str] | None = None,
    seconds: float = 5,
    timeout_seconds: float = 5,
    **more: Any,
) -> Any:
    model = model_at(provider, wire.base_url(provider), timeout_seconds=timeout_seconds)
    listener: Callable[[str], None] | None = (heard if heard is not None else []).append
    return model.complete(a_request(seconds=seconds, **more), listener if streamed else None)


@every_provider
@both_ways
@pytest.mark.parametrize(
    "fault",
    [
        {"status": 429, "retry_after": 0.1, "times": 2},
        {"status": 500, **AT_ONCE},
        {"status": 503, **AT_ONCE, "times": 2},
        {"status": 529, **AT_ONCE},
        {"status": 408, **AT_ONCE},
    ],
    ids=["429-with-retry-after", "500", "503-twice", "529", "408"],
)
def test_a_passing_fault_is_outlived(
    wire: Wire, model_at: ModelMaker, provider: Provider, streamed: bool, fault: dict[str, Any]
) -> None:
    wire.script([{"type": "fail", **fault}, {"type": "reply", "text": "Pronto."}])

    reply = _complete(wire, model_at, provider, streamed=streamed)

    assert reply.text == "Pronto."
    assert len(wire.requests()) == fault.get("times", 1) + 1
    wire.judge()


@every_provider
@both_ways
@pytest.mark.parametrize("status", [429, 500, 503])
def test_an_outage_ends_after_three_calls(
    wire: Wire, model_at: ModelMaker, provider: Provider, streamed: bool, status: int
) -> None:
    wire.script([{"type": "fail", "status": status, "times": None, "message": SECRET, **AT_ONCE}])

    with pytest.raises(ModelUnavailable) as caught:
        _complete(wire, model_at, provider, streamed=streamed)

    _keeps_to_itself(caught.value)
    assert len(wire.requests()) == 3


@every_provider
@both_ways
def test_a_wait_beyond_the_deadline_is_not_begun(
    wire: Wire, model_at: ModelMaker, provider: Provider, streamed: bool
) -> None:
    wire.script([{"type": "fail", "status": 429, "retry_after": 60, "times": None}])

    with pytest.raises(ModelUnavailable):
        _complete(wire, model_at, provider, streamed=streamed)

    assert len(wire.requests()) == 1


@every_provider
@both_ways
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"status": 400}, ModelMisconfigured),
        ({"status": 401}, ModelMisconfigured),
        ({"status": 402}, ModelMisconfigured),
        ({"status": 403}, ModelMisconfigured),
        ({"status": 404}, ModelMisconfigured),
        ({"status": 422}, ModelMisconfigured),
        ({"status": 429, "code": "insufficient_quota"}, ModelMisconfigured),
        ({"status": 413}, ContextTooLong),
        ({"status": 400, "message": "This model's maximum context length is 9"}, ContextTooLong),
        ({"status": 400, "message": "prompt is too long: 9 tokens > 8 maximum"}, ContextTooLong),
        (
            {
                "status": 400,
                "message": "The input token count (9) exceeds the maximum number of tokens"
                " allowed (8).",
            },
            ContextTooLong,
        ),
        ({"status": 400, "message": "flagged by content management policy"}, ContentRefused),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else value.code,
)
def test_what_waiting_does_not_cure_is_asked_once(
    wire: Wire,
    model_at: ModelMaker,
    provider: Provider,
    streamed: bool,
    fault: dict[str, Any],
    error: type[SalesCrewError],
) -> None:
    if fault.get("code") == "insufficient_quota" and provider in ("anthropic", "gemini"):
        # They have no such code; the same is said in words.
        fault = {"status": 429, "message": "Your credit balance is too low: billing"}
    wire.script([{"type": "fail", "times": None, "message": SECRET, **fault}])

    with pytest.raises(error) as caught:
        _complete(wire, model_at, provider, streamed=streamed)

    _keeps_to_itself(caught.value)
    assert len(wire.requests()) == 1


@every_provider
@pytest.mark.parametrize(
    ("fault", "error", "calls"),
    [
        # The first chunk of a stream holds no text on two of three providers; none has been
        # passed on, so the call is made again.
        ({"kind": "disconnect", "after_chunks": 0, "times": None}, ModelUnavailable, 3),
        ({"kind": "disconnect", "after_chunks": 5, "times": None}, ModelUnavailable, 1),
        ({"kind": "truncate", "after_chunks": 0}, ModelAnswerUnusable, 1),
        ({"kind": "truncate", "after_chunks": 5}, ModelAnswerUnusable, 1),
        ({"kind": "malformed", "after_chunks": 0}, ModelAnswerUnusable, 1),
        ({"kind": "malformed", "after_chunks": 5}, ModelAnswerUnusable, 1),
    ],
    ids=lambda value: (
        f"{value['kind']}-{value['after_chunks']}" if isinstance(value, dict) else None
    ),
)
def test_a_broken_stream_is_never_an_answer(
    wire: Wire,
    model_at: ModelMaker,
    provider: Provider,
    fault: dict[str, Any],
    error: type[SalesCrewError],
    calls: int,
) -> None:
    words = "um dois três quatro cinco seis sete oito nove dez"
    wire.script(
        [{"type": "stream_fault", **fault}, {"type": "reply", "text": words, "times": None}]
    )
    heard: list[str] = []

    with pytest.raises(error):
        _complete(wire, model_at, provider, streamed=True, heard=heard)

    assert len(wire.requests()) == calls
    assert words.startswith("".join(heard))
    assert bool(heard) is (fault["after_chunks"] > 0)


@every_provider
@pytest.mark.parametrize(
    ("after_chunks", "calls"), [(0, 2), (5, 1)], ids=["before-text", "after-text"]
)
def test_a_stall_ends_with_its_attempt(
    wire: Wire, model_at: ModelMaker, provider: Provider, after_chunks: int, calls: int
) -> None:
    """Before any text a second attempt is made, and answers; after it the call ends."""
    stall = {"kind": "stall", "after_chunks": after_chunks, "stall_seconds": 0.6}
    words = "um dois três quatro cinco seis sete oito nove dez"
    wire.script(
        [{"type": "stream_fault", **stall}, {"type": "reply", "text": words, "times": None}]
    )
    heard: list[str] = []

    def complete() -> Any:
        return _complete(wire, model_at, provider, streamed=True, heard=heard, timeout_seconds=0.3)

    if calls == 1:
        with pytest.raises(ModelUnavailable):
            complete()
        assert heard
    else:
        assert complete().text == words == "".join(heard)
    assert len(wire.requests()) == calls


@every_provider
@both_ways
def test_a_slow_provider_ends_with_the_deadline(
    wire: Wire, model_at: ModelMaker, provider: Provider, streamed: bool
) -> None:
    slow = {"type": "slow_first_token"} if streamed else {"type": "delay"}
    wire.script([{**slow, "seconds": 0.5, "times": None}])

    with pytest.raises(DeadlineExceeded):
        _complete(wire, model_at, provider, streamed=streamed, seconds=0.2)

    assert len(wire.requests()) == 1


@every_provider
@both_ways
@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ({"text": "Um texto que", "finish_reason": "length"}, ModelAnswerUnusable),
        ({"text": "Um texto que", "finish_reason": "content_filter"}, ContentRefused),
        ({"text": ""}, ModelAnswerUnusable),
        ({"text": " \n "}, ModelAnswerUnusable),
    ],
    ids=["cut", "filtered", "empty", "blank"],
)
def test_a_bad_ending_is_never_an_answer(
    wire: Wire,
    model_at: ModelMaker,
    provider: Provider,
    streamed: bool,
    reply: dict[str, Any],
    error: type[SalesCrewError],
) -> None:
    wire.script([{"type": "reply", **reply}])

    with pytest.raises(error) as caught:
        _complete(wire, model_at, provider, streamed=streamed)

    # It is paid for all the same.
    assert caught.value.usage is not None
    assert caught.value.usage.input_tokens > 0
    assert len(wire.requests()) == 1


@pytest.mark.parametrize(
    ("provider", "streamed"),
    # Elsewhere the wire has an object where the arguments are, which cannot be cut.
    [
        ("openai", False),
        ("openai", True),
        ("openai_compatible", False),
        ("openai_compatible", True),
        ("anthropic", True),
    ],
)
def test_unreadable_arguments_are_told_and_not_guessed(
    wire: Wire, model_at: ModelMaker, provider: Provider, streamed: bool
) -> None:
    wire.script(
        [
            {
                "type": "reply",
                "tool_calls": [{"name": SALES.name, "arguments": {"metrics": ["receita"]}}],
            },
            {"type": "tool_fault", "kind": "malformed_arguments"},
        ]
    )

    reply = _complete(wire, model_at, provider, streamed=streamed, tools=(SALES,))

    (call,) = reply.tool_requests
    assert (call.name, call.arguments) == (SALES.name, {})
    assert call.malformed == "the arguments are not valid JSON"


@every_provider
@both_ways
def test_an_unknown_tool_keeps_its_name(
    wire: Wire, model_at: ModelMaker, provider: Provider, streamed: bool
) -> None:
    wire.script(
        [{"type": "reply", "tool_calls": [{"name": "Sales-Query.v2", "arguments": {"a": 1}}]}]
    )

    reply = _complete(wire, model_at, provider, streamed=streamed, tools=(SALES,))

    (call,) = reply.tool_requests
    assert (call.name, call.arguments, call.malformed) == ("Sales-Query.v2", {"a": 1}, None)


def _keeps_to_itself(error: SalesCrewError) -> None:
    """No provider's text, neither in the message nor in what hangs on the exception."""
    assert SECRET not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
