"""One heartbeat keeps alive what a process holds, and nothing else."""

from collections.abc import Callable, Iterator, Sequence

import psycopg
import pytest
from structlog.testing import capture_logs

from backend.domain.identity import TaskId
from backend.jobs import held
from backend.jobs.held import HeldClaims
from backend.store import tasks
from backend.store.database import Database
from backend.store.tasks import Claim
from tests.conftest import MigratedDatabase
from tests.integration.patience import until
from tests.integration.stage import a_tenant, ask, claim, opened, pass_time

LONG = 600.0
Renew = Callable[[Database, Sequence[Claim]], frozenset[TaskId]]


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn) as app:
        yield app


@pytest.fixture
def claimed(database: MigratedDatabase, app: Database) -> Sequence[Claim]:
    """Two claims of this process."""
    with opened(database.owner_dsn, size=2) as owner:
        tenant = a_tenant(owner)
        for user_id in ("1", "2"):
            ask(app, tenant.id, user_id=user_id)
    return claim(app), claim(app)


@pytest.fixture
def process(app: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldClaims]:
    monkeypatch.setattr(held, "HEARTBEAT_SECONDS", 0.02)
    process = HeldClaims(app)
    process.start()
    yield process
    process.stop()


def test_a_lease_lives_as_long_as_it_is_held(
    database: MigratedDatabase, process: HeldClaims, claimed: Sequence[Claim]
) -> None:
    mine, _ = claimed
    with process.holding(mine, LONG):
        lives_on(database, mine)
        assert process.claims() == [mine]
    assert process.claims() == []


def test_a_lease_is_left_to_run_out_at_its_deadline(
    database: MigratedDatabase, process: HeldClaims, claimed: Sequence[Claim]
) -> None:
    late, other = claimed
    with process.holding(late, 0), process.holding(other, LONG):
        pass_time(database.owner_dsn, late)
        # The beats that renew the other one leave this one alone.
        lives_on(database, other)
        assert not has_lease(database, late)


def test_an_older_attempt_that_ends_leaves_the_newer_one_held(
    database: MigratedDatabase, process: HeldClaims, claimed: Sequence[Claim], app: Database
) -> None:
    """A process that was stopped for long takes up again what its own thread still works on."""
    older, _ = claimed
    ending = process.holding(older, LONG)
    with ending:
        tasks.give_back(app, older)
        newer = claim(app)
        assert (newer.id, newer.attempt) == (older.id, older.attempt + 1)
        held_on = process.holding(newer, LONG)
        held_on.__enter__()
    assert process.claims() == [newer]
    lives_on(database, newer)
    held_on.__exit__(None, None, None)


def test_a_claim_that_another_took_over_is_told_once(
    database: MigratedDatabase, process: HeldClaims, claimed: Sequence[Claim], app: Database
) -> None:
    lost, other = claimed
    with process.holding(lost, LONG), process.holding(other, LONG), capture_logs() as logs:
        tasks.give_back(app, lost)
        claim(app)
        until(lambda: any(line["event"] == "claim.lost" for line in logs))
        for _ in range(3):
            lives_on(database, other)
    assert [line["task_id"] for line in logs if line["event"] == "claim.lost"] == [str(lost.id)]


def test_a_claim_that_ends_during_a_beat_is_not_told_as_lost(
    database: MigratedDatabase,
    process: HeldClaims,
    claimed: Sequence[Claim],
    app: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine, other = claimed
    renew: Renew = tasks.renew
    found: list[frozenset[TaskId]] = []

    def end_before(database: Database, claims: Sequence[Claim]) -> frozenset[TaskId]:
        if not found:
            with app.tenant(mine.tenant_id) as conn:
                tasks.finish(conn, mine)
        found.append(renew(database, claims))
        return found[-1]

    with process.holding(other, LONG), capture_logs() as logs:
        with process.holding(mine, LONG):
            monkeypatch.setattr(tasks, "renew", end_before)
            until(lambda: bool(found))
        for _ in range(3):
            lives_on(database, other)
    assert mine.id not in found[0]
    assert logs == []


def test_a_beat_that_breaks_is_not_the_last(
    database: MigratedDatabase,
    process: HeldClaims,
    claimed: Sequence[Claim],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mine, _ = claimed
    renew: Renew = tasks.renew
    broken: list[bool] = []

    def break_once(database: Database, claims: Sequence[Claim]) -> frozenset[TaskId]:
        if not broken:
            broken.append(True)
            raise RuntimeError("a fault that nobody foresaw")
        return renew(database, claims)

    monkeypatch.setattr(tasks, "renew", break_once)
    with process.holding(mine, LONG):
        until(lambda: bool(broken))
        lives_on(database, mine)


def lives_on(database: MigratedDatabase, claim: Claim) -> None:
    """Let its lease have run out, and wait for a beat to renew it."""
    pass_time(database.owner_dsn, claim)
    until(lambda: has_lease(database, claim))


def has_lease(database: MigratedDatabase, claim: Claim) -> bool:
    with psycopg.connect(database.owner_dsn) as conn:
        row = conn.execute(
            "SELECT lease_until > now() FROM tasks WHERE id = %s", [claim.id]
        ).fetchone()
    return row == (True,)
