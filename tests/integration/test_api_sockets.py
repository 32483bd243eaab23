"""WS /ws/chat: questions in, events out, many at a time; bounded and closed to strangers."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from backend.api import served, sockets
from backend.api.bodies import MOST_BYTES
from backend.domain.events import EventKind
from backend.store import tenants
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.integration.patience import until
from tests.services import MigratedDatabase

QUESTION = {"user_id": "123", "message": "oi"}


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


def test_a_question_is_answered_with_the_events_of_its_turn(on: Stage) -> None:
    with _socket(on, on.a.chat) as socket:
        socket.send(json.dumps({**QUESTION, "ref": "r-1"}))
        on.worker.answer(tool=True)
        frames = _until_the_end(socket)

    assert [frame["event"] for frame in frames] == [
        *("turn.started", "route.decided", "tool.called", "tool.finished", "answer.delta"),
        "turn.answered",
    ]
    assert {frame["ref"] for frame in frames} == {"r-1"}
    assert frames[0]["id"] == "1-1"
    with on.door.client(on.a.chat) as client:
        state = client.get(f"/turns/{frames[-1]['turn_id']}").json()
    assert frames[-1]["data"]["response"] == state["response"]


def test_a_socket_is_one_line_in_the_log(on: Stage) -> None:
    with _socket(on, on.a.chat):
        pass
    until(lambda: any(line["event"] == "http.request_served" for line in on.logs))
    (line,) = [line for line in on.logs if line["event"] == "http.request_served"]
    assert (line["route"], line["status"]) == ("/ws/chat", 101)
    assert line["tenant_id"] == str(on.a.id)


def test_many_questions_are_open_at_once(on: Stage) -> None:
    with _socket(on, on.a.chat) as socket:
        for number in range(5):
            body = {"user_id": str(number), "message": f"pergunta {number}", "ref": str(number)}
            socket.send(json.dumps(body))
        until(lambda: on.turns() == 5)
        with on.worker.answering():
            ends: dict[str, str] = {}
            while len(ends) < 5:
                frame = json.loads(socket.recv(10))
                if frame["event"] == "turn.answered":
                    ends[frame["ref"]] = frame["data"]["response"]

    assert all(answer.endswith(f"pergunta {ref}") for ref, answer in ends.items())


def test_a_frame_that_comes_again_is_the_same_turn(on: Stage) -> None:
    frame = json.dumps({**QUESTION, "idempotency_key": "k-1"})
    with _socket(on, on.a.chat) as socket:
        socket.send(frame)
        until(lambda: on.turns() == 1)
    with _socket(on, on.a.chat) as socket:
        socket.send(frame)
        on.worker.answer()
        assert _until_the_end(socket)[-1]["event"] == "turn.answered"
        socket.send(json.dumps({**QUESTION, "message": "x", "idempotency_key": "k-1", "ref": "b"}))
        complaint = json.loads(socket.recv(10))
    assert (complaint["event"], complaint["ref"]) == ("error", "b")
    assert complaint["data"]["code"] == "idempotency_conflict"
    assert on.turns() == 1


def test_a_failed_turn_is_told(on: Stage) -> None:
    with _socket(on, on.a.chat) as socket:
        socket.send(json.dumps(QUESTION))
        on.worker.fail("source_unavailable", publish=False)
        last = _until_the_end(socket)[-1]
    assert last["event"] == "turn.failed"
    assert last["data"]["error"]["code"] == "source_unavailable"


def test_frames_that_are_wrong_are_answered_and_the_socket_stays(
    on: Stage, subtests: pytest.Subtests
) -> None:
    wrong: list[str | bytes] = [
        "",
        "oi",
        "[]",
        "null",
        '{"user_id": "1"}',
        '{"user_id": "1", "message": " "}',
        '{"user_id": "1", "message": "a\\u0000"}',
        '{"user_id": "1", "message": "a", "tenant_id": "x"}',
        '{"user_id": "1", "message": "a", "message": "b"}',
        '{"user_id": "1", "message": "a", "agent": "nobody"}',
        '{"user_id": "1", "message": "a", "idempotency_key": "ç"}',
        '{"user_id": "1", "message": "a", "ref": 7}',
        "[" * 50_000,
        b"\xff\xfe",
    ]
    with _socket(on, on.a.chat) as socket:
        for frame in wrong:
            with subtests.test(str(frame[:40])):
                socket.send(frame)
                complaint = json.loads(socket.recv(10))
                assert complaint["event"] == "error"
                assert complaint["data"]["status"] == 400
                assert complaint["data"]["code"] == "invalid_request"
        socket.send('{"user_id": 1, "ref": "mine"}')
        assert json.loads(socket.recv(10))["ref"] == "mine"
        socket.send(json.dumps(QUESTION))
        on.worker.answer()
        assert _until_the_end(socket)[-1]["event"] == "turn.answered"
    assert on.turns() == 1


def test_a_frame_may_hold_what_a_body_may(on: Stage) -> None:
    longest = json.dumps({**QUESTION, "message": "\U0001f600" * 8_000})
    assert len(longest) > 96_000
    with _socket(on, on.a.chat) as socket:
        socket.send(longest)
        on.worker.answer()
        assert _until_the_end(socket)[-1]["event"] == "turn.answered"


def test_a_frame_that_is_too_large_closes_the_socket(on: Stage) -> None:
    with _socket(on, on.a.chat) as socket:
        socket.send("x" * (MOST_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_a_flood_of_frames_closes_the_socket(on: Stage) -> None:
    def flood(socket: ClientConnection) -> None:
        for _ in range(sockets.MOST_FRAMES * 10):
            socket.send("x")
            socket.recv(10)

    with _socket(on, on.a.chat) as socket, pytest.raises(ConnectionClosed) as closed:
        flood(socket)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_more_open_turns_than_a_socket_may_have_are_refused(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sockets, "MOST_OPEN", 2)
    with _socket(on, on.a.chat) as socket:
        for number in range(3):
            socket.send(json.dumps({**QUESTION, "ref": str(number)}))
        complaint = json.loads(socket.recv(10))
        assert complaint["ref"] == "2"
        assert complaint["data"]["status"] == 429
        until(lambda: on.turns() == 2)


def test_who_has_no_key_gets_no_socket(
    on: Stage, subtests: pytest.Subtests, caplog: pytest.LogCaptureFixture
) -> None:
    for key, status in ((None, 401), ("wrong", 401), (on.a.operator, 403)):
        with subtests.test(str(status)), pytest.raises(InvalidStatus) as refused:
            _connect(on, key).close()
        assert refused.value.response.status_code == status
        assert b'"code"' in (refused.value.response.body or b"")
    on.door.stop()
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


def test_pages_of_other_origins_get_no_socket(on: Stage, subtests: pytest.Subtests) -> None:
    for origin in ("https://evil.example", "null", f"http://127.0.0.1.evil.example:{on.door.port}"):
        with subtests.test(origin), pytest.raises(InvalidStatus) as refused:
            _connect(on, on.a.chat, Origin=origin).close()
        assert refused.value.response.status_code == 403
    with _socket(on, on.a.chat, Origin=on.door.url) as socket:
        socket.send("x")
        assert json.loads(socket.recv(10))["event"] == "error"


def test_a_socket_whose_key_is_revoked_is_closed_within_five_seconds(on: Stage) -> None:
    with _socket(on, on.a.chat) as socket:
        digest = tenants.key_digest(on.a.chat)
        on.change("UPDATE api_keys SET revoked_at = now() WHERE digest = %s", digest)
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(5)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1008


def test_a_socket_that_leaves_frees_its_readers_and_its_turn_goes_on(on: Stage) -> None:
    with _socket(on, on.a.chat) as socket:
        socket.send(json.dumps(QUESTION))
        until(lambda: on.door.door.waiting.waited_for == 1)
    until(lambda: on.door.door.waiting.waited_for == 0)
    turn_id = on.worker.answer()
    with on.door.client(on.a.chat) as client:
        assert client.get(f"/turns/{turn_id}").json()["status"] == "answered"


def test_a_socket_that_takes_nothing_is_dropped(on: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "SEND_SECONDS", 0.5)
    with _socket(on, on.a.chat) as socket:
        # Its reader stops after the first frames, and so does everything behind it.
        socket.send(json.dumps(QUESTION))
        claim = on.worker.claim()
        begun, telling = on.worker.begin(claim)
        until(lambda: on.door.door.waiting.waited_for == 1)
        for _ in range(2_000):
            telling.emit(EventKind.ANSWER_DELTA, {"text": "x" * 10_000})
        until(lambda: on.door.door.waiting.waited_for == 0)
    on.worker.finish(claim, begun, telling)
    assert [line for line in on.logs if line["event"] == "http.reader_dropped"]
    assert not [line for line in on.logs if line["log_level"] == "error"]


def test_sockets_of_two_tenants_hear_only_their_own(on: Stage) -> None:
    with _socket(on, on.a.chat) as ours, _socket(on, on.b.chat) as theirs:
        for socket, tenant in ((ours, on.a), (theirs, on.b)):
            socket.send(json.dumps({"user_id": "1", "message": str(tenant.id), "ref": "same"}))
        until(lambda: on.turns() == 2)
        with on.worker.answering():
            heard = _until_the_end(ours), _until_the_end(theirs)
    for frames, tenant in zip(heard, (on.a, on.b), strict=True):
        assert frames[-1]["data"]["response"].endswith(str(tenant.id))
        assert len({frame["turn_id"] for frame in frames}) == 1


def test_a_door_that_stops_says_so(on: Stage) -> None:
    with _socket(on, on.a.chat) as socket:
        on.door.stop()
        with pytest.raises(ConnectionClosed) as closed:
            socket.recv(10)
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1012


def _connect(on: Stage, key: str | None, **headers: str) -> ClientConnection:
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    return connect(f"ws://127.0.0.1:{on.door.port}/ws/chat", additional_headers=headers, proxy=None)


@contextmanager
def _socket(on: Stage, key: str, **headers: str) -> Iterator[ClientConnection]:
    socket = _connect(on, key, **headers)
    try:
        yield socket
    finally:
        socket.close()


def _until_the_end(socket: ClientConnection) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1]["event"] not in ("turn.answered", "turn.failed"):
        frames.append(json.loads(socket.recv(10)))
    return frames
