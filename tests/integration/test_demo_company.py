"""The demo company in its database: loaded once a day, as generated, and readable only."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Protocol
from uuid import uuid4

import psycopg
import pytest
from psycopg import Connection, errors, sql
from psycopg.rows import TupleRow

from ops.demo.company import DEFAULT_SEED, EARLIEST_TODAY, GENERATOR
from ops.demo.load import load
from tests.unit.demo_company import told

pytestmark = pytest.mark.integration

# The smallest history that can be told.
TODAY = EARLIEST_TODAY


class PostgresCluster(Protocol):
    def owner_dsn(self, database: str) -> str: ...


@pytest.fixture(scope="module")
def dsn(postgres: PostgresCluster) -> Iterator[str]:
    """A database of its own with the demo's two roles, loaded with the company of TODAY."""
    name = f"demo_company_{uuid4().hex[:12]}"
    database = sql.Identifier(name)
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        for role in ("demo_owner", "demo_reader"):
            if conn.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone() is None:
                conn.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        conn.execute(sql.SQL("CREATE DATABASE {} OWNER demo_owner").format(database))
        try:
            assert load(postgres.owner_dsn(name), TODAY)
            yield postgres.owner_dsn(name)
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(database))


@pytest.fixture
def owner(dsn: str) -> Iterator[Connection[TupleRow]]:
    """What a test changes is rolled back."""
    with psycopg.connect(dsn) as conn:
        yield conn
        conn.rollback()


@pytest.fixture
def reader(owner: Connection[TupleRow]) -> Connection[TupleRow]:
    """The same connection with the reader's rights; it may write as far as settings go."""
    owner.execute("CREATE TABLE public.secret AS SELECT 1 AS value")
    owner.execute("SET LOCAL ROLE demo_reader")
    return owner


def test_the_database_holds_the_rows_as_generated(owner: Connection[TupleRow]) -> None:
    for table, rows in told(TODAY).tables().items():
        query = sql.SQL("SELECT * FROM sales.{} ORDER BY 1").format(sql.Identifier(table))
        assert owner.execute(query).fetchall() == [tuple(row) for row in sorted(rows)]


def test_the_company_of_the_day_is_loaded_once(dsn: str, owner: Connection[TupleRow]) -> None:
    before = owner.execute("SELECT xmin::text FROM sales.company").fetchone()
    owner.commit()
    assert not load(dsn, TODAY)
    assert owner.execute("SELECT xmin::text FROM sales.company").fetchone() == before


def test_another_day_seed_or_generator_replaces_the_company(dsn: str) -> None:
    tomorrow = TODAY + timedelta(days=1)
    assert load(dsn, tomorrow)
    assert _loaded(dsn) == (tomorrow, DEFAULT_SEED, GENERATOR)
    assert load(dsn, tomorrow, seed=7)
    assert _loaded(dsn) == (tomorrow, 7, GENERATOR)
    with psycopg.connect(dsn) as conn:
        conn.execute("UPDATE sales.company SET generator = generator - 1")
    assert load(dsn, TODAY)
    assert not load(dsn, TODAY)
    assert _loaded(dsn) == (TODAY, DEFAULT_SEED, GENERATOR)


def test_two_stacks_starting_together_load_it_once(dsn: str) -> None:
    with psycopg.connect(dsn) as conn:
        conn.execute("DELETE FROM sales.company")
    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(load, (dsn, dsn), (TODAY, TODAY))) == [False, True]


def test_a_day_that_cannot_be_told_leaves_the_company_alone(dsn: str) -> None:
    with pytest.raises(ValueError, match="can be told from"):
        load(dsn, TODAY - timedelta(days=1))
    assert _loaded(dsn) == (TODAY, DEFAULT_SEED, GENERATOR)


def test_revenue_of_a_month_is_one_query_away(reader: Connection[TupleRow]) -> None:
    company = told(TODAY)
    sold = {
        order.id
        for order in company.orders
        if order.status != "cancelado" and f"{order.ordered_on:%Y-%m}" == "2020-12"
    }
    row = reader.execute(
        """
        SELECT sum(line.amount)
          FROM sales.order_lines AS line
          JOIN sales.orders ON orders.id = line.order_id
         WHERE orders.status <> 'cancelado'
           AND orders.ordered_on BETWEEN '2020-12-01' AND '2020-12-31'
        """
    ).fetchone()
    expected = sum((li.amount for li in company.order_lines if li.order_id in sold), Decimal(0))
    assert row == (expected,)
    assert expected > 0


def test_the_reader_reads_every_table(reader: Connection[TupleRow]) -> None:
    for table, rows in told(TODAY).tables().items():
        query = sql.SQL("SELECT count(*) FROM sales.{}").format(sql.Identifier(table))
        assert reader.execute(query).fetchone() == (len(rows),)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO sales.regions VALUES (9, 'Exterior')",
        "UPDATE sales.products SET list_price = 0.01",
        "DELETE FROM sales.returns",
        "TRUNCATE sales.returns",
        "DROP SCHEMA sales CASCADE",
        "CREATE TABLE sales.mine (id int)",
        "CREATE TABLE public.mine (id int)",
        "SELECT * FROM public.secret",
        "SELECT rolpassword FROM pg_authid",
        "COPY sales.regions TO PROGRAM 'cat'",
    ],
)
def test_the_reader_can_do_nothing_else(reader: Connection[TupleRow], statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        reader.execute(statement.encode())


def _loaded(dsn: str) -> TupleRow | None:
    with psycopg.connect(dsn) as conn:
        return conn.execute("SELECT generated_for, seed, generator FROM sales.company").fetchone()
