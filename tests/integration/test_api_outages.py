"""With Redis away questions are answered all the same; with Postgres away nothing is promised."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, events_of, stage
from tests.integration.link import Link
from tests.integration.patience import until
from tests.services import MigratedDatabase

QUESTION = {"user_id": "123", "message": "oi"}
AT_ONCE = {"Prefer": "respond-async"}


@pytest.fixture
def to_redis(valkey: ValkeyUrl) -> Iterator[Link]:
    with Link(valkey.url) as link:
        yield link


@pytest.fixture
def to_postgres(database: MigratedDatabase) -> Iterator[Link]:
    with Link(database.app_dsn) as link:
        yield link


@pytest.fixture
def on(
    database: MigratedDatabase, valkey: ValkeyUrl, to_redis: Link, to_postgres: Link
) -> Iterator[Stage]:
    """A door that reaches both through links."""
    with stage(database, valkey, app_dsn=to_postgres.url, redis_url=to_redis.url) as opened:
        yield opened


def test_with_redis_away_questions_are_stored_and_answered(on: Stage, to_redis: Link) -> None:
    until(lambda: on.door.door.listener.connected)
    to_redis.cut()
    until(lambda: not on.door.door.listener.connected)
    with on.door.client(on.a.chat) as client:
        accepted = client.post("/chat", json=QUESTION, headers=AT_ONCE)
        assert accepted.status_code == 202
        on.worker.answer()
        with on.worker.answer_soon():
            answer = client.post("/chat", json=QUESTION)
        assert answer.status_code == 200
        state = client.get("/readyz")
        assert (state.status_code, state.json()["checks"]["redis"]) == (200, "away")
        path = f"/turns/{accepted.json()['turn_id']}/events"
        with client.stream("GET", path) as stream:
            kinds = [kind for _, kind, _ in events_of(stream.iter_lines())]
        assert kinds == ["turn.started", "route.decided", "turn.answered"]


def test_readers_hear_again_when_redis_is_back(on: Stage, to_redis: Link) -> None:
    until(lambda: on.door.door.listener.connected)
    with on.door.client(on.a.chat) as client:
        turn_id = client.post("/chat", json=QUESTION, headers=AT_ONCE).json()["turn_id"]
        with client.stream("GET", f"/turns/{turn_id}/events") as stream:
            coming = events_of(stream.iter_lines())
            claim = on.worker.claim()
            begun, telling = on.worker.begin(claim)
            assert next(coming)[1] == "turn.started"
            to_redis.cut()
            until(lambda: not on.door.door.listener.connected)
            telling.text("enquanto isso ")
            to_redis.mend()
            until(lambda: on.door.door.listener.connected)
            on.worker.finish(claim, begun, telling)
            heard = list(coming)

    assert [kind for _, kind, _ in heard][-1] == "turn.answered"
    assert "enquanto isso " in heard[0][2]
    places = [event_id for event_id, _, _ in heard]
    assert len(places) == len(set(places))


def test_a_redis_that_hangs_does_not_hold_questions_up_for_long(on: Stage) -> None:
    """Stopped, not gone: connections stay open and nothing answers."""
    until(lambda: on.door.door.listener.connected)
    with redis.Redis.from_url(on.redis_url) as client:
        client.client_pause(4_000)
    started = time.monotonic()
    with on.door.client(on.a.chat) as client, ThreadPoolExecutor(20) as pool:
        asked = [
            pool.submit(client.post, "/chat", json=QUESTION, headers=AT_ONCE) for _ in range(40)
        ]
        assert {each.result().status_code for each in asked} == {202}
    assert time.monotonic() - started < 10
    assert on.turns() == 40


def test_with_postgres_away_the_answer_is_503_and_it_heals(on: Stage, to_postgres: Link) -> None:
    with on.door.client(on.a.chat) as client:
        turn_id = client.post("/chat", json=QUESTION, headers=AT_ONCE).json()["turn_id"]
        to_postgres.cut()
        with ThreadPoolExecutor() as pool:
            asked = [
                pool.submit(client.post, "/chat", json=QUESTION),
                pool.submit(client.get, f"/turns/{turn_id}"),
                pool.submit(client.get, "/conversations?user_id=1"),
            ]
        for each in asked:
            answer = each.result()
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.json()["code"] == "store_unavailable"
        until(lambda: client.get("/readyz").status_code == 503)
        assert client.get("/readyz").json()["checks"]["database"] == "away"
        assert client.get("/livez").status_code == 200
        assert client.get("/metrics").status_code == 200
        to_postgres.mend()
        until(lambda: client.get("/readyz").status_code == 200, seconds=30)
        with on.worker.answering():
            answer = client.post("/chat", json=QUESTION)
        assert answer.status_code == 200
    assert on.turns() == 2


def test_a_question_that_was_stored_is_never_answered_503(on: Stage, to_postgres: Link) -> None:
    """Postgres goes away while the caller waits: 202, because the turn is there."""
    with on.door.client(on.a.chat) as client, ThreadPoolExecutor() as pool:
        asked = pool.submit(client.post, "/chat", json=QUESTION, headers={"Prefer": "wait=2"})
        until(lambda: on.turns() == 1)
        to_postgres.cut()
        answer = asked.result()
        assert answer.status_code == 202
        to_postgres.mend()
        on.worker.answer()
        state = answer.json()["status_url"]
        until(lambda: client.get(state).json().get("status") == "answered", seconds=30)


def test_a_reader_outlasts_a_database_that_restarts(on: Stage, to_postgres: Link) -> None:
    with on.door.client(on.a.chat) as client:
        turn_id = client.post("/chat", json=QUESTION, headers=AT_ONCE).json()["turn_id"]
        with client.stream("GET", f"/turns/{turn_id}/events") as stream:
            coming = events_of(stream.iter_lines())
            claim = on.worker.claim()
            begun, telling = on.worker.begin(claim)
            assert next(coming)[1] == "turn.started"
            to_postgres.cut()
            on.worker.finish(claim, begun, telling)
            assert [kind for _, kind, _ in coming][-1] == "turn.answered"
