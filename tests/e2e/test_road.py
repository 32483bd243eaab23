"""The whole road, from a question by HTTP to a figure that the client's database really holds."""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from ops.demo.company import Company, generate
from ops.local.ask import DEMO_QUESTION
from tests.e2e.conftest import ModelStack
from tests.e2e.contract import ANSWER, faults
from tests.e2e.stack import TODAY, Stack, until


@pytest.fixture
def client(offline_stack: Stack) -> Iterator[httpx.Client]:
    with offline_stack.client() as client:
        yield client


@pytest.fixture
def operator(offline_stack: Stack) -> Iterator[httpx.Client]:
    with offline_stack.client(offline_stack.published.operator_key) as client:
        yield client


def test_the_demo_question_is_answered_with_the_true_figures(
    client: httpx.Client, offline_stack: Stack
) -> None:
    answer = ask(client, "demo", DEMO_QUESTION)
    assert faults(answer, ANSWER) == []
    assert_tells_sales_of(answer, date(2026, 10, 1), date(2026, 10, 31))
    assert (answer["model"], answer["language"]) == ("offline", "pt")
    assert answer["route"]["decision"] == "sales"
    assert answer["usage"] == {
        "llm_calls": 0,
        "input_tokens": 0,
        "cached_input_tokens": 0,
        "output_tokens": 0,
        "cost_usd": "0.000000",
        "priced": True,
    }
    # The statement it came from says the same, as printed.
    [call] = answer["tool_calls"]
    demo_reader = offline_stack.logins.demo_reader_dsn
    assert demo_reader is not None
    with psycopg.connect(demo_reader) as connection:
        [row] = connection.execute(call["sql"]).fetchall()
    assert [float(value) for value in row] == [figure["value"] for figure in answer["figures"]]


def test_a_follow_up_goes_on_from_the_question_before(client: httpx.Client) -> None:
    first = ask(client, "follow-up", DEMO_QUESTION)
    answer = ask(client, "follow-up", "e do mês anterior?")
    assert_tells_sales_of(answer, date(2026, 9, 1), date(2026, 9, 30))
    assert answer["conversation_id"] == first["conversation_id"]
    assert faults(answer, ANSWER) == []
    assert answer["context_size"] == len(answer["memory"]) == 2
    assert [(line["role"], line["text"]) for line in answer["memory"]] == [
        ("user", DEMO_QUESTION),
        ("assistant", first["response"]),
    ]


def test_what_a_person_said_of_themselves_is_remembered(client: httpx.Client) -> None:
    ask(client, "ana", "meu nome é Ana")
    answer = ask(client, "ana", "como eu me chamo?")
    assert re.search(r"\bAna\b", answer["response"])
    stranger = ask(client, "somebody else", "como eu me chamo?")
    assert not re.search(r"\bAna\b", stranger["response"])


def test_who_does_not_wait_fetches_the_same_answer(client: httpx.Client) -> None:
    accepted = client.post(
        "/chat",
        json={"user_id": "patient", "message": DEMO_QUESTION},
        headers={"Prefer": "respond-async", "Idempotency-Key": "patient-1"},
    )
    assert accepted.status_code == 202
    still_open = accepted.json()
    assert still_open["status"] in ("queued", "running")
    assert accepted.headers["Location"] == still_open["status_url"]
    state = until(
        lambda: client.get(still_open["status_url"]).json(),
        "the answer",
        is_there=lambda state: state["status"] == "answered",
    )
    assert faults(state, ANSWER) == []
    again = client.post(
        "/chat",
        json={"user_id": "patient", "message": DEMO_QUESTION},
        headers={"Idempotency-Key": "patient-1"},
    )
    assert again.status_code == 200
    assert again.json() == {name: state[name] for name in again.json()}
    assert_tells_sales_of(state, date(2026, 10, 1), date(2026, 10, 31))


def test_the_events_of_a_turn_come_in_order_and_end_with_the_answer(client: httpx.Client) -> None:
    accepted = client.post(
        "/chat",
        json={"user_id": "watcher", "message": DEMO_QUESTION},
        headers={"Prefer": "respond-async"},
    ).json()
    with client.stream("GET", accepted["events_url"]) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        events = list(told(stream.iter_lines()))
    kinds = [kind for _, kind, _ in events]
    assert [kind for kind in kinds if kind != "answer.delta"] == [
        "turn.started",
        "route.decided",
        "tool.called",
        "tool.finished",
        "turn.answered",
    ]
    places = [tuple(map(int, place.split("-"))) for place, _, _ in events]
    assert places == sorted(set(places))
    text = "".join(data["text"] for _, kind, data in events if kind == "answer.delta")
    body = events[-1][2]
    assert text == body["response"]
    assert faults(body, ANSWER) == []
    state = client.get(accepted["status_url"]).json()
    assert {name: state[name] for name in body} == body


def test_the_trace_shows_the_agents_and_the_kernel_at_work(
    client: httpx.Client, operator: httpx.Client
) -> None:
    """A certain question goes past the agents, and never past the kernel."""
    certain = ask(client, "traced", DEMO_QUESTION)
    steps = _steps(operator, certain)
    assert {kind for kind, _ in steps} == {"gather", "understand", "route", "check"}
    assert steps["check", "figures"]["kernel_calls"] == ["sales_query_metrics"]

    answer = ask(client, "traced", "Quais métricas existem?")
    steps = _steps(operator, answer)
    assert {kind for kind, _ in steps} >= {"gather", "understand", "agent", "check"}
    assert steps["agent", "analyst"]["tool_calls"] == 1
    assert steps["check", "figures"]["kernel_calls"] == ["sales_list_metrics"]
    trace = operator.get(f"/turns/{answer['turn_id']}/trace").json()
    assert trace["status"] == "answered"
    assert trace["route"] == answer["route"]
    [call] = trace["tool_calls"]
    [told_call] = answer["tool_calls"]
    for name in ("name", "arguments", "ok", "rows", "sql", "time_ms"):
        assert call[name] == told_call[name]
    # Nobody else may read it.
    assert client.get(f"/turns/{answer['turn_id']}/trace").status_code == 403


def _steps(operator: httpx.Client, answer: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    trace = operator.get(f"/turns/{answer['turn_id']}/trace").json()
    return {(step["kind"], step["name"]): step["detail"] for step in trace["steps"]}


def test_usage_is_the_sum_of_what_the_answers_told(model_stack: ModelStack) -> None:
    stack = model_stack.stack
    with stack.client() as client, stack.client(stack.published.operator_key) as operator:
        answers = [
            ask(client, "spender", f"Quanto vendemos no mês passado? [spent{number}]")
            for number in range(3)
        ]
        # Days of the calendar, whatever "today" is pinned to.
        today, two_days = datetime.now(UTC).date(), timedelta(days=2)
        period = {"from": str(today - two_days), "to": str(today + two_days)}
        report = operator.get("/usage", params={**period, "group_by": "user"}).json()
        traces = [operator.get(f"/turns/{answer['turn_id']}/trace").json() for answer in answers]
    [row] = [row for row in report["rows"] if row["key"] == "spender"]
    assert row["turns"] == row["answered"] == len(answers)
    assert row["llm_calls"] >= 2 * len(answers)
    for name in ("llm_calls", "input_tokens", "cached_input_tokens", "output_tokens"):
        assert row[name] == sum(answer["usage"][name] for answer in answers)
    assert row["tokens_used"] == sum(answer["tokens_used"] for answer in answers) > 0
    assert row["priced"] is all(answer["usage"]["priced"] for answer in answers)
    # Each is told to the millionth.
    costs = [Decimal(answer["usage"]["cost_usd"]) for answer in answers]
    assert abs(Decimal(row["cost_usd"]) - sum(costs)) <= len(costs) * Decimal("0.0000005")
    assert [len(trace["llm_calls"]) for trace in traces] == [
        answer["usage"]["llm_calls"] for answer in answers
    ]


def ask(client: httpx.Client, user_id: str, message: str) -> dict[str, Any]:
    response = client.post("/chat", json={"user_id": user_id, "message": message})
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    UUID(answer["turn_id"])
    return answer


def assert_tells_sales_of(answer: Mapping[str, Any], first: date, last: date) -> None:
    """Revenue and contracts of these days, as counted here from the company's rows."""
    sold = {
        order.id
        for order in company().orders
        if order.status != "cancelado" and first <= order.ordered_on <= last
    }
    revenue = sum(line.amount for line in company().order_lines if line.order_id in sold)
    contracts = sum(first <= contract.signed_on <= last for contract in company().contracts)
    assert min(revenue, contracts) > 0
    texts = [f"R$ {revenue:,.2f}".translate(str.maketrans(",.", ".,")), str(contracts)]
    assert [
        (figure["metric"], figure["text"], figure["value"], figure["from"], figure["to"])
        for figure in answer["figures"]
    ] == [
        ("revenue", texts[0], float(revenue), first.isoformat(), last.isoformat()),
        ("contracts_closed", texts[1], float(contracts), first.isoformat(), last.isoformat()),
    ]
    for text in texts:
        assert re.search(rf"(?<![\d.,]){re.escape(text)}(?![\d]|[.,]\d)", answer["response"])


@cache
def company() -> Company:
    return generate(TODAY)


def told(lines: Iterator[str]) -> Iterator[tuple[str, str, Any]]:
    """Id, kind and data of each Server-Sent Event."""
    fields: dict[str, str] = {}
    for line in lines:
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            fields[name] = value
        elif not line and "event" in fields:
            yield fields["id"], fields["event"], json.loads(fields["data"])
            fields = {}
