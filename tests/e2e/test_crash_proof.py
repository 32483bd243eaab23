"""What got a 2xx is never lost, and is answered once, in order, whatever is killed meanwhile."""

import os
import signal
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from http import HTTPStatus
from uuid import UUID

import httpx
import pytest
import redis

from tests.e2e.asking import AT_ONCE, Asking, insist
from tests.e2e.conftest import ModelStack
from tests.e2e.fake_model import WatchedModel
from tests.e2e.kept import answered, assert_on_the_books, tasks_left, turn_of, turns_of
from tests.e2e.stack import Stack, until

#: As the architecture promises.
ATTEMPTS = 3
#: A model that takes so long has not answered when the test is over.
LONG = 600.0


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
    refused: list[str] = []
    with ThreadPoolExecutor(len(people)) as crowd:

        def sent(wave: Sequence[Asking], *, wait: bool = False) -> list[Future[UUID]]:
            return [crowd.submit(insist, client, each, wait=wait, refused=refused) for each in wave]

        # Work is in flight when its worker dies and Redis forgets everything.
        accepted = _accepted(sent(waves[0]))
        until(lambda: answered(stack, accepted) >= 5, "the first answers")
        worker = stack.signal("worker", signal.SIGKILL)
        _forget_everything(stack)
        accepted += _accepted(sent(waves[1]))
        stack.replaced("worker", worker)
        # Work is in flight, and questions come, when Postgres and Redis die.
        until(lambda: answered(stack, accepted) >= 20, "answers of the next worker")
        gone = {name: stack.signal(name, signal.SIGKILL) for name in ("postgres", "valkey")}
        accepted += _accepted(sent(waves[2]))
        for name, pid in gone.items():
            stack.replaced(name, pid)
        # Others wait for their answers when the API and the next worker die.
        until(lambda: answered(stack, accepted[:60]) == 60, "the answers of the first wave")
        waiting = sent(waves[3], wait=True)
        until(lambda: len(turns_of(stack, "crowd-%")) == 200, "all of them stored")
        stack.signal("worker", signal.SIGKILL)
        stack.signal("api", signal.SIGKILL)
        accepted += _accepted(waiting)

    print(f"\nrefused and sent again: {dict(Counter(refused))}")
    asked = [each for wave in waves for each in wave]
    assert len(set(accepted)) == len(asked) == 200
    # Those who waited were cut off, and asked again under the same key.
    assert len(refused) >= len(waves[3])
    until(lambda: not tasks_left(stack), "an empty queue")
    turns = turns_of(stack, "crowd-%")
    assert [turn["status"] for turn in turns] == ["answered"] * 200
    assert {turn["id"] for turn in turns} == set(accepted)
    assert [turn["said"] for turn in turns] == [["user", "agent"]] * 200

    for person in people:
        in_order = [turn for turn in turns if turn["user_id"] == person]
        assert len({turn["conversation_id"] for turn in in_order}) == 1
        mine = [each.body["message"] for each in asked if each.user_id == person]
        assert [turn["question"] for turn in in_order] == mine
        ended = [turn["finished_at"] for turn in in_order]
        assert ended == sorted(ended)

    # Each answer is told again to whoever asks again.
    answers = {turn["id"]: turn["answer"] for turn in turns}
    for each, turn_id in zip(asked, accepted, strict=True):
        again = each.send(client)
        assert again.status_code == HTTPStatus.OK
        assert again.json() == answers[turn_id]

    assert_on_the_books(stack, model, dict(zip(accepted, asked, strict=True)))
    # All of this was foreseen.
    for event in ("task.broke", "sweep.failed", "heartbeat.failed"):
        assert stack.events("worker", event) == []


def test_a_worker_told_to_stop_ends_or_gives_back_what_it_has(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    model.seconds = 1.0
    quick = [Asking(f"drain-quick-{number}", f"quick{number}") for number in range(10)]
    slow = [Asking(f"drain-slow-{number}", f"slow{number}") for number in range(10)]
    model.seconds_of = {each.marker: LONG for each in slow}
    with ThreadPoolExecutor(20) as people:
        accepted = _accepted([people.submit(insist, client, each) for each in quick + slow])
    until(lambda: len(model.asked) == 20, "all of them at the model")
    model.seconds_of = {}

    worker = stack.signal("worker", signal.SIGTERM)
    until(lambda: not _runs(worker), "the end of the worker")
    left = tasks_left(stack, "answer")
    assert {task["subject_id"] for task in left} == set(accepted[10:])
    assert {task["state"] for task in left} == {"ready"}
    assert {task["failures"] for task in left} == {0}

    until(lambda: answered(stack, accepted) == 20, "every answer")
    attempts = [turn_of(stack, turn_id)["attempt"] for turn_id in accepted]
    assert attempts == [1] * 10 + [2] * 10
    assert_on_the_books(stack, model, dict(zip(accepted, quick + slow, strict=True)))


def test_a_turn_that_kills_its_worker_fails_alone(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    poison = Asking("poison", "poison")
    beside = [Asking(f"beside-{number}", f"beside{number}") for number in range(5)]
    together = [poison, *beside]
    # Nobody gets an answer while the poison has not killed twice.
    model.seconds_of = {each.marker: LONG for each in together}
    with ThreadPoolExecutor(len(together)) as people:
        [fatal, *accepted] = _accepted([people.submit(insist, client, each) for each in together])
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
        accepted.append(insist(client, later))
        beside.append(later)

    until(lambda: not tasks_left(stack, "answer"), "the end of all")
    assert {turn_of(stack, turn_id)["status"] for turn_id in accepted} == {"answered"}
    state = client.get(f"/turns/{fatal}").json()
    assert state["status"] == "failed"
    assert state["error"]["code"] == "attempts_exhausted"
    assert len(set(killed)) == ATTEMPTS
    # The person is not stuck behind it.
    after = Asking("poison", "after")
    assert after.send(client).status_code == HTTPStatus.OK
    assert_on_the_books(stack, model, {**dict(zip(accepted, beside, strict=True)), fatal: poison})


def test_a_worker_that_was_silent_too_long_cannot_write_over_its_successor(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    asking = Asking("sleeper", "sleeper")
    model.seconds_of["sleeper"] = 2.0
    turn_id = insist(client, asking)
    until(lambda: model.asked["sleeper"], "its call")
    stack.signal("worker", signal.SIGSTOP)
    try:
        with stack.second_worker():
            until(lambda: answered(stack, [turn_id]), "the successor's answer")
            row = turn_of(stack, turn_id)
            stack.signal("worker", signal.SIGCONT)
            until(lambda: _lost(stack, turn_id), "the first worker's giving way")
    finally:
        stack.signal("worker", signal.SIGCONT)
    assert row["attempt"] == 2
    # Nothing changed but the sums of the ledger: what the first worker paid late is counted, too.
    after = turn_of(stack, turn_id)
    changed = {name for name in row if after[name] != row[name]}
    assert changed <= {"llm_calls", "unpriced_calls", "input_tokens", "output_tokens"}
    [turn] = turns_of(stack, "sleeper")
    assert turn["said"] == ["user", "agent"]
    [told] = [
        line
        for log in ("worker", "second_worker")
        for line in stack.events(log, "turn.answered")
        if line["turn_id"] == str(turn_id)
    ]
    assert told["attempt"] == 2
    assert_on_the_books(stack, model, {turn_id: asking})


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
    until(lambda: answered(stack, [turn_id]), "the answer")
    assert_on_the_books(stack, model, {turn_id: asking})


def test_a_client_that_vanishes_loses_nothing(
    stack: Stack, model: WatchedModel, client: httpx.Client
) -> None:
    model.seconds = 0.5
    asking = Asking("vanished", "vanished")
    request = client.build_request(
        "POST",
        "/chat",
        json=asking.body,
        headers={"Idempotency-Key": asking.key},
    )
    with socket.create_connection((request.url.host, request.url.port or 80)) as connection:
        head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        connection.sendall(f"POST /chat HTTP/1.1\r\n{head}\r\n".encode() + request.content)
        until(lambda: model.asked["vanished"], "its call")

    again = asking.send(client, **AT_ONCE)
    assert again.status_code == HTTPStatus.ACCEPTED
    state = until(
        lambda: client.get(again.json()["status_url"]).json(),
        "the answer",
        is_there=lambda state: state["status"] == "answered",
    )
    assert state["response"]
    assert len(turns_of(stack, "vanished")) == 1


def _accepted(sent: Sequence[Future[UUID]]) -> list[UUID]:
    return [each.result() for each in sent]


def _lost(stack: Stack, turn_id: UUID) -> bool:
    """Whether a worker said that it gave this answer up, after it had made it."""
    return any(
        line["turn_id"] == str(turn_id) and line.get("kind") == "answer"
        for line in stack.events("worker", "claim.lost")
    )


def _forget_everything(stack: Stack) -> None:
    with redis.Redis.from_url(stack.published.redis_url) as connection:
        connection.flushall()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
