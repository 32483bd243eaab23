"""A client's database comes over HTTP: examined, stored, asked about, replaced, tested, forgotten."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from backend.semantic import examination
from backend.store import tenants
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.figures_stage import MODEL, SALES, Figures, figures_stage, shop_in_postgres
from tests.integration.three_engines import into_duckdb, into_folder

OCTOBER = {"metrics": ["revenue"], "from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture
def figures(database: MigratedDatabase, valkey: ValkeyUrl, tmp_path: Path) -> Iterator[Figures]:
    with figures_stage(database, valkey, tmp_path) as opened:
        yield opened


@pytest.fixture
def admin(figures: Figures) -> Iterator[httpx.Client]:
    with figures.on.door.client(figures.on.a.admin) as client:
        yield client


def listed(admin: httpx.Client) -> dict[str, bool]:
    """Name -> whether it is the default."""
    return {
        each["name"]: each["default"] for each in admin.get("/data-sources").json()["data_sources"]
    }


def test_what_was_added_is_asked_about_by_name_by_id_and_in_conversation(figures: Figures) -> None:
    added = figures.add()
    figures.add("other", model=MODEL.replace("sum(amount)", "count(*)"))
    assert set(added) == {"id", "name", "engine", "default", "updated_at"}
    for reference in ("shop", added["id"], None):
        answer = figures.post("/metrics/query", {**OCTOBER, "data_source": reference}).json()
        assert answer["rows"] == [{"revenue": 400}]
    other = figures.post("/metrics/query", {**OCTOBER, "data_source": "other"}).json()
    assert other["rows"] == [{"revenue": 3}]

    with figures.on.door.client(figures.on.a.admin) as client:
        client.put("/users/ana", json={"role": "manager"})
    for reference in ("shop", added["id"]):
        question = {
            "user_id": "ana",
            "message": "qual foi o faturamento de outubro?",
            "data_source": reference,
        }
        body = figures.post("/chat", question, key=figures.on.a.chat).json()
        assert [each["value"] for each in body["figures"]] == [400], body


def test_a_tenant_has_one_default_and_the_first_source_is_it(
    figures: Figures, admin: httpx.Client
) -> None:
    first = figures.add("first")
    assert first["default"] is True
    second, third = figures.add("second"), figures.add("third", default=True)
    assert (second["default"], third["default"]) == (False, True)
    assert listed(admin) == {"first": False, "second": False, "third": True}

    # What is silent about it leaves it as it was.
    changed = admin.put(f"/data-sources/{first['id']}", json=figures.body("first"))
    assert (changed.status_code, changed.json()["default"]) == (200, False)
    changed = admin.put(f"/data-sources/{first['id']}", json=figures.body("first", default=True))
    assert listed(admin) == {"first": True, "second": False, "third": False}

    assert admin.delete(f"/data-sources/{first['id']}").status_code == 204
    assert listed(admin) == {"second": True, "third": False}
    assert figures.post("/metrics/query", OCTOBER).json()["provenance"]["source"] == "second"
    assert admin.delete(f"/data-sources/{first['id']}").status_code == 404

    # No to the only one is no answer; with others the oldest of them becomes it.
    for path, name in ((second, "second"), (third, "third")):
        body = figures.body(name, default=False)
        assert admin.put(f"/data-sources/{path['id']}", json=body).json()["default"] is False
    assert listed(admin) == {"second": True, "third": False}
    admin.delete(f"/data-sources/{third['id']}")
    only = admin.put(f"/data-sources/{second['id']}", json=figures.body("second", default=False))
    assert only.json()["default"] is True
    admin.delete(f"/data-sources/{second['id']}")
    assert figures.post("/metrics/query", OCTOBER).status_code == 404


def test_a_name_is_taken_once(figures: Figures, admin: httpx.Client) -> None:
    figures.add("one")
    two = figures.add("two")
    again = admin.post("/data-sources", json=figures.body("one"))
    renamed = admin.put(f"/data-sources/{two['id']}", json=figures.body("two") | {"name": "one"})
    assert [(each.status_code, each.json()["code"]) for each in (again, renamed)] == [
        (409, "name_taken")
    ] * 2
    assert set(listed(admin)) == {"one", "two"}


def test_a_replaced_source_is_used_at_once_and_its_login_may_stay(
    figures: Figures, admin: httpx.Client
) -> None:
    path = f"/data-sources/{figures.add()['id']}"
    assert figures.post("/metrics/query", OCTOBER).json()["rows"] == [{"revenue": 400}]

    body = figures.body(model=MODEL.replace("sum(amount)", "max(amount)"))
    del body["dsn"]
    assert admin.put(path, json=body).status_code == 200
    assert figures.post("/metrics/query", OCTOBER).json()["rows"] == [{"revenue": 250.5}]

    # One that cannot be used changes nothing.
    assert admin.put(path, json=body | {"model": "name: x"}).json()["code"] == "model_invalid"
    assert figures.post("/metrics/query", OCTOBER).json()["rows"] == [{"revenue": 250.5}]


def test_a_login_that_can_write_is_refused_and_one_that_reads_is_taken(
    figures: Figures, admin: httpx.Client, postgres: PostgresCluster
) -> None:
    with shop_in_postgres(postgres) as (owner, reader):
        body = figures.body(
            engine="postgresql",
            model=MODEL.replace("relation: sold", "relation: sold\n    schema: public"),
        )
        refused = admin.post("/data-sources", json=body | {"dsn": owner})
        assert (refused.status_code, refused.json()["code"]) == (422, "login_can_write")
        assert any("may write to public.sold" in each for each in refused.json()["problems"])
        assert listed(admin) == {}

        with_driver = reader.replace("postgresql://", "postgresql+psycopg://")
        for name, dsn in (("plain", reader), ("as SQLAlchemy writes it", with_driver)):
            taken = admin.post("/data-sources", json=body | {"dsn": dsn, "name": name})
            assert taken.status_code == 201, taken.text
            rows = figures.post("/metrics/query", {**OCTOBER, "data_source": name}).json()["rows"]
            assert rows == [{"revenue": 400}]
            tested = admin.post(f"/data-sources/{taken.json()['id']}/test").json()
            assert tested == {"ok": True, "connected": True, "read_only": True, "problems": []}


def test_duckdb_files_and_folders_are_sources(figures: Figures) -> None:
    into_duckdb(figures.folder / "shop.duckdb", [SALES])
    into_folder(figures.folder / "folder", [SALES])
    for name in ("shop.duckdb", "folder"):
        figures.add(name, engine="duckdb", dsn=f"duckdb:///{figures.folder / name}")
        answer = figures.post("/metrics/query", {**OCTOBER, "data_source": name}).json()
        assert answer["rows"] == [{"revenue": 400}], answer


def test_a_test_looks_at_the_source_now(figures: Figures, admin: httpx.Client) -> None:
    path = f"/data-sources/{figures.add()['id']}/test"
    assert admin.post(path).json()["ok"] is True
    (figures.folder / "shop.sqlite").unlink()
    told = admin.post(path)
    assert told.status_code == 200
    assert told.json()["ok"] is told.json()["connected"] is False
    assert [each["code"] for each in told.json()["problems"]] == ["source_unreachable"]


def test_a_source_that_is_too_slow_to_look_at_is_told_as_such(
    figures: Figures, admin: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(examination, "MODEL_SECONDS", 0.0)
    answer = admin.post("/data-sources", json=figures.body())
    assert (answer.status_code, answer.json()["code"]) == (422, "source_too_slow")
    assert len(answer.json()["problems"]) == 1


def test_of_several_defaults_at_once_one_remains(figures: Figures, admin: httpx.Client) -> None:
    bodies = [figures.body(f"shop {number}", default=True) for number in range(8)]
    with ThreadPoolExecutor() as pool:
        added = list(pool.map(lambda body: admin.post("/data-sources", json=body), bodies))
    assert {each.status_code for each in added} == {201}
    assert sum(listed(admin).values()) == 1


def test_a_seed_that_comes_again_leaves_the_default_that_was_chosen(
    figures: Figures, admin: httpx.Client
) -> None:
    def seed() -> None:
        with figures.on.worker.database.tenant(figures.on.a.id) as conn:
            tenants.add_data_source(
                conn, figures.on.a.id, name="demo", sealed_dsn=b"x", model="x", is_default=True
            )

    seed()
    assert listed(admin) == {"demo": True}
    figures.add(default=True)
    seed()
    assert listed(admin) == {"demo": False, "shop": True}


def test_a_login_sealed_under_another_key_is_told_as_such(
    figures: Figures, admin: httpx.Client
) -> None:
    added = figures.add()
    with figures.on.worker.database.tenant(figures.on.a.id) as conn:
        conn.execute("UPDATE data_sources SET sealed_dsn = 'x', updated_at = now()")
    told = admin.post(f"/data-sources/{added['id']}/test").json()
    assert [each["code"] for each in told["problems"]] == ["login_unreadable"]
    answer = figures.post("/metrics/query", OCTOBER)
    assert (answer.status_code, answer.json()["code"]) == (422, "login_unreadable")
