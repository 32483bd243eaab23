"""The door asks a worker: what it does when nobody, or somebody else, or nothing is there."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.api import errands as asking
from backend.domain.errors import AttemptsExhausted
from backend.domain.identity import new_id
from backend.jobs.errand import Errands
from backend.store import errands, tasks
from backend.store.errands import Errand, Refusal
from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.integration.figures_stage import SECRET, Figures, figures_stage
from tests.integration.link import Link
from tests.integration.patience import until
from tests.integration.stage import a_tenant, claim, opened, pass_time

OCTOBER = {"metrics": ["revenue"], "from": "2026-10-01", "to": "2026-10-31"}
ASKED = Errand(kind="parse", asked={"question": "vendas"}, sealed=b"a login")


@pytest.fixture
def figures(database: MigratedDatabase, valkey: ValkeyUrl, tmp_path: Path) -> Iterator[Figures]:
    with figures_stage(database, valkey, tmp_path) as opened:
        yield opened


@pytest.fixture
def idle(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[Stage]:
    """A door with no worker behind it."""
    with stage(database, valkey, secret_key=SECRET) as opened:
        yield opened


def test_with_no_worker_the_door_says_so_and_keeps_nothing(
    idle: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PATIENCE_SECONDS", 0.5)
    body = {"name": "x", "engine": "sqlite", "dsn": f"sqlite:///{tmp_path}/x", "model": "x"}
    with idle.door.client(idle.a.admin) as client:
        answer = client.post("/data-sources", json=body)
    assert (answer.status_code, answer.json()["code"]) == (503, "workers_busy")
    assert int(answer.headers["Retry-After"]) > 0
    assert idle.rows("SELECT id FROM errands") == []
    # The worker that comes at last has nothing to do.
    claimed = idle.worker.claim()
    assert claimed.kind == "errand"
    with idle.worker.database.tenant(claimed.tenant_id) as conn:
        assert errands.find(conn, claimed) is None
    errands.answer(idle.worker.database, claimed, None)
    assert idle.rows("SELECT id FROM tasks") == []


def test_a_door_that_drains_lets_go_of_who_waits_for_a_worker(idle: Stage) -> None:
    idle.door.door.waiting.draining = True
    with idle.door.client(idle.a.admin) as client:
        answer = client.post(
            "/data-sources", json={"name": "x", "engine": "sqlite", "dsn": "x", "model": "x"}
        )
    assert (answer.status_code, answer.json()["code"]) == (503, "workers_busy")


def test_what_was_told_is_gone(figures: Figures) -> None:
    figures.add()
    assert figures.post("/metrics/query", OCTOBER).json()["rows"] == [{"revenue": 400}]
    assert figures.post("/metrics/query", {"metrics": ["profit"]}).status_code == 422
    assert figures.on.rows("SELECT id FROM errands") == []
    assert figures.on.rows("SELECT id FROM tasks") == []


def test_with_redis_away_a_worker_is_asked_all_the_same(
    database: MigratedDatabase, valkey: ValkeyUrl, tmp_path: Path
) -> None:
    with (
        Link(valkey.url) as link,
        figures_stage(database, valkey, tmp_path, redis_url=link.url) as figures,
    ):
        figures.add()
        until(lambda: figures.on.door.door.listener.connected)
        link.cut()
        assert figures.post("/metrics/query", OCTOBER).json()["rows"] == [{"revenue": 400}]


def test_a_fault_of_ours_is_500_and_says_nothing_of_it(
    figures: Figures, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures.add()

    def break_down(*_: object) -> None:
        raise RuntimeError("a secret of the inside")

    monkeypatch.setattr(Errands, "_answer", break_down)
    answer = figures.post("/metrics/query", OCTOBER)
    assert (answer.status_code, answer.json()["code"]) == (500, "attempts_exhausted")
    assert "inside" not in answer.text


def test_a_source_that_is_down_is_503_and_its_questions_can_still_be_read(
    figures: Figures,
) -> None:
    figures.add()
    (figures.folder / "shop.sqlite").rename(figures.folder / "elsewhere")
    answer = figures.post("/metrics/query", OCTOBER)
    assert (answer.status_code, answer.json()["code"]) == (503, "source_unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    assert str(figures.folder) not in answer.text
    reading = figures.post("/metrics/parse", {"question": "faturamento de outubro"}).json()
    assert reading["query"] == OCTOBER


def test_an_errand_is_taken_again_after_its_worker_fell_silent_and_closed_at_last(
    database: MigratedDatabase,
) -> None:
    with opened(database.app_dsn) as store:
        tenant, errand_id = a_tenant(store), new_id()
        errands.begin(store, tenant.id, errand_id, ASKED)
        returned = claim(store)
        with store.tenant(tenant.id) as conn:
            assert errands.find(conn, returned) == ASKED
        tasks.give_back(store, returned)
        for _ in range(tasks.ATTEMPTS - 1):
            claimed = claim(store)
            assert (claimed.kind, claimed.subject_id) == ("errand", errand_id)
            pass_time(database.owner_dsn, claimed)
            assert tasks.expire(store) == [errand_id] or claimed.is_last
        last = claim(store)
        pass_time(database.owner_dsn, last)
        [dead] = tasks.exhausted(store)
        assert errands.collect(store, tenant.id, errand_id) is None
        errands.refuse(store, dead, Refusal(code=AttemptsExhausted.code, detail="No."))
        told = errands.collect(store, tenant.id, errand_id)
        assert told is not None
        assert told.refusal is not None
        assert told.refusal.code == "attempts_exhausted"


def test_what_nobody_comes_back_for_is_forgotten(database: MigratedDatabase) -> None:
    with opened(database.app_dsn) as store:
        kept = []
        for tenant in (a_tenant(store, "A"), a_tenant(store, "B")):
            old, new = new_id(), new_id()
            for errand_id in (old, new):
                errands.begin(store, tenant.id, errand_id, ASKED)
            with store.tenant(tenant.id) as conn:
                conn.execute(
                    "UPDATE errands SET created_at = now() - interval '11 minutes' WHERE id = %s",
                    [old],
                )
            kept.append((tenant.id, new))
        errands.forget_abandoned(store)
        for tenant_id, new in kept:
            with store.tenant(tenant_id) as conn:
                assert conn.execute("SELECT id FROM errands").fetchall() == [{"id": new}]
