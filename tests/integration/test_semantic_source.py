"""The client's database is only read, never waited for without end, and never quoted."""

from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from backend.domain.errors import SourceUnavailable
from backend.domain.sales import MetricQuery
from backend.semantic import source
from backend.semantic.compile import Compiled, compile_query
from backend.semantic.connectors import connector, postgresql
from backend.semantic.identifier import RESERVED
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import PostgresCluster, demo_source
from tests.unit.semantic_model import MODEL

pytestmark = pytest.mark.integration

REVENUE = compile_query(MODEL, MetricQuery(metrics=("revenue",)))


@pytest.fixture(scope="module")
def dsn(postgres: PostgresCluster) -> Iterator[str]:
    with demo_source(postgres) as dsn:
        yield dsn


@pytest.fixture
def database(dsn: str) -> Iterator[ClientDatabase]:
    database = ClientDatabase(dsn)
    yield database
    database.close()


def _statement(sql: str, row_limit: int = 10) -> Compiled:
    """A statement that no compiler and no gate has seen."""
    return Compiled(sql=sql, params={}, literal_sql=sql, columns=(), kinds=(), row_limit=row_limit)


WRITES = [
    "DELETE FROM sales.returns",
    "UPDATE sales.orders SET status = 'cancelado'",
    "INSERT INTO sales.regions VALUES (99, 'x')",
    "CREATE TABLE sales.copied AS SELECT 1",
    "CREATE TEMP TABLE copied AS SELECT 1",
    "SELECT sales.orders.id FROM sales.orders FOR UPDATE",
    "DROP SCHEMA sales CASCADE",
]


@pytest.mark.parametrize("sql", WRITES)
def test_the_login_cannot_write(database: ClientDatabase, dsn: str, sql: str) -> None:
    with pytest.raises(SourceUnavailable):
        database.run(_statement(sql))
    # Nor could it if the session were talked out of reading only.
    with psycopg.connect(dsn, autocommit=True) as conn:
        conn.execute("SET default_transaction_read_only = off")
        conn.execute("SET transaction_read_only = off")
        if "TEMP" not in sql:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(sql.encode())


@pytest.mark.parametrize("sql", WRITES)
def test_the_connection_cannot_write_even_for_the_owner(
    postgres: PostgresCluster, dsn: str, sql: str
) -> None:
    name = psycopg.conninfo.conninfo_to_dict(dsn)["dbname"]
    owner = ClientDatabase(postgres.owner_dsn(str(name)))
    try:
        before = owner.run(REVENUE).rows
        with pytest.raises(SourceUnavailable):
            owner.run(_statement(sql))
        assert owner.run(REVENUE).rows == before
    finally:
        owner.close()


def test_a_slow_statement_is_ended_by_the_server(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgresql._SESSION, "statement_timeout", "500ms")
    database = ClientDatabase(dsn)
    try:
        with pytest.raises(SourceUnavailable):
            database.run(_statement("SELECT pg_sleep(600)"))
        assert database.run(_statement("SELECT 1")).rows == ((1,),)
    finally:
        database.close()


def test_a_server_that_keeps_no_promise_is_left(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(postgresql._SESSION, "statement_timeout", "0")
    monkeypatch.setattr(connector, "ANSWER_SECONDS", 0.3)
    database = ClientDatabase(dsn)
    try:
        with pytest.raises(SourceUnavailable):
            database.run(_statement("SELECT pg_sleep(600)"))
        # The server is still asleep; a new connection answers.
        monkeypatch.setattr(connector, "ANSWER_SECONDS", 60.0)
        assert database.run(REVENUE).rows
    finally:
        database.close()


def test_a_lost_connection_is_replaced(
    postgres: PostgresCluster, dsn: str, database: ClientDatabase
) -> None:
    before = database.run(REVENUE)
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        ended = conn.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = %s",
            (psycopg.conninfo.conninfo_to_dict(dsn)["user"],),
        ).fetchall()

    assert ended
    assert database.run(REVENUE) == before


@pytest.mark.parametrize(
    "changed", [{"port": "1"}, {"user": "nobody_here"}, {"dbname": "secret_name"}, {"host": "a b"}]
)
def test_what_the_driver_says_stays_inside(
    dsn: str, changed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(source, "_POOL_SECONDS", 0.5)
    database = ClientDatabase(make_conninfo(dsn, **changed))
    try:
        with pytest.raises(SourceUnavailable) as failure:
            database.run(REVENUE)
    finally:
        database.close()

    assert str(failure.value) == "The source of the data does not answer."
    assert failure.value.__cause__ is None
    assert failure.value.__context__ is None


def test_a_table_that_is_gone_is_an_unavailable_source(database: ClientDatabase) -> None:
    gone = replace(REVENUE, sql=REVENUE.sql.replace("sales.order_lines", "sales.gone"))

    with pytest.raises(SourceUnavailable) as failure:
        database.run(gone)

    assert "gone" not in str(failure.value)


def test_rows_over_the_limit_are_not_kept(database: ClientDatabase) -> None:
    cut = database.run(_statement("SELECT generate_series(1, 11)"))
    whole = database.run(_statement("SELECT generate_series(1, 10)"))

    assert (len(cut.rows), cut.truncated) == (10, True)
    assert (len(whole.rows), whole.truncated) == (10, False)
    assert database.run(REVENUE).rows


def test_bytes_over_the_limit_are_not_kept(database: ClientDatabase) -> None:
    documents = "SELECT repeat('x', 1500000) FROM generate_series(1, 1000)"

    result = database.run(_statement(documents, row_limit=1000))

    assert (len(result.rows), result.truncated) == (2, True)


def test_the_clients_own_functions_stand_in_for_nothing(
    postgres: PostgresCluster, dsn: str, database: ClientDatabase
) -> None:
    name = str(psycopg.conninfo.conninfo_to_dict(dsn)["dbname"])
    with psycopg.connect(postgres.owner_dsn(name), autocommit=True) as conn:
        conn.execute(
            "CREATE FUNCTION public.sum_of(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 0'"
        )

    with pytest.raises(SourceUnavailable):
        database.run(_statement("SELECT sum_of(1)"))
    assert database.run(_statement("SELECT public.sum_of(1)")).rows == ((0,),)


def test_every_word_that_postgres_reserves_is_quoted(database: ClientDatabase) -> None:
    reserved = _statement(
        "SELECT word::text FROM pg_get_keywords() WHERE catcode::text IN ('R', 'T')", row_limit=500
    )

    assert {word for (word,) in database.run(reserved).rows} == RESERVED
