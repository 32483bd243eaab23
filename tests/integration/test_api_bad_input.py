"""Whatever is sent, the answer is a 4xx problem with a reason, and nothing is stored."""

import contextlib
import gzip
import json
import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from backend.api import bodies, protocols, served
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.services import MigratedDatabase

JSON = "application/json"


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


def _body(**members: Any) -> bytes:
    return json.dumps({"user_id": "1", "message": "oi", **members}).encode()


#: (what it is, body, content type, status)
BODIES: list[tuple[str, bytes, str, int]] = [
    ("empty", b"", JSON, 400),
    ("not JSON", b"user_id=1", JSON, 400),
    ("cut", _body()[:-3], JSON, 400),
    ("two values", _body() + _body(), JSON, 400),
    ("an array", b"[]", JSON, 400),
    ("null", b"null", JSON, 400),
    ("a string", b'"oi"', JSON, 400),
    ("no user", b'{"message": "oi"}', JSON, 400),
    ("no message", b'{"user_id": "1"}', JSON, 400),
    ("a number for a user", _body(user_id=1), JSON, 400),
    ("null for a user", _body(user_id=None), JSON, 400),
    ("an object for a message", _body(message={"text": "oi"}), JSON, 400),
    ("an empty user", _body(user_id=""), JSON, 400),
    ("a blank user", _body(user_id=" \t"), JSON, 400),
    ("a user of two lines", _body(user_id="a\nb"), JSON, 400),
    ("a user that ends its line", _body(user_id="a\n"), JSON, 400),
    ("a long user", _body(user_id="u" * 129), JSON, 400),
    ("an empty message", _body(message=""), JSON, 400),
    ("a blank message", _body(message=" \u00a0\u2003\n"), JSON, 400),
    ("a long message", _body(message="a" * 8_001), JSON, 400),
    ("an unknown member", _body(tenant_id="x"), JSON, 400),
    ("a privilege", _body(scopes=["admin"]), JSON, 400),
    ("a member twice", b'{"user_id": "1", "user_id": "2", "message": "oi"}', JSON, 400),
    ("a member twice below", b'{"user_id":"1","message":"oi","metadata":{"a":1,"a":2}}', JSON, 400),
    ("NUL in the message", _body(message="a\x00b"), JSON, 400),
    ("NUL in the user", _body(user_id="a\x00b"), JSON, 400),
    ("NUL in metadata", _body(metadata={"a": ["\x00"]}), JSON, 400),
    ("NUL in a name of metadata", _body(metadata={"\x00": 1}), JSON, 400),
    ("half a character", b'{"user_id": "1", "message": "\\ud83d"}', JSON, 400),
    (
        "half a character below",
        b'{"user_id":"1","message":"a","metadata":{"a":"\\udc00"}}',
        JSON,
        400,
    ),
    ("half a character as a name", b'{"user_id":"1","message":"a","\\ud800":1}', JSON, 400),
    ("invalid UTF-8", b'{"user_id": "1", "message": "\xff\xfe"}', JSON, 400),
    ("an encoded surrogate", b'{"user_id": "1", "message": "\xed\xa0\x80"}', JSON, 400),
    ("UTF-16", '{"user_id": "1", "message": "oi"}'.encode("utf-16"), JSON, 400),
    ("a byte order mark", b"\xef\xbb\xbf" + _body(), JSON, 400),
    ("NaN", b'{"user_id":"1","message":"a","metadata":{"a":NaN}}', JSON, 400),
    ("Infinity", b'{"user_id":"1","message":"a","metadata":{"a":-Infinity}}', JSON, 400),
    ("1e400", b'{"user_id":"1","message":"a","metadata":{"a":1e400}}', JSON, 400),
    ("a number of 5,000 digits", _body(metadata={"a": 0}).replace(b"0", b"9" * 5_000), JSON, 400),
    ("a number past 64 bits", _body(metadata={"a": 2**63}), JSON, 400),
    ("100,000 arrays in one", b"[" * 100_000 + b"]" * 100_000, JSON, 400),
    ("100,000 objects in one", b'{"a":' * 40_000 + b"1" + b"}" * 40_000, JSON, 400),
    ("deep metadata", _body(metadata=json.loads('{"a":' * 20 + "1" + "}" * 20)), JSON, 400),
    ("large metadata", _body(metadata={"a": "x" * 17_000}), JSON, 400),
    ("metadata that is none", _body(metadata=[1]), JSON, 400),
    ("a channel with a space", _body(channel="web chat"), JSON, 400),
    ("a channel that ends its line", _body(channel="web\n"), JSON, 400),
    ("an unknown agent", _body(agent="nobody"), JSON, 400),
    ("an unknown data source", _body(data_source="nowhere"), JSON, 400),
    ("SQL for a data source", _body(data_source="'; DROP TABLE turns; --"), JSON, 400),
    ("an empty conversation", _body(conversation_id=""), JSON, 400),
    ("a conversation with a NUL", _body(conversation_id="\x00"), JSON, 400),
    ("too much", _body(message="a" * 300_000), JSON, 413),
    ("nine megabytes", b" " * 9_000_000, JSON, 413),
    ("a form", b"user_id=1&message=oi", "application/x-www-form-urlencoded", 415),
    ("plain text", _body(), "text/plain", 415),
    ("latin-1", _body(), "application/json; charset=latin-1", 415),
    ("a multipart form", b"--x--", "multipart/form-data; boundary=x", 415),
]


def test_bodies(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.chat) as client:
        for name, body, kind, status in BODIES:
            with subtests.test(name):
                answer = client.post("/chat", content=body, headers={"Content-Type": kind})
                _is_problem(answer, status)
    assert on.turns() == 0


def test_bodies_that_are_large_and_right_are_taken(on: Stage) -> None:
    with on.door.client(on.a.chat) as client:
        for message in ("a" * 8_000, "👩‍👩‍👧‍👦" * 1_000, "é" + "\u0301" * 7_999, "\u202e" * 8_000):
            body = {"user_id": "ç" * 128, "message": message, "metadata": {"a": "x" * 16_000}}
            answer = client.post("/chat", json=body, headers={"Prefer": "respond-async"})
            assert answer.status_code == 202, answer.text


def test_a_body_that_is_sent_in_pieces_is_bounded_too(on: Stage) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(300):
            yield b" " * 1_024

    with on.door.client(on.a.chat) as client:
        answer = client.post("/chat", content=pieces(), headers={"Content-Type": JSON})
    _is_problem(answer, 413)


def test_compressed_bodies_are_not_inflated(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.chat) as client:
        for encoding in ("gzip", "br", "deflate", "zstd"):
            with subtests.test(encoding):
                headers = {"Content-Type": JSON, "Content-Encoding": encoding}
                answer = client.post("/chat", content=gzip.compress(_body()), headers=headers)
                _is_problem(answer, 415)


def test_idempotency_keys(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.chat) as client:
        for key in ("", "a b", "ç", "k" * 256, "a\tb"):
            with subtests.test(key):
                headers = [(b"Idempotency-Key", key.encode()), (b"Content-Type", JSON.encode())]
                _is_problem(client.post("/chat", content=_body(), headers=headers), 400)
    assert on.turns() == 0


NOWHERE = [
    "/turns/1",
    "/turns/not-a-uuid",
    "/turns/not-a-uuid/events",
    "/turns/%00",
    "/turns/01a20c78-d6cc-7477-b75e-e79927c08c79",
    "/turns/01a20c78-d6cc-7477-b75e-e79927c08c79/events",
    "/turns/01a20c78-d6cc-7477-b75e-e79927c08c79/trace",
    "/turns/01a20c78-d6cc-7477-b75e-e79927c08c79/feedback",
    "/conversations/x",
    "/conversations/'%20OR%201=1",
    "/conversations/01a20c78-d6cc-7477-b75e-e79927c08c79",
    "/nothing",
    "/chat/",
    "/../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/budgets",
    "/metrics/catalog",
    "/agents",
    "/budgets",
    "/schema",
    "/" + "a" * 10_000,
]

QUERIES = [
    "/conversations?user_id=",
    "/conversations?user_id=%00",
    "/conversations?user_id=a%0Ab",
    f"/conversations?user_id={'u' * 129}",
    "/conversations?limit=0",
    "/conversations?limit=101",
    "/conversations?limit=x",
    "/conversations?limit=1e9",
    "/conversations?cursor=x",
    "/conversations?cursor=%00",
    f"/conversations?cursor={'a' * 300}",
    "/conversations/01a20c78-d6cc-7477-b75e-e79927c08c79?after=-1",
    "/conversations/01a20c78-d6cc-7477-b75e-e79927c08c79?after=99999999999",
    "/conversations?from=2026-02-01&to=2026-01-01",
    "/conversations?to=9999-12-31",
    "/conversations?time_zone=localtime",
    "/conversations?channel=%00",
    "/turns?limit=101",
    "/turns?cursor=x",
    "/turns?from=2026-02-30",
    "/turns?from=2026-02-01&to=2026-01-01",
    "/turns?from=2020-01-01&to=2026-01-01",
    "/turns?from=0001-01-01&to=0001-01-01&time_zone=Asia/Tokyo",
    "/turns?time_zone=localtime",
    "/turns?status=open",
    "/turns?decision=sell",
    "/turns?has_error=yes",
    "/turns?conversation_id=1",
    "/turns?user_id=",
    "/turns?tool=%00",
    "/turns?model=a%0Ab",
    f"/turns?agent={'a' * 201}",
    "/usage?status=open",
    "/usage?channel=%00",
    f"/usage?user_id={'u' * 129}",
    "/usage?from=yesterday",
    "/usage?from=2026-02-30",
    "/usage?from=2026-02-01&to=2026-01-01",
    "/usage?from=0001-01-01&to=9999-12-31",
    "/usage?from=9999-12-31&to=9999-12-31",
    "/usage?from=0001-01-01&to=0001-01-01&time_zone=Asia/Tokyo",
    "/usage?group_by=tenant",
    "/usage?group_by=",
    "/usage?time_zone=Mars/Olympus",
    "/usage?time_zone=../../etc/passwd",
    "/usage?time_zone=America",
    "/usage?time_zone=%00",
    "/usage?time_zone=",
    # Names that a computer's own zone files have, and reports do not.
    "/usage?time_zone=localtime",
    "/usage?time_zone=posixrules",
    "/usage?time_zone=right/UTC",
    "/usage?group_by=day'%20--",
]

PEOPLE: list[dict[str, Any]] = [
    {},
    {"role": "owner"},
    {"role": None},
    {"role": "seller", "tenant_id": "x"},
    {"role": "seller", "attributes": {"a": 1}},
    {"role": "seller", "attributes": {"a": "\x00"}},
    {"role": "seller", "attributes": {"": "x"}},
    {"role": "seller", "attributes": {"a": "x" * 257}},
    {"role": "seller", "attributes": {str(number): "x" for number in range(51)}},
    {"role": "seller", "name": ""},
    {"role": "seller", "name": "a\x1bb"},
]


def test_paths_that_lead_nowhere(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.admin) as client:
        for target in NOWHERE:
            with subtests.test(target):
                _is_problem(client.get(target), 405 if target == "/chat/" else 404)


def test_queries(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.admin) as client:
        for target in QUERIES:
            with subtests.test(target):
                _is_problem(client.get(target), 400)


def test_places_to_resume_from(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.chat) as client:
        turn_id = client.post("/chat", content=_body(), headers=_AT_ONCE).json()["turn_id"]
        for place in ("x", "1", "1-", "-1-2", "1-2-3", "1" * 30 + "-1", "١-٢", "1-2\t3"):
            with subtests.test(place):
                headers = [(b"Last-Event-ID", place.encode())]
                _is_problem(client.get(f"/turns/{turn_id}/events", headers=headers), 400)


def test_people(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.admin) as client:
        for body in PEOPLE:
            with subtests.test(str(body)[:60]):
                _is_problem(client.put("/users/1", json=body), 400)
        for user_id in ("%00", "%0A", "u" * 129, "%20"):
            with subtests.test(user_id):
                _is_problem(client.put(f"/users/{user_id}", json={"role": "seller"}), 400)
    assert on.rows("SELECT id FROM persons") == []


def test_methods_that_a_path_does_not_have(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client(on.a.chat) as client:
        for method in ("GET", "PUT", "DELETE", "PATCH", "TRACE"):
            with subtests.test(method):
                answer = client.request(method, "/chat")
                _is_problem(answer, 405)
                assert answer.headers["Allow"] == "POST, OPTIONS"


HEADS = [
    b"GARBAGE\r\n\r\n",
    b"GET /livez HTTP/9.9\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nA: \x00\r\n\r\n",
    b"POST /chat HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /chat HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    b"GET /livez HTTP/1.1\r\nX: " + b"a" * 1_000_000,
    b"GET /livez HTTP/1.1\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
]


def test_heads_that_no_application_sees(on: Stage, subtests: pytest.Subtests) -> None:
    for head in HEADS:
        with (
            subtests.test(head[:40].decode()),
            socket.create_connection(("127.0.0.1", on.door.port), 10) as connection,
        ):
            connection.sendall(head)
            received = b""
            while not received.endswith(b"}"):
                received += connection.recv(65_536)
            top, _, body = received.partition(b"\r\n\r\n")
            assert top.split(b" ")[1] in (b"400", b"431")
            assert b"application/problem+json" in top.lower()
            assert json.loads(body)["code"] in ("invalid_request", "headers_too_large")


def test_heads_and_bodies_that_never_end_are_given_up(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocols, "HEAD_SECONDS", 0.2)
    monkeypatch.setattr(bodies, "ARRIVAL_SECONDS", 0.2)
    for beginning in (b"", b"GET /livez HTTP/1.1\r\nX-Slow: "):
        with socket.create_connection(("127.0.0.1", on.door.port), 10) as connection:
            connection.sendall(beginning)
            with contextlib.suppress(ConnectionResetError):
                assert connection.recv(1_024) == b""
    head = (
        f"POST /chat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {on.a.chat}\r\n"
        f"Content-Type: {JSON}\r\nContent-Length: 100\r\n\r\n{{"
    )
    with socket.create_connection(("127.0.0.1", on.door.port), 10) as connection:
        connection.sendall(head.encode())
        assert connection.recv(65_536).startswith(b"HTTP/1.1 408 ")
    assert on.turns() == 0


def test_more_requests_than_a_server_can_serve_are_told_to_come_back(
    on: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(served, "MOST_OPEN", 0)
    with on.door.client(on.a.chat) as client:
        answer = client.post("/chat", content=_body(), headers=_AT_ONCE)
    _is_problem(answer, 503)
    assert int(answer.headers["Retry-After"]) > 0
    assert on.turns() == 0


def test_a_head_that_is_large_but_whole_is_refused_too(on: Stage) -> None:
    with on.door.client(on.a.chat) as client:
        answer = client.get("/livez", headers={"X-Large": "a" * 40_000})
    _is_problem(answer, 431)


_AT_ONCE = {"Content-Type": JSON, "Prefer": "respond-async"}


def _is_problem(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["code"]
    assert problem["title"]
    assert problem["detail"]
    assert "Traceback" not in answer.text
    assert "/backend/" not in answer.text
