"""Facts over HTTP: listed with their history, written, corrected and deleted by hand, by their own tenant."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx
import pytest

from backend.domain.facts import TEXT_CHARACTERS
from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.api_stage import Stage, stage


@pytest.fixture(scope="module")
def on(module_database: MigratedDatabase, _valkey: ValkeyUrl) -> Iterator[Stage]:
    with stage(module_database, _valkey) as on:
        yield on


@pytest.fixture
def ana(on: Stage) -> str:
    """A user of tenant A, by a name that needs escaping."""
    return a_user(on, on.a.admin)


def a_user(on: Stage, key: str) -> str:
    name = f"ana-{uuid4().hex[:8]}"
    with on.door.client(key) as client:
        assert client.put(f"/users/{name}", json={"role": "seller"}).status_code == 200
    return name


def call(
    on: Stage, method: str, path: str, *, key: str | None = None, **more: Any
) -> httpx.Response:
    with on.door.client(key or on.a.admin) as client:
        return client.request(method, path, **more)


def add(on: Stage, user: str, text: str, **more: Any) -> dict[str, Any]:
    answer = call(on, "POST", f"/users/{user}/facts", json={"text": text, **more})
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


def items(on: Stage, user: str, **params: Any) -> list[dict[str, Any]]:
    answer = call(on, "GET", f"/users/{user}/facts", key=on.a.operator, params=params)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


def test_a_fact_is_written_corrected_and_deleted(on: Stage, ana: str) -> None:
    first = add(on, ana, "Orçamento até R$ 50 mil", topic="budget")
    assert (first["subject"], first["by"], first["valid_to"]) == ("self", "operator", None)
    assert first["source_turn_id"] is None

    path = f"/users/{ana}/facts/{first['id']}"
    second = call(on, "PATCH", path, json={"text": "Orçamento até R$ 80 mil"}).json()
    assert (second["topic"], second["text"]) == ("budget", "Orçamento até R$ 80 mil")
    assert [fact["id"] for fact in items(on, ana)] == [second["id"]]
    [_, closed] = items(on, ana, history=True)
    assert (closed["id"], closed["superseded_by"]) == (first["id"], second["id"])
    assert closed["valid_to"] == second["valid_from"]

    again = call(on, "PATCH", path, json={"text": "Orçamento até R$ 90 mil"})
    assert (again.status_code, again.json()["code"]) == (409, "fact_closed")
    for fact in (first, second):
        gone = call(on, "DELETE", f"/users/{ana}/facts/{fact['id']}")
        assert (gone.status_code, gone.content) == (204, b"")
    assert items(on, ana, history=True) == []


def test_a_newer_one_of_a_topic_replaces_and_one_of_its_own_does_not(on: Stage, ana: str) -> None:
    add(on, ana, "até 50 mil", topic="Orçamento")
    add(on, ana, "até 80 mil", topic="orcamento")
    add(on, ana, "gosta de café")
    add(on, ana, "gosta de chá")
    add(on, ana, "fecha às segundas", subject="Padaria Sol", topic="fecha")
    assert [fact["text"] for fact in items(on, ana)] == [
        "fecha às segundas",
        "gosta de chá",
        "gosta de café",
        "até 80 mil",
    ]


def test_the_same_twice_is_one(on: Stage, ana: str) -> None:
    first = add(on, ana, "gosta de café")
    assert add(on, ana, "Gosta de café!")["id"] == first["id"]
    assert len(items(on, ana, history=True)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "  "},
        {"text": "…"},
        {"text": "a\x00b"},
        {"text": "x" * (TEXT_CHARACTERS + 1)},
        {"text": "x", "subject": ""},
        {"text": "x", "topic": " "},
        {"text": "x", "by": "rules"},
        {"text": 5},
    ],
)
def test_what_is_no_fact_is_refused(on: Stage, ana: str, body: dict[str, Any]) -> None:
    answer = call(on, "POST", f"/users/{ana}/facts", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert items(on, ana) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/users/nobody/facts"),
        ("POST", "/users/nobody/facts"),
        ("PATCH", "/users/nobody/facts/{fact}"),
        ("DELETE", "/users/nobody/facts/{fact}"),
        ("PATCH", "/users/{user}/facts/{other}"),
        ("DELETE", "/users/{user}/facts/{other}"),
        ("DELETE", "/users/{user}/facts/not-an-id"),
    ],
)
def test_whom_or_what_nobody_knows_is_not_found(
    on: Stage, ana: str, method: str, path: str
) -> None:
    fact = add(on, ana, "gosta de café")
    where = path.format(user=ana, fact=fact["id"], other=uuid4())
    answer = call(on, method, where, json={"text": "x"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert len(items(on, ana)) == 1


def test_another_tenant_and_another_user_reach_nothing(on: Stage, ana: str) -> None:
    fact = add(on, ana, "gosta de café-canário")
    ivo = a_user(on, on.a.admin)
    for key, user in ((on.b.admin, ana), (on.a.admin, ivo)):
        path = f"/users/{user}/facts/{fact['id']}"
        assert call(on, "PATCH", path, key=key, json={"text": "x"}).status_code == 404
        assert call(on, "DELETE", path, key=key).status_code == 404
        assert "canário" not in call(on, "GET", f"/users/{user}/facts", key=key).text
    # The twin: the same calls by whom it belongs to.
    assert call(on, "DELETE", f"/users/{ana}/facts/{fact['id']}").status_code == 204


def test_a_scope_too_little_is_refused(on: Stage, ana: str) -> None:
    fact = add(on, ana, "gosta de café")
    path = f"/users/{ana}/facts"
    assert call(on, "GET", path, key=on.a.chat).status_code == 403
    for method, where in (("POST", path), ("PATCH", f"{path}/{fact['id']}")):
        answer = call(on, method, where, key=on.a.operator, json={"text": "x"})
        assert answer.status_code == 403
    assert call(on, "DELETE", f"{path}/{fact['id']}", key=on.a.operator).status_code == 403
    assert len(items(on, ana)) == 1


def test_a_method_that_is_none_names_those_that_are(on: Stage, ana: str) -> None:
    answer = call(on, "PUT", f"/users/{ana}/facts/{uuid4()}")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) >= {"PATCH", "DELETE"}
