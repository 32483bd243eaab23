"""The same conversation on every provider, plain and streamed, through API, queue and worker; and
what their faults become on that road.

The providers are a fake that speaks their wire (tests/wire), so every call is counted where it
arrives. A second fake sends bytes that no provider should.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from llmock.testing import LLMockServer

from backend.llm.model_config import Provider
from ops.local.watchdog_pipe import WatchdogPipe
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.e2e.provider_stack import ProviderStack, provider_stack
from tests.e2e.talk import Ask, Told, in_a_socket, reading, waiting
from tests.wire import fixtures
from tests.wire.bodies import opening, piece
from tests.wire.garbage import Answer, Connection, GarbageServer, silence, trickle, whole
from tests.wire.llmock_server import Wire
from tests.wire.stage import MODELS, PROVIDERS

pytestmark = pytest.mark.e2e

wire_server, wire = fixtures.wire_server, fixtures.wire

SALES = "Quais foram as vendas do mês passado?"
BOTH = "Vendas de outubro e o dólar"
VAGUE = "O negócio vai bem?"
THANKS = "Obrigado!"
OCTOBER = (date(2026, 10, 1), date(2026, 10, 31))
SEPTEMBER = (date(2026, 9, 1), date(2026, 9, 30))
TOOL = "sales_query_metrics"
#: In a provider's error: must never reach a person.
SECRET = "the-providers-own-words"
#: A busy fake asks for a second's pause unless it is told otherwise.
AT_ONCE = {"retry_after": 0.05}
#: An attempt at one call may take this long at the fake that sends garbage.
SHORT_SECONDS = 1.0
#: The attempts that backend/llm, the one owner of retries, makes at a call.
ATTEMPTS = 3


@dataclass(slots=True)
class Spoiled:
    """A server that does as it is told now, to whoever calls."""

    server: GarbageServer
    behave: Answer = field(default=lambda connection: connection.hang_up())

    def __post_init__(self) -> None:
        self.server.answer(self._answer)

    def _answer(self, connection: Connection) -> None:
        self.behave(connection)


@pytest.fixture(scope="module")
def stack(
    postgres: PostgresCluster,
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    _scratch: tuple[Path, WatchdogPipe],
) -> Iterator[ProviderStack]:
    with provider_stack(postgres, module_database, _valkey, _scratch) as stack:
        yield stack


@pytest.fixture(scope="module")
def spoiled() -> Iterator[Spoiled]:
    with GarbageServer() as server:
        yield Spoiled(server)


@pytest.fixture(scope="module", params=PROVIDERS)
def provider(
    request: pytest.FixtureRequest,
    stack: ProviderStack,
    wire_server: LLMockServer,
    spoiled: Spoiled,
) -> Iterator[Provider]:
    """The provider that answers now. `garbage` is a compatible one that talks nonsense."""
    if request.param == "garbage":
        url = spoiled.server.url + "/v1"
        with stack.worker("openai_compatible", url, timeout_seconds=SHORT_SECONDS):
            yield "openai_compatible"
        return
    name = cast("Provider", request.param)
    with stack.worker(name, Wire(wire_server).base_url(name), timeout_seconds=20):
        yield name


@pytest.fixture
def user() -> str:
    return f"user-{uuid4().hex}"


def only(*names: str) -> pytest.MarkDecorator:
    """For what no provider's wire makes a difference to."""
    return pytest.mark.parametrize("provider", names, indirect=True)


every_way = pytest.mark.parametrize("ask", [waiting, reading, in_a_socket])
both_ways = pytest.mark.parametrize("ask", [waiting, in_a_socket])


# The same conversation ---------------------------------------------------------------------------


@every_way
def test_a_conversation_is_the_same_whoever_answers(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    october, september = stack.revenue(*OCTOBER), stack.revenue(*SEPTEMBER)
    answers = (
        f"No mês passado as vendas foram de {october}.",
        f"Vai: em setembro vendemos {september}.\nQuer ver por região?",
        "De nada! Bom trabalho 🙂",
    )
    wire.script(
        [
            *(_calls(OCTOBER), _says(answers[0])),
            *(_decides("sales"), _calls(SEPTEMBER), _says(answers[1])),
            _decides("direct", answers[2]),
        ]
    )

    told = [ask(stack, user, question) for question in (SALES, VAGUE, THANKS)]

    by_model = {"by": "model", "reason": "por palavras", "confidence": 0.9}
    rules = "every word was understood, and asks for sales_query_metrics"
    assert [_essence(each.body) for each in told] == [
        {
            "response": answers[0],
            "route": {"decision": "sales", "by": "rules", "reason": rules, "confidence": 0.97},
            "tools": [(TOOL, _arguments(OCTOBER), True, 1)],
            "figures": [(october, "revenue", "2026-10-01", "2026-10-31", 0)],
            "memory": [],
            "llm_calls": 2,
        },
        {
            "response": answers[1],
            "route": {"decision": "sales", **by_model},
            "tools": [(TOOL, _arguments(SEPTEMBER), True, 1)],
            "figures": [(september, "revenue", "2026-09-01", "2026-09-30", 0)],
            "memory": [("user", SALES), ("assistant", answers[0])],
            "llm_calls": 3,
        },
        {
            "response": answers[2],
            "route": {"decision": "direct", **by_model},
            "tools": [],
            "figures": [],
            "memory": [
                *(("user", SALES), ("assistant", answers[0])),
                *(("user", VAGUE), ("assistant", answers[1])),
            ],
            "llm_calls": 1,
        },
    ]
    assert len({each.body["conversation_id"] for each in told}) == 1
    for each in told:
        assert each.body["model"] == MODELS[provider]
        assert each.body["language"] == "pt"
        assert each.body == _stored(stack, each)
    # A router's JSON is for nobody's eyes, so it is never streamed.
    is_watched = ask is not waiting
    assert [call["stream"] for call in wire.requests()] == [
        *([is_watched] * 2),
        *(False, is_watched, is_watched),
        False,
    ]
    if is_watched:
        tool = ["tool.called", "tool.finished"]
        end = ["answer.delta", "turn.answered"]
        assert [each.kinds for each in told] == [
            ["turn.started", "route.decided", *tool, *end],
            ["turn.started", "route.decided", *tool, *end],
            ["turn.started", "route.decided", *end],
        ]
        assert [each.heard for each in told] == list(answers)
    _assert_on_the_books(stack, provider, wire, user, told)
    assert stack.strangers.connections == 0


# Faults that a provider tells of -------------------------------------------------------------------


@both_ways
def test_a_busy_provider_is_waited_for_as_long_as_it_asks(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    october = stack.revenue(*OCTOBER)
    wire.script(
        [
            {"type": "fail", "status": 429, "retry_after": 1},
            *(_calls(OCTOBER), _says(f"Foram {october}.")),
        ]
    )

    told = ask(stack, user, SALES)

    assert told.body["response"] == f"Foram {october}."
    assert [call["status"] for call in wire.requests()] == [429, 200, 200]
    wire.judge()
    # A call that was tried twice is one call to its payer.
    assert told.body["usage"]["llm_calls"] == len(_ledger(stack, told)) == 2


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
    state = _stored(stack, told)
    assert state["status"] == "failed"
    assert state["error"] == {"code": "model_unavailable", "message": told.body["detail"]}
    # Nobody comes back to it.
    assert _attempt(stack, told) == 1
    assert not stack.rows("SELECT * FROM tasks WHERE turn_id = %s", told.turn_id)
    [call] = _ledger(stack, told)
    assert (call["state"], call["error_code"]) == ("failed", "model_unavailable")
    assert call["priced"] is False

    # The next question does not stand behind it.
    wire.reset()
    october = stack.revenue(*OCTOBER)
    wire.script([_calls(OCTOBER), _says(f"Foram {october}.")])
    after = waiting(stack, user, SALES)
    assert after.body["response"] == f"Foram {october}."
    [row] = _usage(stack, user)
    assert (row["turns"], row["answered"], row["failed"]) == (2, 1, 1)
    assert (row["llm_calls"], row["priced"]) == (3, False)


@only("anthropic")
def test_an_outage_in_the_middle_of_an_answer_does_not_start_it_again(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str
) -> None:
    # Only the colleague who writes the answer, and comes second, is asked for a stream.
    fail = {"type": "fail", "status": 503, "times": None, "match": {"stream": True}, **AT_ONCE}
    wire.script([fail, _calls(OCTOBER), _says(f"Em outubro foram {stack.revenue(*OCTOBER)}.")])

    told = in_a_socket(stack, user, BOTH)

    assert told.body["code"] == "model_unavailable"
    assert [call["status"] for call in wire.requests()] == [200, 200, *([503] * ATTEMPTS)]
    assert told.kinds == [
        *("turn.started", "route.decided", "tool.called", "tool.finished", "turn.failed")
    ]
    assert [call["state"] for call in _ledger(stack, told)] == ["ok", "ok", "failed"]
    assert _attempt(stack, told) == 1


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
            _says("Vou ver. " + "As vendas foram muito boas em todas as regiões. " * 4),
            {"type": "stream_fault", "kind": "truncate", "after_chunks": 12},
        ]
    )

    told = reading(stack, user, SALES)

    assert told.body["code"] == "model_answer_unusable"
    assert told.kinds == ["turn.started", "route.decided", "answer.delta", "turn.failed"]
    state = _stored(stack, told)
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
    [call] = _ledger(stack, told)
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
    [call] = _ledger(stack, told)
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


# A model that makes mistakes -----------------------------------------------------------------------


@only("openai", "anthropic")
def test_arguments_that_cannot_be_read_are_sent_back(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str
) -> None:
    october = stack.revenue(*OCTOBER)
    wire.script(
        [
            {"type": "tool_fault", "kind": "malformed_arguments"},
            *(_calls(OCTOBER), _calls(OCTOBER), _says(f"Foram {october}.")),
        ]
    )

    told = in_a_socket(stack, user, SALES)

    assert told.body["response"] == f"Foram {october}."
    assert [(call["ok"], call["error"]) for call in told.body["tool_calls"]] == [
        (False, "invalid_request"),
        (True, None),
    ]
    assert [figure["tool_call"] for figure in told.body["figures"]] == [1]
    first, second, third = (json.dumps(call["body"]) for call in wire.requests())
    assert "The arguments were not a JSON object" not in first
    assert "The arguments were not a JSON object" in second
    assert "The arguments were not a JSON object" in third


def test_a_tool_that_does_not_exist_is_said_not_to(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str
) -> None:
    sorry = "Não tenho como consultar isso agora."
    wire.script([{"type": "tool_fault", "kind": "unknown_tool"}, _calls(OCTOBER), _says(sorry)])

    told = waiting(stack, user, SALES)

    assert told.body["response"] == sorry
    assert told.body["figures"] == []
    [call] = told.body["tool_calls"]
    assert (call["ok"], call["error"], call["sql"]) == (False, "unknown_tool", None)
    assert "There is no such tool. Tools: " in json.dumps(wire.requests()[1]["body"])


@both_ways
def test_an_invented_figure_is_not_believed(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    october = stack.revenue(*OCTOBER)
    wire.script([_calls(OCTOBER), _says("Boa notícia. As vendas foram de R$ 9.876.543,21!")])

    told = ask(stack, user, SALES)

    response = told.body["response"]
    assert "9.876" not in response
    assert "Boa notícia" not in response
    # The tool's own words, with where they come from.
    assert october in response
    assert "Fonte: demo" in response
    assert october in [figure["text"] for figure in told.body["figures"]]
    assert _corrections(stack, told) == [
        {"reason": "figures_without_evidence", "figures": ["9.876.543,21"]}
    ]
    if ask is not waiting:
        assert told.kinds[-4:] == [
            *("answer.delta", "answer.restarted", "answer.delta", "turn.answered")
        ]
        assert told.heard == response
        assert "9.876" not in json.dumps(told.events)
    assert told.body["usage"]["llm_calls"] == 2


@only("openai")
@both_ways
def test_a_figure_out_of_the_blue_is_not_told(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, ask: Ask
) -> None:
    wire.script([_says("As vendas foram de R$ 9.876.543,21.")])

    told = ask(stack, user, SALES)

    assert told.body["tool_calls"] == []
    assert told.body["figures"] == []
    assert not any(character.isdigit() for character in told.body["response"])
    assert told.heard in ("", told.body["response"])


# What the fake is told to say ----------------------------------------------------------------------


def _arguments(period: tuple[date, date]) -> dict[str, Any]:
    first, last = period
    return {"metrics": ["revenue"], "from": first.isoformat(), "to": last.isoformat()}


def _calls(period: tuple[date, date]) -> dict[str, Any]:
    return {"type": "reply", "tool_calls": [{"name": TOOL, "arguments": _arguments(period)}]}


def _says(text: str) -> dict[str, Any]:
    return {"type": "reply", "text": text}


def _decides(decision: str, answer: str = "") -> dict[str, Any]:
    decided = {
        "decision": decision,
        "confidence": 0.9,
        "reason": "por palavras",
        "answer": answer,
    }
    return _says(json.dumps(decided, ensure_ascii=False))


# What was kept -------------------------------------------------------------------------------------


def _essence(body: Any) -> dict[str, Any]:
    """What must not depend on who answered, or on how one listened."""
    return {
        "response": body["response"],
        "route": body["route"],
        "tools": [
            (call["name"], call["arguments"], call["ok"], call["rows"])
            for call in body["tool_calls"]
        ],
        "figures": [
            tuple(figure[name] for name in ("text", "metric", "from", "to", "tool_call"))
            for figure in body["figures"]
        ],
        "memory": [(line["role"], line["text"]) for line in body["memory"]],
        "llm_calls": body["usage"]["llm_calls"],
    }


def _stored(stack: ProviderStack, told: Told) -> dict[str, Any]:
    """The turn as it is told later; of one that was answered, what its asker was told."""
    with stack.client() as client:
        state: dict[str, Any] = client.get(f"/turns/{told.turn_id}").json()
    if state["status"] == "answered":
        return {name: value for name, value in state.items() if name in told.body}
    return state


def _assert_on_the_books(
    stack: ProviderStack, provider: Provider, wire: Wire, user: str, told: list[Told]
) -> None:
    """Every call on the wire has a row of its own, and all sums agree."""
    calls = [call for each in told for call in _ledger(stack, each)]
    assert [call["purpose"] for call in calls] == [
        *("analyse", "analyse", "route", "analyse", "analyse", "route")
    ]
    requests = wire.requests()
    assert len(requests) == len(calls)
    assert {request["status"] for request in requests} == {HTTPStatus.OK}
    assert {request["path"] for request in requests} <= _COMPLETIONS[provider]
    for call in calls:
        assert call["provider"] == _NAMES.get(provider, provider)
        assert call["model"] == MODELS[provider]
        assert (call["state"], call["error_code"]) == ("ok", None)
        assert call["priced"] is True
        assert min(call["input_tokens"], call["output_tokens"], call["cost_nano"]) > 0

    usages = [each.body["usage"] for each in told]
    for each, usage in zip(told, usages, strict=True):
        mine = _ledger(stack, each)
        for name in ("input_tokens", "cached_input_tokens", "output_tokens"):
            assert usage[name] == sum(call[name] for call in mine)
        assert each.body["tokens_used"] == usage["input_tokens"] + usage["output_tokens"]
        assert Decimal(usage["cost_usd"]) == sum(
            Decimal(call["cost_nano"]) / 1_000_000_000 for call in mine
        )
        assert usage["priced"] is True
    [row] = _usage(stack, user)
    assert (row["turns"], row["answered"], row["priced"]) == (3, 3, True)
    for name in ("llm_calls", "input_tokens", "cached_input_tokens", "output_tokens"):
        assert row[name] == sum(usage[name] for usage in usages)
    assert row["tokens_used"] == sum(each.body["tokens_used"] for each in told)
    assert Decimal(row["cost_usd"]) == sum(Decimal(usage["cost_usd"]) for usage in usages)


#: In the books a provider has OpenTelemetry's name.
_NAMES: dict[Provider, str] = {"gemini": "gcp.gemini"}
#: The only addresses at a provider that are called: counting tokens beforehand would be a call too.
_COMPLETIONS: dict[Provider, set[str]] = {
    "openai": {"/v1/chat/completions"},
    "openai_compatible": {"/v1/chat/completions"},
    "anthropic": {"/anthropic/v1/messages"},
    "gemini": {
        f"/gemini/v1beta/models/{MODELS['gemini']}:{method}"
        for method in ("generateContent", "streamGenerateContent")
    },
}


def _ledger(stack: ProviderStack, told: Told) -> list[dict[str, Any]]:
    return stack.rows("SELECT * FROM llm_calls WHERE turn_id = %s ORDER BY id", told.turn_id)


def _attempt(stack: ProviderStack, told: Told) -> int:
    [turn] = stack.rows("SELECT attempt FROM turns WHERE id = %s", told.turn_id)
    return int(turn["attempt"])


def _usage(stack: ProviderStack, user: str) -> list[dict[str, Any]]:
    """This person's row in the tenant's usage."""
    today = datetime.now(UTC).date()
    with stack.client(stack.tenant.operator_key) as client:
        report = client.get(
            "/usage",
            params={
                "group_by": "user",
                "from": (today - timedelta(days=1)).isoformat(),
                "to": (today + timedelta(days=1)).isoformat(),
            },
        ).json()
    return [row for row in report["rows"] if row["key"] == user]


def _corrections(stack: ProviderStack, told: Told) -> list[dict[str, Any]]:
    """What the check of figures had to say."""
    with stack.client(stack.tenant.operator_key) as client:
        trace = client.get(f"/turns/{told.turn_id}/trace").json()
    [check] = [step for step in trace["steps"] if step["kind"] == "check"]
    corrections: list[dict[str, Any]] = check["detail"]["corrections"]
    return corrections
