"""Statements of somebody who wants more than figures: refused by the gate alone, and by the database alone.

The gate never runs a statement; the database here never saw a gate. What only one of the two can refuse
is listed with its reason, and shown to do no harm where it passes.
"""

from collections.abc import Iterator

import psycopg
import pytest

from backend.domain.errors import SourceUnavailable
from backend.semantic.compile import Compiled
from backend.semantic.gate import StatementRefused, check_statement
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import PostgresCluster, demo_source
from tests.unit.semantic_model import MODEL

pytestmark = pytest.mark.integration

ORDERS = "sales.orders"

#: Writes, reads of files, other servers, programs, other sessions, and what takes for ever.
BOTH = [
    f"DELETE FROM {ORDERS}",
    f"WITH gone AS (DELETE FROM {ORDERS} RETURNING id) SELECT count(*) FROM gone",
    f"UPDATE {ORDERS} SET status = 'x'",
    f"SELECT id FROM {ORDERS} FOR UPDATE",
    f"SELECT id INTO copied FROM {ORDERS}",
    "SELECT 1; DROP SCHEMA sales CASCADE",
    "COMMIT; BEGIN; DROP SCHEMA sales CASCADE",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/copied'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_sleep(30)",
    "SELECT count(*) FROM generate_series(1, 100000000000)",
    "SELECT count(*) FROM sales.order_lines a, sales.order_lines b, sales.order_lines c",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    f"SELECT cast(status AS int) FROM {ORDERS}",
    "SET ROLE postgres",
    "DO $$ BEGIN DELETE FROM sales.orders; END $$",
    "SELECT set_config('transaction_read_only', 'off', true)",
    "SET statement_timeout = 0",
    "SET LOCAL transaction_read_only = off",
    "RESET ALL",
    "DO $$ BEGIN EXECUTE 'SET LOCAL statement_timeout = 0'; END $$",
    "LISTEN x",
    "NOTIFY x",
    f"LOCK TABLE {ORDERS}",
    "PREPARE p AS SELECT 1",
    "DECLARE c CURSOR FOR SELECT 1",
    "CREATE TEMP TABLE copied AS SELECT 1",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "GRANT ALL ON SCHEMA sales TO PUBLIC",
    "CHECKPOINT",
    "SELECT repeat('x', 2000000000)",
    "SELECT sum(i) FROM generate_series(1, 2000000000) AS n(i)",
    "SELECT pg_read_binary_file('/etc/passwd')",
    "SELECT pg_reload_conf()",
    "SELECT lo_create(0)",
]
#: Every login of PostgreSQL is allowed them, so the gate alone refuses. Settings end with the question's
#: transaction and locks with the next question; the catalogue tells names, and no row of the client's.
GATE_ONLY = [
    "SELECT set_config('statement_timeout', '0', true)",
    "SELECT set_config('statement_timeout', '0', false)",
    "WITH x AS MATERIALIZED (SELECT set_config('statement_timeout', '0', true)) SELECT * FROM x",
    "SELECT 1 WHERE (SELECT set_config('statement_timeout', '0', true)) = '0'",
    "SELECT s FROM (SELECT 1) AS one, LATERAL set_config('statement_timeout', '0', true) AS s",
    "EXPLAIN SELECT 1",
    "SHOW ALL",
    "SELECT pg_notify('x', 'y')",
    "SELECT pg_advisory_lock(1)",
    "SELECT usename FROM pg_stat_activity",
    "SELECT relname FROM pg_catalog.pg_class",
    "SELECT repeat('x', 1000)",
]
#: This PostgreSQL has neither XML nor the extension, so that it refuses them says nothing.
NOT_HERE = [
    "SELECT query_to_xml('SELECT set_config(''statement_timeout'', ''0'', true)', true, true, '')",
    "SELECT query_to_xml('DELETE FROM sales.orders', true, true, '')",
    "SELECT * FROM dblink('host=127.0.0.1', 'SELECT 1') AS t (id int)",
]


@pytest.fixture(scope="module")
def dsn(postgres: PostgresCluster) -> Iterator[str]:
    with demo_source(postgres) as dsn:
        yield dsn


@pytest.fixture
def database(dsn: str) -> Iterator[ClientDatabase]:
    database = ClientDatabase(dsn)
    yield database
    database.close()


def unseen(sql: str) -> Compiled:
    """A statement that no compiler and no gate has seen."""
    return Compiled(sql=sql, params={}, literal_sql=sql, columns=(), kinds=(), row_limit=10)


def orders(dsn: str) -> int:
    with psycopg.connect(dsn) as conn:
        row = conn.execute("SELECT count(*) FROM sales.orders").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.parametrize("sql", [*BOTH, *GATE_ONLY, *NOT_HERE])
def test_the_gate_alone_refuses(sql: str) -> None:
    with pytest.raises(StatementRefused):
        check_statement(MODEL, sql, row_limit=2_001)


@pytest.mark.parametrize("sql", BOTH)
def test_the_database_alone_refuses(database: ClientDatabase, dsn: str, sql: str) -> None:
    before = orders(dsn)
    with pytest.raises(SourceUnavailable):
        database.run(unseen(sql))
    assert orders(dsn) == before


@pytest.mark.parametrize("sql", GATE_ONLY)
def test_what_passes_the_database_leaves_the_session_as_it_was(
    database: ClientDatabase, dsn: str, sql: str
) -> None:
    database.run(unseen(sql))
    # The next question, on the same session, still ends by its time-out and still only reads.
    settings = database.run(
        unseen(
            "SELECT current_setting('statement_timeout'), current_setting('transaction_read_only')"
        )
    )
    assert settings.rows == (("5s", "on"),)
    with pytest.raises(SourceUnavailable):
        database.run(unseen(f"DELETE FROM {ORDERS}"))


#: What neither a session nor a login holds back without the guard, undone with its transaction.
DONE_WITHOUT_THE_GUARD = [
    f"DELETE FROM {ORDERS} WHERE false",
    f"WITH gone AS (DELETE FROM {ORDERS} WHERE false RETURNING id) SELECT count(*) FROM gone",
    f"UPDATE {ORDERS} SET status = status",
    f"SELECT id FROM {ORDERS} FOR UPDATE",
    f"SELECT id INTO copied FROM {ORDERS}",
    "SELECT 1; DROP SCHEMA sales CASCADE",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "COPY (SELECT 1) TO PROGRAM 'cat > /dev/null'",
    "SELECT pg_read_file('/etc/hostname')",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_create(0)",
    "SELECT set_config('statement_timeout', '0', true)",
    "SET statement_timeout = 0",
    "DO $$ BEGIN EXECUTE 'SET LOCAL statement_timeout = 0'; END $$",
    "LISTEN x",
    "LOCK TABLE sales.orders",
    "SELECT pg_sleep(5.2)",
]


@pytest.mark.parametrize("sql", DONE_WITHOUT_THE_GUARD)
def test_the_twin_a_plain_session_of_another_login_does_it(
    postgres: PostgresCluster, dsn: str, sql: str
) -> None:
    name = str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])
    with psycopg.connect(postgres.owner_dsn(name)) as conn:
        conn.execute(sql.encode())
        conn.rollback()


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM sales.orders", "SELECT pg_read_file('/etc/hostname')", "COPY (SELECT 1) TO '/x'"],
)
def test_the_login_alone_refuses_with_the_session_as_it_comes(dsn: str, sql: str) -> None:
    """The session's own guards off, the login's few rights still hold."""
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("SET default_transaction_read_only = off")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(sql.encode())
