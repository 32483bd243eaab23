"""What Grafana and the runbooks ask the database, asked as they do; and all that the reader cannot do."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql
from psycopg.rows import dict_row

from backend.domain.chat import Purpose
from backend.domain.identity import TenantId
from backend.domain.usage import Usage
from backend.store import llm_calls, turns
from backend.store.database import Database
from backend.store.llm_calls import Payer, Settlement
from ops.grafana.dashboards import FOLDER
from ops.prometheus.files import RUNBOOKS
from tests.conftest import MigratedDatabase, PostgresCluster
from tests.integration.stage import Tenant, a_record, a_tenant, ask, claim, opened

PASSWORD = "read-what-it-cost"
READS = {
    "turns": {
        *("tenant_id", "person_id", "asked_at", "channel", "agent", "model", "status", "decision"),
        *("cached", "time_ms", "llm_calls", "unpriced_calls", "input_tokens"),
        *("cached_input_tokens", "output_tokens", "cost_nano"),
    },
    "persons": {"tenant_id", "id", "user_id"},
    "tenants": {"tenant_id", "name"},
}
#: Read, written, made, run, or become.
REFUSED = (
    "SELECT answer FROM turns",
    "SELECT * FROM turns",
    "SELECT name FROM persons",
    "SELECT text FROM messages",
    "SELECT text FROM memories",
    "SELECT arguments FROM tool_calls",
    "SELECT digest FROM api_keys",
    "SELECT sealed_dsn FROM data_sources",
    "SELECT * FROM tasks",
    "SELECT * FROM llm_calls",
    "UPDATE turns SET cost_nano = 0",
    "DELETE FROM persons",
    "INSERT INTO tenants (tenant_id, name) VALUES (uuid_floor(now()), 'mine')",
    "CREATE TABLE mine (id int)",
    "CREATE TEMPORARY TABLE mine (id int)",
    "CALL prepare_trace_partitions(1000)",
    "CALL protect('turns')",
    "SET ROLE sales_app",
    "COPY turn_ledger TO PROGRAM 'cat'",
)

Reader = psycopg.Connection[dict[str, Any]]


@pytest.fixture
def reader(postgres: PostgresCluster, database: MigratedDatabase) -> Iterator[Reader]:
    """A connection as Grafana's."""
    with psycopg.connect(postgres.superuser_dsn(), autocommit=True) as conn:
        conn.execute(f"ALTER ROLE sales_reader PASSWORD '{PASSWORD}'".encode())
        # Who may connect to a clone is not copied from its template.
        name = sql.Identifier(database.name)
        conn.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO sales_reader").format(name))
    dsn = postgres.server.dsn("sales_reader", PASSWORD, database.name)
    with psycopg.connect(dsn, autocommit=True, row_factory=dict_row) as conn:
        yield conn


@pytest.fixture
def two(database: MigratedDatabase) -> tuple[Tenant, Tenant]:
    """Aurora's Ana asked twice, for 2 and 3 dollars; Boreal's Bia once, at a price nobody knows."""
    with opened(database.owner_dsn) as owner, opened(database.app_dsn) as app:
        aurora, boreal = a_tenant(owner, "Aurora"), a_tenant(owner, "Boreal")
        answer(app, aurora.id, "ana", Usage(llm_calls=1, input_tokens=10, cost_nano=2_000_000_000))
        answer(app, aurora.id, "ana", Usage(llm_calls=1, input_tokens=20, cost_nano=3_000_000_000))
        answer(app, boreal.id, "bia", Usage(llm_calls=1, input_tokens=40, priced=False))
    return aurora, boreal


def answer(app: Database, tenant_id: TenantId, user_id: str, usage: Usage) -> None:
    ask(app, tenant_id, user_id=user_id)
    claimed = claim(app)
    begun = turns.begin(app, claimed)
    assert begun is not None
    payer = Payer(
        tenant_id=tenant_id, turn_id=claimed.turn_id, person_id=begun.asker.person_id, attempt=1
    )
    call = llm_calls.open_call(
        app, payer, purpose=Purpose.ANSWER, provider="openai", model="gpt-4o-mini"
    )
    settlement = Settlement(
        model="gpt-4o-mini", usage=usage, time_ms=5, finish_reason="stop", error_code=None
    )
    llm_calls.settle(app, payer, call, settlement)
    turns.record_answer(app, claimed, a_record())


def panels() -> dict[str, str]:
    """The SQL of every panel that has some, by its title."""
    board = json.loads((FOLDER / "cost-per-user.json").read_text(encoding="utf-8"))
    found = {panel["title"]: panel["targets"][0]["rawSql"] for panel in board["panels"]}
    (variable,) = board["templating"]["list"]
    return found | {"the variable": variable["query"]}


def as_grafana_sends(statement: str, *tenants: Tenant) -> bytes:
    """The statement with what Grafana puts in place of its macros."""
    now = datetime.now(UTC)
    since, until = (
        moment.isoformat().replace("+00:00", "Z")
        for moment in (now - timedelta(days=30), now + timedelta(minutes=1))
    )
    filled = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 BETWEEN '{since}' AND '{until}'", statement)
    chosen = ",".join(f"'{tenant.id}'" for tenant in tenants)
    filled = filled.replace("${tenant:sqlstring}", chosen)
    assert "$" not in filled
    return filled.encode()


def test_every_panel_shows_what_turns_cost(
    reader: Reader, two: tuple[Tenant, Tenant], subtests: pytest.Subtests
) -> None:
    shown = {
        title: reader.execute(as_grafana_sends(statement, *two)).fetchall()
        for title, statement in panels().items()
    }
    for title, rows in shown.items():
        with subtests.test(title):
            assert rows
    assert [row["__text"] for row in shown["the variable"]] == ["Aurora", "Boreal"]
    (total,) = shown["Cost"]
    assert (total["cost_usd"], total["users"], total["turns"]) == (5.0, 2, 3)
    assert (total["cost_per_user"], total["unpriced_calls"]) == (2.5, 1)
    ana, bia = shown["Users, dearest first"]
    assert (ana["tenant"], ana["user_id"], ana["cost_usd"]) == ("Aurora", "ana", 5.0)
    assert (ana["turns"], ana["input_tokens"], ana["cost_per_turn"]) == (2, 30, 2.5)
    assert (bia["user_id"], bia["cost_usd"], bia["unpriced_calls"]) == ("bia", 0.0, 1)
    by_tenant = {row["metric"]: row["cost_usd"] for row in shown["By tenant"]}
    assert by_tenant == {"Aurora": 5.0, "Boreal": 0.0}


def test_a_chosen_tenant_is_shown_alone(reader: Reader, two: tuple[Tenant, Tenant]) -> None:
    _, boreal = two
    rows = reader.execute(as_grafana_sends(panels()["Users, dearest first"], boreal)).fetchall()
    assert [row["user_id"] for row in rows] == ["bia"]


# --- What the reader may, and nothing beside it ----------------------------------------------


def readable(reader: Reader) -> dict[str, set[str]]:
    """Every column of every relation that the reader may read, by relation."""
    rows = reader.execute(
        """
        SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
           AND a.attnum > 0 AND NOT a.attisdropped AND has_column_privilege(c.oid, a.attnum, 'SELECT')
        """
    ).fetchall()
    return {
        relation: {row["attname"] for row in rows if row["relname"] == relation}
        for relation in {row["relname"] for row in rows}
    }


def test_it_reads_the_ledger_and_the_columns_below_it(reader: Reader) -> None:
    found = readable(reader)
    assert found.pop("turn_ledger")
    assert found == READS


def test_a_grant_too_many_would_be_found(reader: Reader, database: MigratedDatabase) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("GRANT SELECT (text) ON messages TO sales_reader")
    assert readable(reader)["messages"] == {"text"}


def test_all_else_is_refused(
    reader: Reader, two: tuple[Tenant, Tenant], subtests: pytest.Subtests
) -> None:
    # Both of which anybody may: it is the rights that hold, not the good manners.
    reader.execute("SET default_transaction_read_only = off")
    reader.execute("SELECT set_config('app.tenant_id', %s, false)", [str(two[0].id)])
    for statement in REFUSED:
        with subtests.test(statement), pytest.raises(errors.InsufficientPrivilege):
            reader.execute(statement.encode())


def test_it_takes_neither_long_nor_the_applications_connections(reader: Reader) -> None:
    assert reader.execute("SHOW default_transaction_read_only").fetchone() == {
        "default_transaction_read_only": "on"
    }
    assert reader.execute("SHOW statement_timeout").fetchone() == {"statement_timeout": "15s"}
    powers = reader.execute(
        "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole, rolreplication, rolconnlimit"
        " FROM pg_roles WHERE rolname = current_user"
    ).fetchone()
    assert powers is not None
    assert tuple(powers.values()) == (False, False, False, False, False, 10)


def test_its_door_in_the_wall_is_its_own(
    database: MigratedDatabase, two: tuple[Tenant, Tenant]
) -> None:
    """The application still sees one tenant's rows, and without one an error."""
    aurora, _ = two
    with opened(database.app_dsn) as app:
        with app.tenant(aurora.id) as conn:
            rows = conn.execute("SELECT tenant_id FROM turns").fetchall()
        assert {row["tenant_id"] for row in rows} == {aurora.id}
        with pytest.raises(psycopg.Error), app.open() as conn:
            conn.execute("SELECT tenant_id FROM turns")


def test_without_its_door_the_reader_sees_nothing(
    reader: Reader, database: MigratedDatabase, two: tuple[Tenant, Tenant]
) -> None:
    with psycopg.connect(database.owner_dsn) as conn:
        conn.execute("DROP POLICY readers_door ON turns")
    with pytest.raises(psycopg.Error):
        reader.execute("SELECT tenant_id FROM turns").fetchall()


# --- Runbooks ---------------------------------------------------------------------------------


def test_the_sql_of_every_runbook_runs(
    database: MigratedDatabase, subtests: pytest.Subtests
) -> None:
    blocks = [
        (path.stem, block)
        for path in RUNBOOKS.glob("*.md")
        for block in re.findall(r"```sql\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL)
    ]
    assert blocks
    with psycopg.connect(database.superuser_dsn) as conn:
        for name, block in blocks:
            with subtests.test(name), conn.transaction(force_rollback=True):
                conn.execute(block.encode())
