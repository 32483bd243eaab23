"""A question is stored once, in its person's conversation, whoever repeats it."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from backend.domain.errors import IdempotencyConflict, InvalidRequest, StoreUnavailable
from backend.domain.identity import TurnId, new_id
from backend.store import submissions
from backend.store.database import Database
from tests.conftest import MigratedDatabase
from tests.integration.stage import Tenant, a_tenant, ask, opened


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn) as app:
        yield app


@pytest.fixture
def tenant(database: MigratedDatabase) -> Tenant:
    with opened(database.owner_dsn, size=1) as owner:
        return a_tenant(owner)


def conversations(app: Database, tenant: Tenant) -> list[Any]:
    with app.tenant(tenant.id) as conn:
        return conn.execute("SELECT * FROM conversations ORDER BY id").fetchall()


def test_the_same_key_and_body_make_one_turn_however_simultaneously(
    app: Database, tenant: Tenant
) -> None:
    with ThreadPoolExecutor(10) as pool:
        accepted = list(pool.map(lambda _: ask(app, tenant.id, key="wamid.1"), range(50)))
    assert len({each.turn_id for each in accepted}) == 1
    assert sum(not each.repeated for each in accepted) == 1


def test_the_same_key_with_another_body_is_refused_and_leaves_nothing(
    app: Database, tenant: Tenant
) -> None:
    ask(app, tenant.id, "uma", key="k")
    with pytest.raises(IdempotencyConflict):
        ask(app, tenant.id, "outra", key="k")
    assert [row["last_seq"] for row in conversations(app, tenant)] == [1]


def test_a_key_is_the_tenants_own(
    app: Database, tenant: Tenant, database: MigratedDatabase
) -> None:
    with opened(database.owner_dsn, size=1) as owner:
        other = a_tenant(owner)
    assert ask(app, tenant.id, key="k").turn_id != ask(app, other.id, key="k").turn_id


def test_an_old_key_may_be_used_again(
    app: Database, tenant: Tenant, database: MigratedDatabase
) -> None:
    first = ask(app, tenant.id, key="k")
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("SELECT set_config('app.tenant_id', %s, false)", [str(tenant.id)])
        conn.execute("UPDATE idempotency_keys SET created_at = now() - interval '8 days'")
    assert ask(app, tenant.id, "outra", key="k").turn_id != first.turn_id


def test_a_persons_first_messages_share_one_conversation_even_at_once(
    app: Database, tenant: Tenant
) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: ask(app, tenant.id, f"oi {n}"), range(8)))
    [conversation] = conversations(app, tenant)
    assert conversation["last_seq"] == 8


def test_a_conversation_goes_on_until_it_was_silent_for_a_day(
    app: Database, tenant: Tenant, database: MigratedDatabase
) -> None:
    ask(app, tenant.id)
    ask(app, tenant.id)
    assert len(conversations(app, tenant)) == 1
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("SELECT set_config('app.tenant_id', %s, false)", [str(tenant.id)])
        conn.execute("UPDATE conversations SET last_turn_at = now() - interval '25 hours'")
    ask(app, tenant.id)
    assert len(conversations(app, tenant)) == 2


def test_a_callers_own_name_for_a_conversation_is_unique_per_person(
    app: Database, tenant: Tenant
) -> None:
    for user in ("ana", "bia"):
        ask(app, tenant.id, user_id=user, conversation="pedido-7")
        ask(app, tenant.id, user_id=user, conversation="pedido-7")
    assert [row["last_seq"] for row in conversations(app, tenant)] == [2, 2]


def test_our_own_id_of_a_conversation_is_taken_as_its_name_too(
    app: Database, tenant: Tenant
) -> None:
    ask(app, tenant.id)
    [conversation] = conversations(app, tenant)
    ask(app, tenant.id, conversation=str(conversation["id"]))
    ask(app, tenant.id, user_id="stranger", conversation=str(conversation["id"]))
    mine, theirs = conversations(app, tenant)
    assert mine["last_seq"] == 2
    assert theirs["person_id"] != mine["person_id"]


def test_an_agent_that_does_not_exist_is_the_callers_mistake(app: Database, tenant: Tenant) -> None:
    with pytest.raises(InvalidRequest):
        submissions.submit(
            app,
            submissions.Submission(
                tenant_id=tenant.id,
                turn_id=TurnId(new_id()),
                user_id="1",
                text="oi",
                channel="web",
                trace_id="0",
                digest=b"",
                agent="nobody",
            ),
        )


def test_a_database_that_is_away_is_said_so() -> None:
    database = Database("postgresql://sales_app@127.0.0.1:1/none", size=1, name="away")
    database.start()
    try:
        with pytest.raises(StoreUnavailable), database.open():
            raise AssertionError("unreachable")
    finally:
        database.close()


def test_old_keys_do_not_pile_up(app: Database, tenant: Tenant, database: MigratedDatabase) -> None:
    for number in range(5):
        ask(app, tenant.id, key=f"old {number}")
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("SELECT set_config('app.tenant_id', %s, false)", [str(tenant.id)])
        conn.execute("UPDATE idempotency_keys SET created_at = now() - interval '8 days'")
    ask(app, tenant.id, key="new")
    with app.tenant(tenant.id) as conn:
        rows = conn.execute("SELECT key FROM idempotency_keys").fetchall()
    assert [row["key"] for row in rows] == ["new"]
