"""What got a 2xx is never lost, and is answered once, in order, whatever is killed meanwhile."""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import httpx
import psycopg
import pytest
import redis

from tests.e2e.conftest import ModelStack
from tests.e2e.fake_model import WatchedModel, marked
from tests.e2e.stack import Stack, until

pytestmark = pytest.mark.e2e

QUESTION = "Quanto vendemos no mês passado?"
#: A worker's lease and attempts, as the architecture promises them.
LEASE_SECONDS = 10.0
ATTEMPTS = 3
AT_ONCE = {"Prefer": "respond-async"}
LONG = 600.0


@dataclass(frozen=True, slots=True)
class Asking:
    """One question, and the name under which it may be sent again and again."""

    user_id: str
    marker: str
    key: str = field(default_factory=lambda: uuid4().hex)

    def send(self, client: httpx.Client, **headers: str) -> httpx.Response:
        return client.post(
            "/chat",
            json={"user_id": self.user_id, "message": marked(QUESTION, self.marker)},
            headers={"Idempotency-Key": self.key, **headers},
        )


@pytest.fixture
def stack(model_stack: ModelStack) -> Stack:
    return model_stack.stack


@pytest.fixture
def model(model_stack: ModelStack) -> WatchedModel:
    """As if it had just been started."""
    model_stack.model.seconds = 0.1
    model_stack.model.seconds_of.clear()
    model_stack.model.when.clear()
    model_stack.model.asked.clear()
    return model_stack.model


@pytest.fixture
def client(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client() as client:
        yield client


@pytest.fixture(autouse=True)
def _duration(request: pytest.FixtureRequest) -> Iterator[None]:
    began = time.monotonic()
    yield
    print(f"\n{request.node.name}: {time.monotonic() - began:.1f} s")


def test_every_accepted_turn_ends_once_and_in_order_whatever_dies(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    model.seconds = 0.2
    people = [f"crowd-{number}" for number in range(60)]
    waves = [
        [Asking(person, f"w{wave}_{person.replace('-', '_')}") for person in some]
        for wave, some in enumerate([people, people, people, people[:20]])
    ]
    with ThreadPoolExecutor(len(people)) as crowd:
        # Work is in flight when its worker dies and Redis forgets everything.
        accepted = _accepted([crowd.submit(_insist, client, each) for each in waves[0]])
        until(lambda: _answered(stack, accepted) >= 5, "the first answers")
        worker = stack.signal("worker", signal.SIGKILL)
        _redis(stack).flushall()
        # Questions come while there is no database.
        postgres = stack.signal("postgres", signal.SIGKILL)
        accepted += _accepted([crowd.submit(_insist, client, each) for each in waves[1]])
        stack.replaced("postgres", postgres)
        stack.replaced("worker", worker)
        # Questions come while there is no Redis.
        valkey = stack.signal("valkey", signal.SIGKILL)
        accepted += _accepted([crowd.submit(_insist, client, each) for each in waves[2]])
        stack.replaced("valkey", valkey)
        # Others wait for their answers when the next worker dies in the middle of its work.
        until(lambda: _answered(stack, accepted[:60]) == 60, "the answers of those who saw the first die")
        waiting = [crowd.submit(_insist, client, each, wait=True) for each in waves[3]]
        stack.signal("worker", signal.SIGKILL)
        accepted += _accepted(waiting)

    asked = [each for wave in waves for each in wave]
    assert len(set(accepted)) == len(asked) == 200
    until(lambda: _answered(stack, accepted) == 200, "every answer")
    until(lambda: not _tasks(stack), "an empty queue")
    turns = _turns(stack, "crowd-%")
    assert [turn["status"] for turn in turns] == ["answered"] * 200
    assert {turn["id"] for turn in turns} == set(accepted)
    assert [turn["said"] for turn in turns] == [["user", "agent"]] * 200

    for person in people:
        in_order = [turn for turn in turns if turn["user_id"] == person]
        assert len({turn["conversation_id"] for turn in in_order}) == 1
        mine = [each.marker for each in asked if each.user_id == person]
        assert [turn["question"] for turn in in_order] == [marked(QUESTION, m) for m in mine]
        ended = [turn["finished_at"] for turn in in_order]
        assert ended == sorted(ended)

    # Each one is told again to whoever asks again.
    for each, turn_id in zip(asked, accepted, strict=True):
        again = each.send(client)
        assert again.status_code == HTTPStatus.OK
        assert again.json() == _turn(stack, turn_id)["answer"]

    _assert_on_the_books(stack, model, dict(zip(accepted, asked, strict=True)))


def test_a_worker_told_to_stop_ends_or_gives_back_what_it_has(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    model.seconds = 1.0
    quick = [Asking(f"drain-quick-{number}", f"quick{number}") for number in range(10)]
    slow = [Asking(f"drain-slow-{number}", f"slow{number}") for number in range(10)]
    model.seconds_of = {each.marker: LONG for each in slow}
    with ThreadPoolExecutor(20) as people:
        accepted = _accepted([people.submit(_insist, client, each) for each in quick + slow])
    until(lambda: len(model.asked) == 20, "all of them at the model")
    model.seconds_of = {}

    worker = stack.signal("worker", signal.SIGTERM)
    until(lambda: not _runs(worker), "the end of the worker")
    left = _tasks(stack, "answer")
    assert {task["turn_id"] for task in left} == set(accepted[10:])
    assert {task["state"] for task in left} == {"ready"}
    assert {task["failures"] for task in left} == {0}

    until(lambda: _answered(stack, accepted) == 20, "every answer")
    attempts = [_turn(stack, turn_id)["attempt"] for turn_id in accepted]
    assert attempts == [1] * 10 + [2] * 10
    _assert_on_the_books(stack, model, dict(zip(accepted, quick + slow, strict=True)))


def test_a_turn_that_kills_its_worker_fails_alone(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    poison = Asking("poison", "poison")
    beside = [Asking(f"beside-{number}", f"beside{number}") for number in range(5)]
    together = [poison, *beside]
    # Nobody gets an answer while the poison has not killed twice.
    model.seconds_of = {each.marker: LONG for each in together}
    with ThreadPoolExecutor(len(together)) as people:
        [fatal, *accepted] = _accepted([people.submit(_insist, client, each) for each in together])
    killed: list[int] = []
    for attempt in range(1, ATTEMPTS + 1):
        at_the_model = together if attempt < ATTEMPTS else [poison]
        until(
            lambda: min(model.asked[each.marker] for each in at_the_model) >= attempt,  # noqa: B023
            "the poison at work",
        )
        if attempt == ATTEMPTS - 1:
            model.seconds_of = {poison.marker: LONG}
        killed.append(stack.signal("worker", signal.SIGKILL))
        later = Asking(f"later-{attempt}", f"later{attempt}")
        accepted.append(_insist(client, later))
        beside.append(later)

    until(lambda: not _tasks(stack, "answer"), "the end of all")
    assert [_turn(stack, turn_id)["status"] for turn_id in accepted] == ["answered"] * len(accepted)
    state = client.get(f"/turns/{fatal}").json()
    assert state["status"] == "failed"
    assert state["error"]["code"] == "attempts_exhausted"
    assert len(set(killed)) == ATTEMPTS
    # The person is not stuck behind it.
    after = Asking("poison", "after")
    assert after.send(client).status_code == HTTPStatus.OK
    _assert_on_the_books(stack, model, {**dict(zip(accepted, beside, strict=True)), fatal: poison})


def test_a_worker_that_was_silent_too_long_cannot_write_over_its_successor(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    asking = Asking("sleeper", "sleeper")
    model.seconds_of["sleeper"] = 2.0
    turn_id = _insist(client, asking)
    until(lambda: model.asked["sleeper"], "its call")
    stack.signal("worker", signal.SIGSTOP)
    try:
        with stack.second_worker():
            until(lambda: _answered(stack, [turn_id]), "the successor's answer")
            answered = _turn(stack, turn_id)
            stack.signal("worker", signal.SIGCONT)
            until(lambda: _lost(stack, turn_id), "the first worker's giving way")
    finally:
        stack.signal("worker", signal.SIGCONT)
    assert answered["attempt"] == 2
    assert _turn(stack, turn_id) == answered
    [row] = _turns(stack, "sleeper")
    assert row["said"] == ["user", "agent"]
    [told] = [
        line
        for log in ("worker", "second_worker")
        for line in stack.events(log, "turn.answered")
        if line["turn_id"] == str(turn_id)
    ]
    assert told["attempt"] == 2
    _assert_on_the_books(stack, model, {turn_id: asking})


@pytest.mark.parametrize("trouble", [signal.SIGKILL, signal.SIGSTOP], ids=["gone", "hanging"])
def test_without_redis_a_question_is_accepted_and_answered_later(
    stack: Stack, model: WatchedModel, client: httpx.Client, trouble: signal.Signals
) -> None:
    asking = Asking(f"no-redis-{trouble.name}", f"no_redis_{trouble.name}")
    valkey = stack.signal("valkey", trouble)
    try:
        response = asking.send(client, **AT_ONCE)
        assert response.status_code == HTTPStatus.ACCEPTED
    finally:
        if trouble is signal.SIGSTOP:
            os.kill(valkey, signal.SIGCONT)
    turn_id = UUID(response.json()["turn_id"])
    until(lambda: _answered(stack, [turn_id]), "the answer")
    _assert_on_the_books(stack, model, {turn_id: asking})


def test_a_client_that_vanishes_loses_nothing(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    model.seconds = 0.5
    asking = Asking("vanished", "vanished")
    request = client.build_request(
        "POST",
        "/chat",
        json={"user_id": asking.user_id, "message": marked(QUESTION, asking.marker)},
        headers={"Idempotency-Key": asking.key},
    )
    with socket.create_connection((request.url.host, request.url.port or 80)) as connection:
        head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        connection.sendall(f"POST /chat HTTP/1.1\r\n{head}\r\n".encode() + request.content)
        until(lambda: model.asked["vanished"], "its call")
    assert not _turns(stack, "vanished")[0]["finished_at"]

    again = asking.send(client, **AT_ONCE)
    assert again.status_code == HTTPStatus.ACCEPTED
    state = until(
        lambda: client.get(again.json()["status_url"]).json(),
        "the answer",
        is_there=lambda state: state["status"] == "answered",
    )
    assert state["response"]
    assert len(_turns(stack, "vanished")) == 1


def _insist(client: httpx.Client, asking: Asking, *, wait: bool = False) -> UUID:
    """Send it until it is accepted; the turn's id. Only an honest 503 or a cut wire is repeated."""

    def send() -> httpx.Response | None:
        with contextlib.suppress(httpx.TransportError):
            response = asking.send(client, **({} if wait else AT_ONCE))
            if response.is_success:
                return response
            assert response.status_code == HTTPStatus.SERVICE_UNAVAILABLE, response.text
            assert int(response.headers["Retry-After"]) > 0
        return None

    response: httpx.Response = until(send, "acceptance", is_there=lambda sent: sent is not None)
    return UUID(response.json()["turn_id"])


def _accepted(sent: Sequence[Future[UUID]]) -> list[UUID]:
    return [each.result() for each in sent]


def _answered(stack: Stack, turn_ids: Sequence[UUID]) -> int:
    [row] = stack.rows(
        "SELECT count(*) AS turns FROM turns WHERE id = ANY(%s) AND status = 'answered'",
        list(turn_ids),
    )
    return int(row["turns"])


def _turn(stack: Stack, turn_id: UUID) -> dict[str, Any]:
    [row] = stack.rows("SELECT * FROM turns WHERE id = %s", turn_id)
    return row


def _turns(stack: Stack, user_id: str) -> list[dict[str, Any]]:
    """The turns of the persons whose name is like this, in order, with what was said in each."""
    return stack.rows(
        """
        SELECT t.*, p.user_id,
               array(SELECT m.author FROM messages m WHERE m.turn_id = t.id ORDER BY m.at, m.id) AS said,
               (SELECT m.text FROM messages m WHERE m.turn_id = t.id AND m.author = 'user') AS question
          FROM turns t JOIN persons p ON p.id = t.person_id
         WHERE p.user_id LIKE %s ORDER BY t.conversation_id, t.seq""",
        user_id,
    )


def _tasks(stack: Stack, *kinds: str) -> list[dict[str, Any]]:
    return stack.rows(
        "SELECT * FROM tasks WHERE kind = ANY(%s)", list(kinds or ("answer", "remember"))
    )


def _assert_on_the_books(stack: Stack, model: WatchedModel, asked: dict[UUID, Asking]) -> None:
    """Every call that the model got has a row; only a dead attempt leaves one open."""
    calls = stack.rows(
        """
        SELECT c.turn_id, c.state, c.attempt, t.attempt AS last_attempt, t.status
          FROM llm_calls c JOIN turns t ON t.id = c.turn_id WHERE c.turn_id = ANY(%s)""",
        list(asked),
    )
    for turn_id, asking in asked.items():
        mine = [call for call in calls if call["turn_id"] == turn_id]
        assert 0 < model.asked[asking.marker] <= len(mine)
    answering = [
        call
        for call in calls
        if call["status"] == "answered" and call["attempt"] == call["last_attempt"]
    ]
    assert {call["state"] for call in answering} == {"ok"}
    assert {call["turn_id"] for call in answering} <= set(asked)


def _lost(stack: Stack, turn_id: UUID) -> bool:
    """Whether a worker said that it gave this answer up, after it had made it."""
    return any(
        line["turn_id"] == str(turn_id) and line.get("kind") == "answer"
        for line in stack.events("worker", "claim.lost")
    )


def _redis(stack: Stack) -> "redis.Redis":
    return redis.Redis.from_url(stack.published.redis_url)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
