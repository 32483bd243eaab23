"""Who may what: keys, scopes, and the wall between tenants on every route that takes an id."""

import socket
from collections.abc import Iterator
from datetime import date
from uuid import UUID

import httpx
import pytest

from backend.domain.identity import Scope
from backend.domain.usage import Usage
from backend.store import tenants
from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.integration.patience import until
from tests.integration.stage_worker import CANARY
from tests.services import MigratedDatabase

QUESTION = {"user_id": "123", "message": "oi"}
AT_ONCE = {"Prefer": "respond-async"}
ANY_ID = "01a20c78-d6cc-7477-b75e-e79927c08c79"

#: (method, path, the scopes that open it)
ROUTES = [
    ("POST", "/chat", {"chat", "admin"}),
    ("GET", f"/turns/{ANY_ID}", {"chat", "admin"}),
    ("GET", f"/turns/{ANY_ID}/events", {"chat", "admin"}),
    ("GET", f"/turns/{ANY_ID}/trace", {"operator", "admin"}),
    ("GET", "/conversations?user_id=1", {"chat", "operator", "admin"}),
    ("GET", "/conversations", {"operator", "admin"}),
    ("GET", f"/conversations/{ANY_ID}", {"chat", "operator", "admin"}),
    ("GET", "/turns", {"operator", "admin"}),
    ("GET", "/usage", {"operator", "admin"}),
    ("GET", "/queue", {"operator", "admin"}),
    ("PUT", "/users/1", {"admin"}),
    ("POST", "/v1/chat/completions", {"chat", "admin"}),
    ("GET", "/v1/models", {"chat", "admin"}),
    ("GET", "/v1/models/x", {"chat", "admin"}),
]

#: What stands in an Authorization header that names no key.
CREDENTIALS = [
    b"",
    b"Bearer",
    b"Bearer null",
    b"Bearer []",
    b"Bearer {}",
    b"Bearer undefined",
    b"bearer x y",
    b"Basic dXNlcjpwYXNz",
    b"Bearer ' OR '1'='1",
    b"Bearer '; DROP TABLE api_keys; --",
    b"Bearer %00",
    b"Bearer ../../etc/passwd",
    b"Bearer \xc3\xa7\xc3\xa3o",
    b"Bearer \xff\xfe",
    b"Bearer " + b"a" * 20_000,
    b"Token sc_x",
]


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(database, valkey) as opened:
        yield opened


def test_no_key_or_a_wrong_one_is_401(on: Stage, subtests: pytest.Subtests) -> None:
    with on.door.client() as client:
        for method, path, _ in ROUTES:
            with subtests.test(f"{method} {path}"):
                _is_unauthenticated(client.request(method, path, json=QUESTION))
        for value in CREDENTIALS:
            with subtests.test(value[:30].decode("latin-1")):
                headers = [(b"Authorization", value)]
                _is_unauthenticated(client.get("/usage", headers=headers))
        with subtests.test("two"):
            twice = [(b"Authorization", f"Bearer {on.a.admin}".encode())] * 2
            _is_unauthenticated(client.get("/usage", headers=twice))
        with subtests.test("in the address"):
            _is_unauthenticated(client.get(f"/usage?api_key={on.a.admin}&token={on.a.admin}"))


def test_a_scope_too_little_is_403(on: Stage, subtests: pytest.Subtests) -> None:
    for scope in ("chat", "operator", "admin"):
        with on.door.client(getattr(on.a, scope)) as client:
            for method, path, open_to in ROUTES:
                with subtests.test(f"{scope}: {method} {path}"):
                    # A body that says nothing: what the key opens gets as far as a 4xx of its own.
                    answer = client.request(method, path, json={})
                    assert (answer.status_code == 403) is (scope not in open_to), answer.text
                    assert answer.status_code < 500


def test_ids_of_another_tenant_are_404_and_lists_do_not_know_them(
    on: Stage, subtests: pytest.Subtests
) -> None:
    turn_id, conversation_id = _answered_turn(on)
    taking_ids = [
        f"/turns/{turn_id}",
        f"/turns/{turn_id}/events",
        f"/turns/{turn_id}/trace",
        f"/conversations/{conversation_id}",
    ]
    today = date.today().isoformat()  # noqa: DTZ011 - only a wide enough period
    listing = [
        "/conversations?user_id=123",
        "/conversations",
        "/turns?user_id=123",
        f"/usage?group_by=user&from=2026-01-01&to={today}",
    ]
    with on.door.client(on.a.admin) as owner, on.door.client(on.b.admin) as stranger:
        for path in taking_ids:
            with subtests.test(path):
                assert owner.get(path).status_code == 200
                theirs = stranger.get(path)
                nobodys = stranger.get(path.replace(str(turn_id), ANY_ID))
                assert theirs.status_code == 404
                assert CANARY not in theirs.text
                if str(turn_id) in path:
                    assert theirs.json() == nobodys.json()
        for path in listing:
            with subtests.test(path):
                assert "123" in owner.get(path).text
                answer = stranger.get(path)
                assert answer.status_code == 200
                assert str(conversation_id) not in answer.text
                assert '"key":"123"' not in answer.text


def test_a_name_that_two_tenants_use_is_two_people(on: Stage) -> None:
    turn_id, conversation_id = _answered_turn(on)
    with on.door.client(on.b.admin) as stranger:
        stranger.put("/users/123", json={"role": "manager", "name": "Outra"})
        # Another tenant's conversation id is but a name that nobody here has used.
        body = {**QUESTION, "conversation_id": str(conversation_id)}
        with on.worker.answer_soon():
            answer = stranger.post("/chat", json=body).json()

    assert answer["conversation_id"] != str(conversation_id)
    assert on.rows("SELECT role FROM persons") == [("unknown",), ("manager",)]
    with on.door.client(on.a.chat) as owner:
        turns = owner.get(f"/conversations/{conversation_id}").json()["turns"]
    assert [turn["turn_id"] for turn in turns] == [str(turn_id)]


def test_a_body_names_no_tenant(on: Stage) -> None:
    body = {**QUESTION, "metadata": {"tenant_id": str(on.b.id), "role": "manager"}}
    with on.door.client(on.a.chat) as client:
        assert client.post("/chat", json=body, headers=AT_ONCE).status_code == 202
    assert on.rows("SELECT tenant_id FROM turns") == [(on.a.id,)]


def test_a_revoked_key_is_refused_within_five_seconds_and_its_successor_works(on: Stage) -> None:
    with on.worker.database.tenant(on.a.id) as conn:
        tenants.add_api_key(conn, on.a.id, "sc_next", frozenset({Scope.OPERATOR}), "next")
    with on.door.client(on.a.operator) as old, on.door.client("sc_next") as new:
        assert old.get("/usage").status_code == new.get("/usage").status_code == 200
        digest = tenants.key_digest(on.a.operator)
        on.change("UPDATE api_keys SET revoked_at = now() WHERE digest = %s", digest)
        until(lambda: old.get("/usage").status_code == 401, seconds=5)
        assert new.get("/usage").status_code == 200


def test_callers_who_leave_at_any_moment_never_get_each_others_answers(on: Stage) -> None:
    """Many requests of two tenants, cut at odd moments, over shared connections and threads."""
    ids = {}
    for tenant in (on.a, on.b):
        with on.worker.answer_soon(), on.door.client(tenant.chat) as client:
            user = f"user-of-{tenant.id}"
            body = {"user_id": user, "message": f"{CANARY}{tenant.id}"}
            ids[tenant.id] = client.post("/chat", json=body).json()["turn_id"]

    for number in range(150):
        tenant = (on.a, on.b)[number % 2]
        head = (
            f"GET /turns/{ids[tenant.id]}/events HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {tenant.chat}\r\n\r\n"
        )
        with socket.create_connection(("127.0.0.1", on.door.port)) as connection:
            connection.sendall(head.encode())
            connection.settimeout(0.0005 * (number % 7) + 0.0001)
            try:
                received = connection.recv(65_536)
            except TimeoutError:
                continue
            other = (on.a, on.b)[(number + 1) % 2]
            assert str(other.id).encode() not in received

    for tenant in (on.a, on.b):
        with on.door.client(tenant.chat) as client:
            assert str(tenant.id) in client.get(f"/turns/{ids[tenant.id]}").text


def _answered_turn(on: Stage) -> tuple[UUID, UUID]:
    """A turn of tenant A with everything that can hang from one."""
    spent = Usage(llm_calls=1, input_tokens=7)
    with on.door.client(on.a.chat) as client, on.worker.answer_soon(tool=True, call=spent):
        answer = client.post("/chat", json=QUESTION).json()
    return UUID(answer["turn_id"]), UUID(answer["conversation_id"])


def _is_unauthenticated(answer: httpx.Response) -> None:
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    if answer.request.url.path.startswith("/v1/"):
        # In the words that OpenAI's clients read.
        assert answer.json()["error"]["code"] == "invalid_api_key"
        return
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "unauthenticated"
