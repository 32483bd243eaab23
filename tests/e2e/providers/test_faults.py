"""What a provider's faults become on the road: how a turn ends, and after how many calls."""

import json
from http import HTTPStatus
from typing import Any

import pytest

from backend.llm.model_config import Provider
from tests.e2e.providers.books import attempt, ledger, stored, usage
from tests.e2e.providers.conftest import Spoiled
from tests.e2e.providers.script import (
    AT_ONCE,
    ATTEMPTS,
    BOTH,
    OCTOBER,
    SALES,
    SECRET,
    calls,
    says,
)
from tests.e2e.providers.stack import ProviderStack
from tests.e2e.providers.talk import Ask, in_a_socket, reading, waiting
from tests.e2e.providers.ways import both_ways, only
from tests.wire.bodies import opening, piece
from tests.wire.garbage import silence, trickle, whole
from tests.wire.llmock_server import Wire

pytestmark = pytest.mark.e2e


@both_ways
def test_a_busy_provider_is_waited_for_as_long_as_it_asks(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    october = stack.revenue(*OCTOBER)
    wire.script(
        [
            {"type": "fail", "status": 429, "retry_after": 1},
            *(calls(OCTOBER), says(f"Foram {october}.")),
        ]
    )

    told = ask(stack, user, SALES)

    assert told.body["response"] == f"Foram {october}."
    assert [call["status"] for call in wire.requests()] == [429, 200, 200]
    wire.judge()
    # A call that was tried twice is one call to its payer.
    assert told.body["usage"]["llm_calls"] == len(ledger(stack, told)) == 2


def test_an_outage_costs_the_attempts_of_one_owner_and_ends_in_an_honest_problem(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str
) -> None:
    wire.script([{"type": "fail", "status": 503, "times": None, "message": SECRET, **AT_ONCE}])

    told = waiting(stack, user, SALES)

    assert told.body == {
        "title": "Bad Gateway",
        "status": HTTPStatus.BAD_GATEWAY,
        "code": "model_unavailable",
        "detail": "The language model could not be reached, or kept refusing.",
        "turn_id": told.turn_id,
    }
    assert [call["status"] for call in wire.requests()] == [503] * ATTEMPTS
    state = stored(stack, told)
    assert state["status"] == "failed"
    assert state["error"] == {"code": "model_unavailable", "message": told.body["detail"]}
    # Nobody comes back to it.
    assert attempt(stack, told) == 1
    assert not stack.rows("SELECT * FROM tasks WHERE subject_id = %s", told.turn_id)
    [call] = ledger(stack, told)
    assert (call["state"], call["error_code"]) == ("failed", "model_unavailable")
    assert call["priced"] is False

    # The next question does not stand behind it.
    wire.reset()
    october = stack.revenue(*OCTOBER)
    wire.script([calls(OCTOBER), says(f"Foram {october}.")])
    after = waiting(stack, user, SALES)
    assert after.body["response"] == f"Foram {october}."
    [row] = usage(stack, user)
    assert (row["turns"], row["answered"], row["failed"]) == (2, 1, 1)
    assert (row["llm_calls"], row["priced"]) == (3, False)


@only("anthropic")
def test_an_outage_in_the_middle_of_an_answer_does_not_start_it_again(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str
) -> None:
    # Only the colleague who writes the answer, and comes second, is asked for a stream.
    fail = {"type": "fail", "status": 503, "times": None, "match": {"stream": True}, **AT_ONCE}
    wire.script([fail, calls(OCTOBER), says(f"Em outubro foram {stack.revenue(*OCTOBER)}.")])

    told = in_a_socket(stack, user, BOTH)

    assert told.body["code"] == "model_unavailable"
    assert [call["status"] for call in wire.requests()] == [200, 200, *([503] * ATTEMPTS)]
    assert told.kinds == [
        *("turn.started", "route.decided", "tool.called", "tool.finished", "turn.failed")
    ]
    assert [call["state"] for call in ledger(stack, told)] == ["ok", "ok", "failed"]
    assert attempt(stack, told) == 1


@only("gemini")
@pytest.mark.parametrize(
    ("fault", "code", "status"),
    [
        ({"status": 401}, "model_misconfigured", HTTPStatus.BAD_GATEWAY),
        ({"status": 413}, "context_too_long", HTTPStatus.UNPROCESSABLE_ENTITY),
    ],
    ids=["key", "length"],
)
def test_what_no_retry_can_cure_is_asked_once(
    stack: ProviderStack,
    provider: Provider,
    wire: Wire,
    user: str,
    fault: dict[str, Any],
    code: str,
    status: HTTPStatus,
) -> None:
    wire.script([{"type": "fail", "times": None, "message": SECRET, **fault}])

    told = waiting(stack, user, SALES)

    assert (told.body["code"], told.body["status"]) == (code, status)
    assert SECRET not in json.dumps(told.body)
    assert len(wire.requests()) == 1


# Faults that only careful readers notice -----------------------------------------------------------


def test_a_stream_that_ends_early_is_not_an_answer(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str
) -> None:
    wire.script(
        [
            says("Vou ver. " + "As vendas foram muito boas em todas as regiões. " * 4),
            {"type": "stream_fault", "kind": "truncate", "after_chunks": 12},
        ]
    )

    told = reading(stack, user, SALES)

    assert told.body["code"] == "model_answer_unusable"
    assert told.kinds == ["turn.started", "route.decided", "answer.delta", "turn.failed"]
    state = stored(stack, told)
    assert state["status"] == "failed"
    assert "response" not in state
    said = stack.rows("SELECT author FROM messages WHERE turn_id = %s", told.turn_id)
    assert [message["author"] for message in said] == ["user"]
    assert len(wire.requests()) == 1


@both_ways
def test_an_empty_answer_is_a_failure(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    wire.script([{"type": "reply", "text": ""}])

    told = ask(stack, user, SALES)

    assert told.body["code"] == "model_answer_unusable"
    assert len(wire.requests()) == 1
    [call] = ledger(stack, told)
    # What was read is paid for, whatever came of it.
    assert call["error_code"] == "model_answer_unusable"
    assert call["input_tokens"] > 0
    assert call["priced"] is True


@only("garbage")
@both_ways
@pytest.mark.parametrize(
    "body", [b"", b"<!doctype html><p>I am the proxy</p>"], ids=["empty", "html"]
)
def test_a_body_that_is_no_reply_is_a_failure(
    stack: ProviderStack, provider: Provider, spoiled: Spoiled, user: str, ask: Ask, body: bytes
) -> None:
    before = spoiled.server.requests
    spoiled.behave = whole(body, content_type="text/html")

    told = ask(stack, user, SALES)

    assert told.body["code"] == "model_answer_unusable"
    assert "proxy" not in json.dumps(told.body)
    assert spoiled.server.requests - before == 1
    [call] = ledger(stack, told)
    assert (call["state"], call["priced"]) == ("failed", False)


@only("garbage")
@both_ways
def test_a_provider_that_falls_silent_is_left(
    stack: ProviderStack, provider: Provider, spoiled: Spoiled, user: str, ask: Ask
) -> None:
    before = spoiled.server.requests
    spoiled.behave = silence()

    told = ask(stack, user, SALES)

    assert told.body["code"] == "model_unavailable"
    assert spoiled.server.requests - before == ATTEMPTS


@only("garbage")
def test_a_provider_that_only_keeps_the_line_open_is_left(
    stack: ProviderStack, provider: Provider, spoiled: Spoiled, user: str
) -> None:
    before = spoiled.server.requests
    spoiled.behave = trickle(opening(provider), piece(provider, "Um momento. "))

    told = reading(stack, user, SALES)

    assert told.body["code"] == "model_unavailable"
    assert told.kinds == ["turn.started", "route.decided", "answer.delta", "turn.failed"]
    # What somebody has heard is not said a second time.
    assert spoiled.server.requests - before == 1
