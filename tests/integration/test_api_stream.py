"""GET /turns/{id}/events: live, resumed, rebuilt, and bounded whoever reads."""

import asyncio
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import httpx
import pytest
import redis

from backend.api import served, watching
from backend.api.replay import Place
from backend.domain.events import EventKind, TurnEvent
from backend.live.events import history_key
from backend.live.listener import QUEUE_EVENTS
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, events_of, stage
from tests.integration.patience import until
from tests.services import MigratedDatabase

QUESTION = {"user_id": "123", "message": "oi"}


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


@pytest.fixture
def caller(on: Stage) -> Iterator[httpx.Client]:
    with on.door.client(on.a.chat) as client:
        yield client


def test_the_events_come_as_they_happen_and_the_stream_ends_with_the_answer(
    on: Stage, caller: httpx.Client
) -> None:
    turn_id = _asked(caller)
    with caller.stream("GET", f"/turns/{turn_id}/events") as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        coming = events_of(stream.iter_lines())
        claim = on.worker.claim()
        begun, telling = on.worker.begin(claim)
        started = next(coming)
        assert started[:2] == ("1-1", "turn.started")
        on.worker.finish(claim, begun, telling, tool=True)
        rest = list(coming)

    assert [kind for _, kind, _ in rest] == [
        "route.decided",
        "tool.called",
        "tool.finished",
        "answer.delta",
        "turn.answered",
    ]
    assert json.loads(rest[-1][2]) == _body(caller, turn_id)


def test_many_readers_of_one_turn_hear_the_same(on: Stage, caller: httpx.Client) -> None:
    turn_id = _asked(caller)
    with ThreadPoolExecutor(10) as pool:
        readers = [pool.submit(_read, on, turn_id) for _ in range(10)]
        until(lambda: on.door.door.waiting.waited_for == 1)
        on.worker.answer()
        heard = [reader.result() for reader in readers]

    assert all(each == heard[0] for each in heard)
    assert heard[0][-1][1] == "turn.answered"


def test_a_reader_resumes_where_it_was_and_stops_at_the_end(
    on: Stage, caller: httpx.Client
) -> None:
    turn_id = _asked(caller)
    on.worker.answer(tool=True)
    whole = _read(on, turn_id)

    for number in range(len(whole) - 1):
        assert _read(on, turn_id, after=whole[number][0]) == whole[number + 1 :]
    last = caller.get(f"/turns/{turn_id}/events", headers={"Last-Event-ID": whole[-1][0]})
    assert last.status_code == 204


def test_what_redis_lost_is_rebuilt_from_the_rows(on: Stage, caller: httpx.Client) -> None:
    turn_id = _asked(caller)
    on.worker.answer(tool=True)
    live = _read(on, turn_id)
    redis.Redis.from_url(on.redis_url).flushall()

    rebuilt = _read(on, turn_id)

    kinds = [kind for _, kind, _ in live if kind != "answer.delta"]
    assert [kind for _, kind, _ in rebuilt] == kinds
    told = {kind: json.loads(data) for _, kind, data in live}
    assert {kind: json.loads(data) for _, kind, data in rebuilt} == {
        kind: told[kind] for kind in kinds
    }
    # One that was in the middle of the text hears no text twice, and the end.
    in_the_middle = live[-2][0]
    assert [kind for _, kind, _ in _read(on, turn_id, after=in_the_middle)] == ["turn.answered"]


def test_a_turn_that_redis_lost_in_its_middle_still_ends(on: Stage, caller: httpx.Client) -> None:
    turn_id = _asked(caller)
    with caller.stream("GET", f"/turns/{turn_id}/events") as stream:
        coming = events_of(stream.iter_lines())
        claim = on.worker.claim()
        begun, telling = on.worker.begin(claim)
        assert next(coming)[1] == "turn.started"
        redis.Redis.from_url(on.redis_url).flushall()
        on.worker.finish(claim, begun, telling)
        assert [kind for _, kind, _ in coming][-1] == "turn.answered"


def test_events_that_were_never_published_do_not_keep_a_reader(
    on: Stage, caller: httpx.Client
) -> None:
    turn_id = _asked(caller)
    with ThreadPoolExecutor() as pool:
        reader = pool.submit(_read, on, turn_id)
        until(lambda: on.door.door.waiting.waited_for == 1)
        on.worker.answer(publish=False, tool=True)
        kinds = [kind for _, kind, _ in reader.result()]
    assert kinds == [
        *("turn.started", "route.decided", "tool.called", "tool.finished", "turn.answered"),
    ]


@pytest.mark.parametrize("publish", [True, False])
def test_a_failed_turn_ends_with_its_error(on: Stage, caller: httpx.Client, publish: bool) -> None:
    turn_id = _asked(caller)
    on.worker.fail("model_unavailable", publish=publish)

    last = _read(on, turn_id)[-1]

    assert last[1] == "turn.failed"
    assert json.loads(last[2])["turn_id"] == str(turn_id)
    assert json.loads(last[2])["error"]["code"] == "model_unavailable"


def test_an_older_attempt_that_speaks_late_is_not_heard(on: Stage, caller: httpx.Client) -> None:
    turn_id = _asked(caller)
    with caller.stream("GET", f"/turns/{turn_id}/events") as stream:
        coming = events_of(stream.iter_lines())
        first = on.worker.claim()
        _, late = on.worker.begin(first)
        assert next(coming)[0] == "1-1"
        on.change("UPDATE tasks SET state = 'ready' WHERE id = %s", first.id)
        second = on.worker.claim()
        begun, telling = on.worker.begin(second)
        assert next(coming)[0] == "2-1"
        late.emit(EventKind.ROUTE_DECIDED, {"late": True})
        on.worker.finish(second, begun, telling)
        rest = list(coming)

    assert all(event_id.startswith("2-") for event_id, _, _ in rest)
    assert rest[-1][1] == "turn.answered"


def test_a_door_that_drains_sends_its_readers_elsewhere(on: Stage, caller: httpx.Client) -> None:
    """The stream ends without an end of the turn; the reader resumes from its place."""
    turn_id = _asked(caller)
    with caller.stream("GET", f"/turns/{turn_id}/events") as stream:
        coming = events_of(stream.iter_lines())
        claim = on.worker.claim()
        on.worker.begin(claim)
        assert next(coming)[1] == "turn.started"
        on.door.stop()
        assert list(coming) == []


def test_a_silence_is_filled_with_pings(
    on: Stage, caller: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "PING_SECONDS", 0.05)
    turn_id = _asked(caller)
    with caller.stream("GET", f"/turns/{turn_id}/events") as stream:
        lines = stream.iter_lines()
        pings = [line for line in _until_pings(lines, 3) if line == ": ping"]
    assert len(pings) == 3
    on.worker.answer()


def test_a_reader_that_takes_nothing_is_dropped_and_costs_little(
    on: Stage, caller: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 MB of events for one who reads none: queued at most QUEUE_EVENTS, then cut off."""
    monkeypatch.setattr(served, "SEND_SECONDS", 0.5)
    turn_id = _asked(caller)
    claim = on.worker.claim()
    begun, telling = on.worker.begin(claim)
    head = (
        f"GET /turns/{turn_id}/events HTTP/1.1\r\nHost: x\r\n"
        f"Authorization: Bearer {on.a.chat}\r\n\r\n"
    )
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        slow.connect(("127.0.0.1", on.door.port))
        slow.sendall(head.encode())
        until(lambda: on.door.door.waiting.waited_for == 1)
        for _ in range(2_000):
            telling.emit(EventKind.ANSWER_DELTA, {"text": "x" * 10_000})
            followers = on.door.door.listener.longest_queue
            assert followers <= QUEUE_EVENTS
        until(lambda: on.door.door.waiting.waited_for == 0)

    on.worker.finish(claim, begun, telling)
    assert _body(caller, turn_id)["response"]
    dropped = [line for line in on.logs if line["event"] == "http.reader_dropped"]
    assert dropped[0]["route"] == "/turns/{turn_id}/events"
    assert not [line for line in on.logs if line["event"] == "http.request_failed"]


def test_a_reader_that_lags_reads_the_history_again(on: Stage, caller: httpx.Client) -> None:
    """More events at once than a queue holds: each is heard once, in order."""
    turn_id = _asked(caller)
    claim = on.worker.claim()
    begun, telling = on.worker.begin(claim)
    follower_door = on.door.door

    async def lag() -> list[TurnEvent]:
        heard = []
        coming = watching.events(follower_door, on.a.id, claim.turn_id, Place())
        async for event in coming:
            if event is not None:
                heard.append(event)
                if len(heard) == 1:
                    await asyncio.to_thread(_flood, telling)
                    await asyncio.to_thread(on.worker.finish, claim, begun, telling)
        return heard

    heard = asyncio.run_coroutine_threadsafe(lag(), on.door.loop).result(30)

    places = [(event.attempt, event.seq) for event in heard]
    assert places == sorted(set(places))
    assert heard[-1].kind is EventKind.TURN_ANSWERED
    assert len(heard) > QUEUE_EVENTS
    kept = redis.Redis.from_url(on.redis_url).xlen(history_key(turn_id))
    assert len(heard) == kept


def _flood(telling: Any) -> None:
    for number in range(QUEUE_EVENTS + 50):
        telling.emit(EventKind.ANSWER_DELTA, {"text": str(number)})


def _until_pings(lines: Iterator[str], count: int) -> Iterator[str]:
    for line in lines:
        yield line
        count -= line == ": ping"
        if count == 0:
            return


def _asked(caller: httpx.Client) -> UUID:
    accepted = caller.post("/chat", json=QUESTION, headers={"Prefer": "respond-async"})
    return UUID(accepted.json()["turn_id"])


def _read(on: Stage, turn_id: UUID, *, after: str | None = None) -> list[tuple[str, str, str]]:
    headers = {} if after is None else {"Last-Event-ID": after}
    with (
        on.door.client(on.a.chat) as client,
        client.stream("GET", f"/turns/{turn_id}/events", headers=headers) as stream,
    ):
        return list(events_of(stream.iter_lines()))


def _body(caller: httpx.Client, turn_id: UUID) -> dict[str, Any]:
    state = caller.get(f"/turns/{turn_id}").json()
    about = ("status", "asked_at", "finished_at")
    return {name: value for name, value in state.items() if name not in about}
