"""One heartbeat keeps alive what a process holds, and nothing else."""

import threading
import time
from collections.abc import Callable, Iterator

import psycopg
import pytest
from structlog.testing import capture_logs

from backend.jobs import held
from backend.jobs.held import HeldClaims
from backend.store import tasks
from backend.store.database import Database
from backend.store.tasks import Claim
from tests.conftest import MigratedDatabase
from tests.integration.stage import a_tenant, ask, claim, opened, pass_time

LONG = 600.0
PATIENCE_SECONDS = 10.0


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn) as app:
        yield app


@pytest.fixture
def claimed(database: MigratedDatabase, app: Database) -> Claim:
    with opened(database.owner_dsn, size=2) as owner:
        ask(app, a_tenant(owner).id)
    return claim(app)


@pytest.fixture
def process(app: Database, monkeypatch: pytest.MonkeyPatch) -> Iterator[HeldClaims]:
    monkeypatch.setattr(held, "HEARTBEAT_SECONDS", 0.02)
    process = HeldClaims(app)
    process.start()
    yield process
    process.stop()


def test_a_lease_lives_as_long_as_it_is_held(
    database: MigratedDatabase, process: HeldClaims, claimed: Claim
) -> None:
    with process.holding(claimed, LONG):
        pass_time(database.owner_dsn, claimed)
        until(lambda: seconds_left(database, claimed) > 0)
        assert process.claims() == [claimed]
    assert process.claims() == []


def test_a_lease_is_left_to_run_out_at_its_deadline(
    database: MigratedDatabase, process: HeldClaims, claimed: Claim, app: Database
) -> None:
    with opened(database.owner_dsn, size=2) as owner:
        ask(app, a_tenant(owner).id)
    other = claim(app)
    with process.holding(claimed, 0), process.holding(other, LONG):
        pass_time(database.owner_dsn, claimed)
        pass_time(database.owner_dsn, other)
        # The beat that renews the other one has left this one alone.
        until(lambda: seconds_left(database, other) > 0)
        assert seconds_left(database, claimed) < 0


def test_an_older_attempt_that_ends_leaves_the_newer_one_held(
    database: MigratedDatabase, process: HeldClaims, claimed: Claim, app: Database
) -> None:
    """A process that was stopped for long takes up again what its own thread still works on."""
    older, newer = process.holding(claimed, LONG), None
    with older:
        tasks.give_back(app, claimed)
        newer = claim(app)
        assert (newer.id, newer.attempt) == (claimed.id, 2)
        holding = process.holding(newer, LONG)
        holding.__enter__()
    try:
        assert process.claims() == [newer]
        pass_time(database.owner_dsn, newer)
        until(lambda: seconds_left(database, newer) > 0)
    finally:
        holding.__exit__(None, None, None)


def test_a_claim_that_another_took_over_is_told_once(
    process: HeldClaims, claimed: Claim, app: Database, beats: "Beats"
) -> None:
    with process.holding(claimed, LONG), capture_logs() as logs:
        tasks.give_back(app, claimed)
        claim(app)
        until(lambda: any(line["event"] == "claim.lost" for line in logs))
        beats.pass_by(3)
    [lost] = [line for line in logs if line["event"] == "claim.lost"]
    assert lost["task_id"] == str(claimed.id)


def test_a_claim_that_ends_during_a_beat_is_not_told_as_lost(
    process: HeldClaims, claimed: Claim, app: Database, beats: "Beats"
) -> None:
    with capture_logs() as logs:
        with process.holding(claimed, LONG), app.tenant(claimed.tenant_id) as conn:
            with beats.held_up():
                tasks.finish(conn, claimed)
                conn.commit()
        beats.pass_by(3)
    assert [line["event"] for line in logs] == []


def test_a_beat_that_breaks_is_not_the_last(
    database: MigratedDatabase,
    process: HeldClaims,
    claimed: Claim,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    renew = tasks.renew
    broken: list[bool] = []

    def break_once(*args: object) -> object:
        if not broken:
            broken.append(True)
            raise RuntimeError("a fault that nobody foresaw")
        return renew(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(tasks, "renew", break_once)
    with process.holding(claimed, LONG):
        until(lambda: bool(broken))
        pass_time(database.owner_dsn, claimed)
        until(lambda: seconds_left(database, claimed) > 0)


class Beats:
    """Counts a process's beats, and holds one up between its snapshot and its question."""

    def __init__(self) -> None:
        self._open = threading.Event()
        self._open.set()
        self._count = 0

    def renew(self, database: Database, held: list[Claim]) -> frozenset[object]:
        self._count += 1
        self._open.wait()
        return frozenset(tasks_renew(database, held))

    def pass_by(self, number: int) -> None:
        """Wait until so many more beats have begun."""
        begun = self._count
        until(lambda: self._count >= begun + number)
