"""Who may see and change data sources, and where their logins are never found."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from backend.store.seal import Seal
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.figures_stage import Figures, figures_stage, shop_in_postgres

QUERY = {"metrics": ["revenue"]}


@pytest.fixture
def figures(database: MigratedDatabase, valkey: ValkeyUrl, tmp_path: Path) -> Iterator[Figures]:
    with figures_stage(database, valkey, tmp_path) as opened:
        yield opened


def calls(figures: Figures, source_id: str) -> list[tuple[str, str, str, dict[str, Any] | None]]:
    """(scope, method, path, body) of every call about data sources and metrics."""
    return [
        ("admin", "GET", "/data-sources", None),
        ("admin", "POST", "/data-sources", figures.body("another")),
        ("admin", "PUT", f"/data-sources/{source_id}", figures.body()),
        ("admin", "POST", f"/data-sources/{source_id}/test", None),
        ("admin", "DELETE", f"/data-sources/{source_id}", None),
        ("operator", "GET", f"/metrics/catalog?data_source={source_id}", None),
        ("operator", "POST", "/metrics/query", {**QUERY, "data_source": source_id}),
        ("operator", "POST", "/metrics/parse", {"question": "vendas", "data_source": source_id}),
    ]


def test_a_scope_too_little_is_403_and_no_key_is_401(figures: Figures) -> None:
    tenant = figures.on.a
    source_id = figures.add()["id"]
    for scope, method, path, body in calls(figures, source_id):
        less = [tenant.chat] if scope == "operator" else [tenant.chat, tenant.operator]
        for key, status in (*((key, 403) for key in less), (None, 401), ("sc_nobody", 401)):
            with figures.on.door.client(key) as client:
                answer = client.request(method, path, json=body)
            assert answer.status_code == status, (method, path)
    assert figures.post("/metrics/query", QUERY).status_code == 200


def test_another_tenants_source_is_not_there(figures: Figures) -> None:
    source_id = figures.add()["id"]
    before = figures.on.rows("SELECT id, name, sealed_dsn, model, updated_at FROM data_sources")
    for _, method, path, body in calls(figures, source_id):
        if path != "/data-sources":
            with figures.on.door.client(figures.on.b.admin) as client:
                answer = client.request(method, path, json=body)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path
    with figures.on.door.client(figures.on.b.admin) as client:
        assert client.get("/data-sources").json() == {"data_sources": []}
        for reference in (source_id, "shop"):
            question = {"user_id": "1", "message": "oi", "data_source": reference}
            assert client.post("/chat", json=question).status_code == 400
        assert client.put(f"/data-sources/{uuid4()}", json=figures.body()).status_code == 404
    after = figures.on.rows("SELECT id, name, sealed_dsn, model, updated_at FROM data_sources")
    assert after == before


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "the twin without the seal"])
def test_a_login_is_nowhere_in_the_clear(
    database: MigratedDatabase,
    valkey: ValkeyUrl,
    tmp_path: Path,
    postgres: PostgresCluster,
    monkeypatch: pytest.MonkeyPatch,
    sealed: bool,
) -> None:
    """In no response, no log and no row, also of what is still asked of a worker."""
    if not sealed:
        monkeypatch.setattr(Seal, "close", lambda _, text: text.encode())
        monkeypatch.setattr(Seal, "open", lambda _, text: text.decode())
    with (
        shop_in_postgres(postgres) as (_, reader),
        figures_stage(database, valkey, tmp_path) as figures,
    ):
        # Its name is its password.
        password = reader.rpartition("/")[2]
        body = figures.body(engine="postgresql", dsn=reader)
        body["model"] = body["model"].replace(
            "relation: sold", "relation: sold\n    schema: public"
        )
        said = []
        with figures.on.door.client(figures.on.a.admin) as client:
            added = client.post("/data-sources", json=body)
            path = f"/data-sources/{added.json()['id']}"
            said += [added, client.put(path, json=body), client.post(f"{path}/test")]
            said += [client.get("/data-sources"), client.get("/metrics/catalog")]
            said += [client.post("/metrics/query", json=QUERY)]
            said += [client.post("/data-sources", json=body)]
            said += [client.post("/data-sources", json=body | {"model": "x", "name": "y"})]
            said += [client.post("/data-sources", json=body | {"name": password * 9})]
        assert [each.status_code for each in said] == [201, 200, 200, 200, 200, 200, 409, 422, 400]
        rows = everything(database.superuser_dsn)
        logs = json.dumps(figures.on.logs, default=str)
    assert all(password not in each.text for each in said)
    assert password not in logs
    assert "data_sources" in rows
    # Bytes are shown as hexadecimal.
    found = password in rows or password.encode().hex() in rows
    assert found is not sealed


def everything(dsn: str) -> str:
    """Every row of every table, as text."""
    with psycopg.connect(dsn) as conn:
        names = conn.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'"
        ).fetchall()
        return "\n".join(
            f"{name}: {row}"
            for (name,) in names
            for (row,) in conn.execute(f"SELECT t::text FROM {name} t").fetchall()
        )
