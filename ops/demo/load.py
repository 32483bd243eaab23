"""Put the demo company into its database, once for a day, a seed and a generator.

The whole company is replaced in one transaction: a reader sees yesterday's or today's, never half.
The database and its roles exist already; nothing here creates either.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from time import perf_counter

import psycopg
import structlog
from psycopg import Connection, sql
from psycopg.rows import TupleRow

from ops.demo.company import DEFAULT_SEED, GENERATOR, Company, generate

log = structlog.get_logger(__name__)

#: May read what is loaded, and nothing else; granted when the role exists.
READER = "demo_reader"

# Any number of ours: two stacks starting at once on one database must not load it together.
_LOCK = 726_345_110

_SCHEMA = Path(__file__).with_name("schema.sql")


def load(owner_dsn: str, today: date, seed: int = DEFAULT_SEED) -> bool:
    """Load the company of this day, unless it is there; says whether it had to be loaded.

    `owner_dsn` logs in as a role that may create schemas in the database. Raises psycopg.Error
    when the database cannot be reached or refuses.
    """
    started = perf_counter()
    with psycopg.connect(owner_dsn) as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        if _loaded(conn) == (today, seed, GENERATOR):
            return False
        company = generate(today, seed)
        _replace(conn, company)
        _grant(conn)
    log.info(
        "demo_company.loaded",
        today=today.isoformat(),
        seed=seed,
        generator=GENERATOR,
        order_lines=len(company.order_lines),
        time_ms=round((perf_counter() - started) * 1000),
    )
    return True


def _loaded(conn: Connection[TupleRow]) -> TupleRow | None:
    """Day, seed and generator of the company that is there, if one is."""
    exists = conn.execute("SELECT to_regclass('sales.company') IS NOT NULL").fetchone()
    if exists != (True,):
        return None
    return conn.execute("SELECT generated_for, seed, generator FROM sales.company").fetchone()


def _replace(conn: Connection[TupleRow], company: Company) -> None:
    conn.execute(_SCHEMA.read_bytes())
    for table, rows in company.tables().items():
        _copy(conn, table, rows)
    for table in company.tables():
        conn.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _copy(conn: Connection[TupleRow], table: str, rows: Sequence[tuple[object, ...]]) -> None:
    """COPY the rows, whose fields stand in the order of the table's columns."""
    statement = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _grant(conn: Connection[TupleRow]) -> None:
    reader = conn.execute("SELECT FROM pg_roles WHERE rolname = %s", (READER,)).fetchone()
    if reader is None:
        return
    role = sql.Identifier(READER)
    conn.execute(sql.SQL("GRANT USAGE ON SCHEMA sales TO {}").format(role))
    conn.execute(sql.SQL("GRANT SELECT ON ALL TABLES IN SCHEMA sales TO {}").format(role))
