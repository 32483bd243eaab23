"""Whose worker died twice is suspected: the last attempts come one at a time."""

from collections.abc import Iterator, Sequence
from uuid import UUID

import pytest

from backend.store import tasks, turns
from backend.store.database import Database
from backend.store.tasks import Claim
from tests.conftest import MigratedDatabase
from tests.integration.stage import a_record, a_tenant, ask, claim, opened, pass_time


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn) as app:
        yield app


@pytest.fixture(autouse=True)
def _a_database_that_has_been_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("expire", "exhausted"):
        sql = tasks._SQL[name].replace("pg_postmaster_start_time()", "'2000-01-01'::timestamptz")
        monkeypatch.setitem(tasks._SQL, name, sql)


def test_three_that_saw_two_workers_die_are_tried_one_after_the_other(
    database: MigratedDatabase, app: Database
) -> None:
    asked = questions(database, app, 3)
    assert set(die(database, app, [claim(app) for _ in asked])) == set(asked)

    first = die(database, app, [claim(app) for _ in asked])
    assert len(first) == 1
    suspect = claim(app)
    assert suspect.is_last
    assert tasks.claim(app, "interactive") is None
    # While it may still kill its worker, the others wait.
    assert tasks.expire(app) == []
    answer(app, suspect)

    second = tasks.expire(app)
    assert len(second) == 1
    # Waiting to be claimed is not over, either.
    assert tasks.expire(app) == []
    pass_time(database.owner_dsn, claim(app))
    assert tasks.expire(app) == []
    [taken_over] = tasks.exhausted(app)
    turns.record_failure(app, taken_over, "attempts_exhausted")

    third = tasks.expire(app)
    answer(app, claim(app))
    assert {*first, *second, *third} == set(asked)
    assert tasks.expire(app) == []


def test_a_suspect_delays_nobody_who_saw_one_worker_die(
    database: MigratedDatabase, app: Database
) -> None:
    [suspected] = questions(database, app, 1)
    for _ in range(tasks.ATTEMPTS - 1):
        assert die(database, app, [claim(app)]) == [suspected]
    assert claim(app).is_last
    others = questions(database, app, 2)
    assert set(die(database, app, [claim(app) for _ in others])) == set(others)
    assert {claim(app).turn_id for _ in others} == set(others)


def questions(database: MigratedDatabase, app: Database, number: int) -> list[UUID]:
    with opened(database.owner_dsn, size=2) as owner:
        tenant = a_tenant(owner)
    return [ask(app, tenant.id, user_id=str(person)).turn_id for person in range(number)]


def die(database: MigratedDatabase, app: Database, claims: Sequence[Claim]) -> list[UUID]:
    """The worker of these dies; the turns that are ready again after a sweep."""
    for each in claims:
        pass_time(database.owner_dsn, each)
    return tasks.expire(app)


def answer(app: Database, claimed: Claim) -> None:
    assert turns.begin(app, claimed) is not None
    turns.record_answer(app, claimed, a_record())
