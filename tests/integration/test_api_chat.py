"""POST /chat and GET /turns/{id}: stored once, answered by whoever answers, however one waits."""

import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from backend.api import waiting
from backend.api.replies import ChatAnswer
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.integration.patience import until
from tests.services import MigratedDatabase

QUESTION = {"user_id": "123", "message": "Quais foram as vendas do mês passado?"}


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


@pytest.fixture
def caller(on: Stage) -> Iterator[httpx.Client]:
    with on.door.client(on.a.chat) as client:
        yield client


def test_waits_and_answers_with_the_whole_body(on: Stage, caller: httpx.Client) -> None:
    with on.worker.answer_soon(tool=True):
        answer = caller.post("/chat", json=QUESTION)

    assert answer.status_code == 200
    body = answer.json()
    assert body["response"].endswith(QUESTION["message"])
    assert body["tool_calls"][0]["sql"] == "SELECT 1"
    assert set(body) == {
        *("response", "model", "tokens_used", "context_size", "memory", "turn_id"),
        *("conversation_id", "language", "route", "tool_calls", "figures", "usage", "cached"),
        *("time_ms", "understood", "cache", "charts"),
    }
    state = caller.get(f"/turns/{body['turn_id']}").json()
    assert state["status"] == "answered"
    assert {name: state[name] for name in body} == body


def test_an_answer_comes_by_its_event_without_asking_the_rows(
    database: MigratedDatabase, valkey: ValkeyUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "POLL_SECONDS", 3_600)
    with (
        stage(database, valkey) as on,
        on.door.client(on.a.chat) as caller,
        on.worker.answer_soon(),
    ):
        assert caller.post("/chat", json=QUESTION).status_code == 200


def test_an_answer_whose_event_is_lost_is_found(on: Stage, caller: httpx.Client) -> None:
    with on.worker.answer_soon(publish=False):
        answer = caller.post("/chat", json=QUESTION)

    assert answer.status_code == 200
    assert answer.json()["response"].endswith(QUESTION["message"])
    assert tuple(answer.json()) == ChatAnswer.__struct_fields__


def test_respond_async_answers_at_once_where_to_look(on: Stage, caller: httpx.Client) -> None:
    accepted = caller.post("/chat", json=QUESTION, headers={"Prefer": "respond-async"})

    assert accepted.status_code == 202
    body = accepted.json()
    assert body["status"] == "queued"
    assert accepted.headers["Location"] == body["status_url"] == f"/turns/{body['turn_id']}"
    assert caller.get(body["status_url"]).json()["status"] == "queued"
    assert str(on.worker.answer()) == body["turn_id"]
    assert caller.get(body["status_url"]).json()["status"] == "answered"


def test_a_wait_that_ends_before_the_answer_says_where_to_look(
    on: Stage, caller: httpx.Client
) -> None:
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(caller.post, "/chat", json=QUESTION, headers={"Prefer": "wait=1"})
        claim = on.worker.claim()
        begun, telling = on.worker.begin(claim)
        accepted = asked.result()
        assert accepted.status_code == 202
        assert accepted.json()["status"] == "running"
        on.worker.finish(claim, begun, telling)

    assert caller.get(accepted.json()["status_url"]).json()["status"] == "answered"


@pytest.mark.parametrize("publish", [True, False])
def test_a_turn_that_fails_is_a_problem_that_names_it(
    on: Stage, caller: httpx.Client, publish: bool
) -> None:
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(caller.post, "/chat", json=QUESTION)
        turn_id = str(on.worker.fail("model_unavailable", publish=publish))
        answer = asked.result()

    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "model_unavailable"
    assert answer.json()["turn_id"] == turn_id
    state = caller.get(f"/turns/{turn_id}").json()
    assert state["status"] == "failed"
    assert state["error"]["code"] == "model_unavailable"
    assert state["error"]["message"] == answer.json()["detail"]


def test_a_deadline_that_passed_is_a_504(on: Stage, caller: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(caller.post, "/chat", json=QUESTION)
        on.worker.fail("deadline_exceeded")
        assert asked.result().status_code == 504


def test_a_users_conversation_goes_on_and_others_start_their_own(
    on: Stage, caller: httpx.Client
) -> None:
    with on.worker.answering():
        first = caller.post("/chat", json=QUESTION).json()
        second = caller.post("/chat", json={**QUESTION, "message": "e do mês anterior?"}).json()
        other = caller.post("/chat", json={**QUESTION, "user_id": "456"}).json()
        named = caller.post("/chat", json={**QUESTION, "conversation_id": "case-7"}).json()
        again = caller.post("/chat", json={**QUESTION, "conversation_id": "case-7"}).json()
        ours = {**QUESTION, "conversation_id": named["conversation_id"]}
        by_id = caller.post("/chat", json=ours).json()

    assert second["conversation_id"] == first["conversation_id"]
    assert other["conversation_id"] != first["conversation_id"]
    assert named["conversation_id"] not in (first["conversation_id"], other["conversation_id"])
    assert again["conversation_id"] == by_id["conversation_id"] == named["conversation_id"]


def test_what_was_asked_is_stored_as_it_was_said(on: Stage, caller: httpx.Client) -> None:
    said = "  Olá 👩‍👩‍👧‍👦 \u202eabc\u202c e̴̡͝ \t\n'; DROP TABLE turns; -- {{7*7}}  "
    body = {**QUESTION, "message": said, "metadata": {"a": [1, 2.5, None, {"b": "ç"}]}}
    traced = {"Prefer": "respond-async", "traceparent": f"00-{'a1' * 16}-{'b2' * 8}-01"}
    assert caller.post("/chat", json=body, headers=traced).status_code == 202

    text, metadata, trace_id, channel = on.rows(
        "SELECT m.text, t.metadata, t.trace_id, t.channel"
        " FROM messages m JOIN turns t ON t.id = m.turn_id"
    )[0]
    assert text == said.strip()
    assert metadata == body["metadata"]
    assert trace_id == "a1" * 16
    assert channel == "web"


def test_a_key_and_body_that_come_again_are_the_same_turn(on: Stage, caller: httpx.Client) -> None:
    once = {"Idempotency-Key": "k-1"}
    with on.worker.answering():
        first = caller.post("/chat", json=QUESTION, headers=once)
        again = caller.post("/chat", json=QUESTION, headers=once)
        reordered = json.dumps({**dict(reversed(QUESTION.items())), "channel": "web"})
        same = caller.post(
            "/chat",
            content=reordered,
            headers={**once, "Content-Type": "application/json"},
        )
        later = caller.post("/chat", json=QUESTION, headers={**once, "Prefer": "respond-async"})

    assert first.status_code == again.status_code == same.status_code == 200
    assert first.json() == again.json() == same.json()
    assert later.status_code == 202
    assert later.json()["turn_id"] == first.json()["turn_id"]
    assert on.turns() == 1


def test_a_key_with_another_body_is_a_conflict(on: Stage, caller: httpx.Client) -> None:
    at_once = {"Idempotency-Key": "k-1", "Prefer": "respond-async"}
    assert caller.post("/chat", json=QUESTION, headers=at_once).status_code == 202

    other = caller.post("/chat", json={**QUESTION, "message": "outra"}, headers=at_once)

    assert other.status_code == 409
    assert other.json()["code"] == "idempotency_conflict"
    with on.door.client(on.b.chat) as stranger:
        assert stranger.post("/chat", json=QUESTION, headers=at_once).status_code == 202
    assert on.turns() == 2


def test_fifty_at_once_with_one_key_all_get_one_answer(on: Stage, caller: httpx.Client) -> None:
    def ask(_: int) -> httpx.Response:
        return caller.post("/chat", json=QUESTION, headers={"Idempotency-Key": "burst"})

    with on.worker.answering(), ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))

    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert on.turns() == 1


def test_a_caller_who_leaves_is_forgotten_and_the_turn_goes_on(on: Stage) -> None:
    body = json.dumps(QUESTION).encode()
    head = (
        f"POST /chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {on.a.chat}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", on.door.port)) as connection:
        connection.sendall(head.encode() + body)
        until(lambda: on.turns() == 1)
        until(lambda: on.door.door.waiting.waited_for == 1)
    until(lambda: on.door.door.waiting.waited_for == 0)

    turn_id = on.worker.answer()

    with on.door.client(on.a.chat) as client:
        assert client.get(f"/turns/{turn_id}").json()["status"] == "answered"


def test_a_door_that_drains_lets_those_go_who_wait(on: Stage, caller: httpx.Client) -> None:
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(caller.post, "/chat", json=QUESTION)
        until(lambda: on.door.door.waiting.waited_for == 1)
        until(lambda: on.turns() == 1)
        on.door.stop()
        answer = asked.result()

    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
