"""The wall between tenants stands in the database, whatever the code above it does."""

from collections.abc import Iterator

import psycopg
import pytest

from backend.domain.identity import new_id
from backend.store import turns, views
from backend.store.database import Database
from tests.conftest import MigratedDatabase
from tests.integration.stage import Tenant, a_tenant, answer_next, ask, opened

#: Read before a tenant is known; neither holds content.
OUTSIDE_THE_WALL = {"api_keys", "tasks"}


@pytest.fixture
def owner(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.owner_dsn) as owner:
        yield owner


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn) as app:
        yield app


@pytest.fixture
def two(owner: Database, app: Database) -> tuple[Tenant, Tenant]:
    """Two tenants, the first of which has had a question answered."""
    first, second = a_tenant(owner), a_tenant(owner)
    ask(app, first.id)
    answer_next(app)
    return first, second


def tables_without_a_wall(owner_dsn: str) -> set[str]:
    with psycopg.connect(owner_dsn) as conn:
        rows = conn.execute(
            """
            SELECT c.relname FROM pg_class c
             WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
               AND EXISTS (SELECT 1 FROM pg_attribute a
                            WHERE a.attrelid = c.oid AND a.attname = 'tenant_id')
               AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                        AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid))
               -- A partition is reached through its parent's policy, as long as nobody may touch it.
               AND NOT (c.relispartition
                        AND NOT has_table_privilege('sales_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE'))
            """
        ).fetchall()
    return {row[0] for row in rows}


def test_every_table_of_a_tenant_is_behind_the_wall(database: MigratedDatabase) -> None:
    assert tables_without_a_wall(database.owner_dsn) == OUTSIDE_THE_WALL


def test_a_bare_table_would_be_found(database: MigratedDatabase) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("CREATE TABLE forgotten (tenant_id uuid, text text)")
    assert "forgotten" in tables_without_a_wall(database.owner_dsn)


def test_views_read_with_the_callers_rights(database: MigratedDatabase) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        rows = conn.execute(
            "SELECT relname, reloptions FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'"
        ).fetchall()
    assert rows
    assert all("security_invoker=true" in (options or []) for _, options in rows)


def test_the_application_is_neither_owner_nor_superuser(database: MigratedDatabase) -> None:
    with psycopg.connect(database.app_dsn) as conn:
        row = conn.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        owned = conn.execute(
            "SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole"
        ).fetchone()
    assert row == (False, False, False)
    assert owned == (0,)


def test_without_a_tenant_nothing_is_seen_but_an_error(
    app: Database, two: tuple[Tenant, Tenant]
) -> None:
    # Also on a connection that served a tenant before: the setting ends with its transaction.
    for table in ("turns", "messages", "persons", "conversations", "memories", "llm_calls"):
        with pytest.raises(psycopg.Error), app.open() as conn:
            conn.execute(f"SELECT * FROM {table}").fetchall()


def test_another_tenant_sees_no_row_even_by_a_query_that_forgets_to_name_it(
    app: Database, two: tuple[Tenant, Tenant]
) -> None:
    first, second = two
    for tenant, rows in ((first, 1), (second, 0)):
        with app.tenant(tenant.id) as conn:
            assert len(conn.execute("SELECT * FROM turns").fetchall()) == rows


def test_with_the_guard_off_the_same_query_would_leak(
    database: MigratedDatabase, app: Database, two: tuple[Tenant, Tenant]
) -> None:
    _, second = two
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("ALTER TABLE turns DISABLE ROW LEVEL SECURITY")
    with app.tenant(second.id) as conn:
        assert len(conn.execute("SELECT * FROM turns").fetchall()) == 1


def test_another_tenant_cannot_write_into_ours(app: Database, two: tuple[Tenant, Tenant]) -> None:
    first, second = two
    with pytest.raises(psycopg.errors.InsufficientPrivilege), app.tenant(second.id) as conn:
        conn.execute(
            "INSERT INTO persons (tenant_id, id, user_id) VALUES (%s, %s, 'x')",
            [first.id, new_id()],
        )


def test_a_turns_id_is_no_permission(app: Database, owner: Database) -> None:
    first, second = a_tenant(owner), a_tenant(owner)
    accepted = ask(app, first.id)
    assert turns.find(app, first.id, accepted.turn_id) is not None
    assert turns.find(app, second.id, accepted.turn_id) is None
    with app.tenant(second.id) as conn:
        assert views.trace(conn, second.id, accepted.turn_id) == {
            "steps": [],
            "llm_calls": [],
            "tool_calls": [],
        }


def test_traces_fall_into_their_months_partition(
    database: MigratedDatabase, app: Database, two: tuple[Tenant, Tenant]
) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("SELECT set_config('app.tenant_id', %s, false)", [str(two[0].id)])
        turn_id = new_id()
        conn.execute(
            "INSERT INTO steps VALUES (%s, %s, 1, 0, 'gather', 'memory', 0, 1)",
            [two[0].id, turn_id],
        )
        row = conn.execute(
            "SELECT tableoid::regclass::text, to_char(now() AT TIME ZONE 'UTC', '\"steps_\"YYYY_MM')"
            " FROM steps WHERE turn_id = %s",
            [turn_id],
        ).fetchone()
    assert row is not None
    assert row[0] == row[1]


def test_a_row_that_came_before_its_month_was_made_moves_there(
    database: MigratedDatabase, two: tuple[Tenant, Tenant]
) -> None:
    """An idle installation wakes in a month that has no partition yet."""
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("SELECT set_config('app.tenant_id', %s, false)", [str(two[0].id)])
        month = conn.execute("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM')").fetchone()
        assert month is not None
        conn.execute(f"DROP TABLE steps_{month[0]}")
        turn_id = new_id()
        conn.execute(
            "INSERT INTO steps VALUES (%s, %s, 1, 0, 'gather', 'memory', 0, 1)",
            [two[0].id, turn_id],
        )
        before = conn.execute("SELECT tableoid::regclass::text FROM steps").fetchall()
        conn.execute("CALL prepare_trace_partitions(3)")
        after = conn.execute("SELECT tableoid::regclass::text FROM steps").fetchall()
    assert before == [("steps_other",)]
    assert after == [(f"steps_{month[0]}",)]
