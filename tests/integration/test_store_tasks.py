"""Tasks: claimed once, fenced, fairly shared, in their conversation's order, and found when lost."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from backend.domain.errors import ClaimLost
from backend.domain.identity import TurnId
from backend.domain.turns import TurnStatus
from backend.store import tasks, turns
from backend.store.database import Database
from backend.store.tasks import Overdue
from tests.conftest import MigratedDatabase
from tests.integration.stage import a_record, a_tenant, ask, claim, opened, pass_time


@pytest.fixture
def owner(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.owner_dsn, size=2) as owner:
        yield owner


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn) as app:
        yield app


@pytest.fixture(autouse=True)
def _a_database_that_has_been_up_for_long(
    database: MigratedDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The grace after a restart is tested on real processes; here the suite's Postgres is young.
    for name in ("expire", "exhausted"):
        sql = tasks._SQL[name].replace("pg_postmaster_start_time()", "'2000-01-01'::timestamptz")
        monkeypatch.setitem(tasks._SQL, name, sql)


def test_a_question_is_claimed_once_however_many_ask(app: Database, owner: Database) -> None:
    tenant = a_tenant(owner)
    for person in range(20):
        ask(app, tenant.id, user_id=str(person))
    start = threading.Barrier(8)

    def take() -> list[TurnId]:
        start.wait()
        mine = []
        while (found := tasks.claim(app, "interactive")) is not None:
            mine.append(found.turn_id)
        return mine

    with ThreadPoolExecutor(8) as pool:
        taken = [turn for mine in pool.map(lambda _: take(), range(8)) for turn in mine]
    assert len(taken) == len(set(taken)) == 20


def test_a_conversations_turns_run_one_after_the_other(app: Database, owner: Database) -> None:
    tenant = a_tenant(owner)
    asked = [ask(app, tenant.id, f"pergunta {n}") for n in range(3)]
    assert [accepted.ready for accepted in asked] == [True, False, False]
    for accepted in asked:
        claimed = claim(app)
        assert claimed.turn_id == accepted.turn_id
        assert tasks.claim(app, "interactive") is None
        assert turns.begin(app, claimed) is not None
        turns.record_answer(app, claimed, a_record())


def test_a_failed_turn_lets_its_successor_go_on(app: Database, owner: Database) -> None:
    tenant = a_tenant(owner)
    first, second = ask(app, tenant.id, "a"), ask(app, tenant.id, "b")
    claimed = claim(app)
    turns.begin(app, claimed)
    assert turns.record_failure(app, claimed, "model_unavailable") == "interactive"
    assert claim(app).turn_id == second.turn_id
    failed = turns.find(app, tenant.id, first.turn_id)
    assert failed is not None
    assert (failed.status, failed.error_code) == (TurnStatus.FAILED, "model_unavailable")


def test_an_older_claimant_cannot_write_over_its_successor(
    database: MigratedDatabase, app: Database, owner: Database
) -> None:
    tenant = a_tenant(owner)
    accepted = ask(app, tenant.id)
    slow = claim(app)
    turns.begin(app, slow)
    pass_time(database.owner_dsn, slow)
    assert tasks.expire(app) == [accepted.turn_id]
    fast = claim(app)
    assert (fast.attempt, fast.failures) == (2, 1)
    assert turns.begin(app, fast) is not None

    with pytest.raises(ClaimLost):
        turns.record_answer(app, slow, a_record("tarde demais"))
    with pytest.raises(ClaimLost):
        turns.record_failure(app, slow, "internal")
    assert tasks.renew(app, [slow]) == frozenset()
    tasks.give_back(app, slow)  # changes nothing

    turns.record_answer(app, fast, a_record("certo"))
    turn = turns.find(app, tenant.id, accepted.turn_id)
    assert turn is not None
    assert turn.answer is not None
    assert turn.answer["response"] == "certo"


def test_a_commit_whose_reply_was_lost_may_be_repeated(app: Database, owner: Database) -> None:
    tenant = a_tenant(owner)
    ask(app, tenant.id)
    claimed = claim(app)
    turns.begin(app, claimed)
    first = turns.record_answer(app, claimed, a_record())
    again = turns.record_answer(app, claimed, a_record("outra coisa"))
    assert again.body == first.body
    with app.tenant(tenant.id) as conn:
        rows = conn.execute("SELECT author FROM messages ORDER BY id").fetchall()
    assert [row["author"] for row in rows] == ["user", "agent"]


def test_a_task_given_back_is_not_counted_and_a_failure_is(app: Database, owner: Database) -> None:
    tenant = a_tenant(owner)
    ask(app, tenant.id)
    tasks.give_back(app, claim(app))
    second = claim(app)
    assert (second.attempt, second.failures) == (2, 0)
    tasks.retry(app, second, delay=timedelta(0), error_code="internal")
    third = claim(app)
    assert (third.attempt, third.failures, third.is_last) == (3, 1, False)


def test_a_turn_that_falls_silent_three_times_is_taken_over_to_be_closed(
    database: MigratedDatabase, app: Database, owner: Database
) -> None:
    tenant = a_tenant(owner)
    accepted = ask(app, tenant.id)
    for _ in range(tasks.ATTEMPTS - 1):
        pass_time(database.owner_dsn, claim(app))
        assert tasks.expire(app) == [accepted.turn_id]
    last = claim(app)
    assert last.is_last
    pass_time(database.owner_dsn, last)
    assert tasks.expire(app) == []
    [taken_over] = tasks.exhausted(app)
    turns.record_failure(app, taken_over, "attempts_exhausted")
    turn = turns.find(app, tenant.id, accepted.turn_id)
    assert turn is not None
    assert turn.status == TurnStatus.FAILED


def test_one_tenants_backlog_does_not_delay_another(app: Database, owner: Database) -> None:
    noisy, quiet = a_tenant(owner), a_tenant(owner)
    for person in range(60):
        ask(app, noisy.id, user_id=str(person))
    for _ in range(10):
        assert claim(app).tenant_id == noisy.id
    for person in range(5):
        ask(app, quiet.id, user_id=str(person))
    # The quiet tenant has none running, so all of its five come first.
    assert [claim(app).tenant_id for _ in range(5)] == [quiet.id] * 5
    assert claim(app).tenant_id == noisy.id


def test_who_answers_goes_on_to_remember_and_the_bulk_lane_takes_over_from_the_silent(
    database: MigratedDatabase, app: Database, owner: Database
) -> None:
    tenant = a_tenant(owner)
    accepted = ask(app, tenant.id)
    claimed = claim(app)
    turns.begin(app, claimed)
    follow_up = turns.record_answer(app, claimed, a_record()).follow_up
    assert follow_up is not None
    assert follow_up.kind == "remember"
    assert tasks.claim(app, "interactive") is None
    assert tasks.claim(app, "bulk") is None

    pass_time(database.owner_dsn, follow_up)
    assert tasks.expire(app) == [accepted.turn_id]
    taken_over = claim(app, "bulk")
    assert (taken_over.id, taken_over.attempt) == (follow_up.id, follow_up.attempt + 1)


def test_a_task_nobody_was_told_of_is_rung_for_and_not_endlessly(
    database: MigratedDatabase, app: Database, owner: Database
) -> None:
    tenant = a_tenant(owner)
    ask(app, tenant.id)
    assert tasks.overdue(app) == []
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("UPDATE tasks SET rung_at = now() - interval '3 seconds'")
    assert tasks.overdue(app) == [Overdue(lane="interactive", told=True)]
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("UPDATE tasks SET rung_at = now() - interval '3 seconds'")
    assert tasks.overdue(app) == []


def test_depth_is_told_from_the_rows(app: Database, owner: Database) -> None:
    tenant = a_tenant(owner)
    ask(app, tenant.id, "a")
    ask(app, tenant.id, "b")
    depth = {(row.lane, row.state): row.tasks for row in tasks.depth(app)}
    assert depth == {("interactive", "ready"): 1, ("interactive", "waiting"): 1}


def test_order_follows_the_conversation_and_not_the_clocks_of_the_doors(
    database: MigratedDatabase, app: Database, owner: Database
) -> None:
    tenant = a_tenant(owner)
    first, second, third = (ask(app, tenant.id, f"pergunta {n}") for n in range(3))
    with psycopg.connect(database.owner_dsn) as conn:
        # As if the second had come through a door whose clock is ahead, with a later id.
        conn.execute(
            "UPDATE tasks SET id = 'ffffffff-ffff-7fff-bfff-ffffffffffff' WHERE subject_id = %s",
            [second.turn_id],
        )
    for accepted in (first, second, third):
        claimed = claim(app)
        assert claimed.turn_id == accepted.turn_id
        assert turns.begin(app, claimed) is not None
        turns.record_answer(app, claimed, a_record())
