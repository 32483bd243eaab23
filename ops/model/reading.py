"""Reads what a database says of itself: PostgreSQL and SQLite through SQLAlchemy, DuckDB by its own.

Read only, and with every wait bounded. The DSN is a secret: no error that leaves here holds it.
"""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb
import psycopg
from sqlalchemy import Connection, Inspector, create_engine, inspect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from backend.semantic.connectors.duck import DuckConnector
from backend.semantic.engine import Engine
from backend.semantic.source_file import SourceRefused, file_of
from ops.model.catalogue import Ask, column_of, duckdb_relations
from ops.model.database import Column, Link, Relation
from ops.model.errors import DatabaseUnreadable

_SECONDS = 30
#: Enough rows to know an e-mail or a date when it is seen.
_SAMPLE = 200
_NOT_OURS = frozenset({"information_schema", "pg_catalog", "pg_toast"})
#: "host=… dbname=…", libpq's other way to write a DSN.
_PAIRS = re.compile(r"\s*(host|hostaddr|port|dbname|user|password|service|sslmode)\s*=")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def relations(dsn: str) -> tuple[Engine, tuple[Relation, ...]]:
    """Every table and view with some of its rows. Raises DatabaseUnreadable."""
    engine = engine_of(dsn)
    try:
        with _opened(dsn, engine) as (ask, found):
            return engine, tuple(_sampled(each, ask, engine) for each in found)
    except (
        psycopg.Error,
        sqlite3.Error,
        duckdb.Error,
        SQLAlchemyError,
        OSError,
        SourceRefused,
    ) as error:
        reason = type(error).__name__
    # Outside the handler, so that the driver's text, which may hold the DSN, is not even the cause.
    raise DatabaseUnreadable(f"the database cannot be read ({reason}); check the DSN and the login")


def engine_of(dsn: str) -> Engine:
    """By its scheme, or by what the file is. Raises DatabaseUnreadable."""
    scheme, separator, _ = dsn.partition(":")
    known = {"postgresql": Engine.POSTGRESQL, "postgres": Engine.POSTGRESQL}
    known |= {"sqlite": Engine.SQLITE, "duckdb": Engine.DUCKDB}
    if separator and scheme in known:
        return known[scheme]
    if _PAIRS.match(dsn):
        return Engine.POSTGRESQL
    path = Path(dsn)
    if "://" in dsn or not path.exists():
        raise DatabaseUnreadable(
            "write DSN as postgresql://login@host/database, sqlite:////path/to/file,"
            " duckdb:////path/to/file, or the path of a file or of a folder of CSV and Parquet"
        )
    if path.is_file() and path.open("rb").read(16).startswith(b"SQLite format 3"):
        return Engine.SQLITE
    return Engine.DUCKDB


def quoted(*names: str | None) -> str:
    return ".".join('"' + name.replace('"', '""') + '"' for name in names if name)


def _opened(dsn: str, engine: Engine) -> AbstractContextManager[tuple[Ask, tuple[Relation, ...]]]:
    if engine is Engine.POSTGRESQL:
        return _inspected("postgresql+psycopg://", lambda: _postgresql(dsn))
    place = dsn if "://" in dsn else str(Path(dsn).resolve())
    path = file_of(place, (Path("/"),))
    if engine is Engine.SQLITE:
        return _inspected("sqlite://", lambda: _sqlite(path))
    return _duckdb(path)


@contextmanager
def _inspected(
    dialect: str, connect: Callable[[], Any]
) -> Iterator[tuple[Ask, tuple[Relation, ...]]]:
    # The DSN is our connection's alone: SQLAlchemy, which writes URLs into its errors, has none.
    alchemy = create_engine(dialect, creator=connect, poolclass=StaticPool)
    try:
        with alchemy.connect() as connection:
            inspector = inspect(connection)

            def ask(sql: str) -> Sequence[tuple[Any, ...]]:
                return _rows(connection, sql)

            yield ask, tuple(_described(inspector, dialect.startswith("postgresql")))
    finally:
        alchemy.dispose()


def _postgresql(dsn: str) -> psycopg.Connection[Any]:
    connection = psycopg.connect(
        dsn,
        connect_timeout=_SECONDS,
        options=f"-c default_transaction_read_only=on -c statement_timeout={_SECONDS}s",
    )
    connection.read_only = True
    return connection


def _sqlite(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"file:{quote(str(path))}?mode=ro", uri=True, check_same_thread=False
    )
    connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
    return connection


def _rows(connection: Connection, sql: str) -> Sequence[tuple[Any, ...]]:
    return [tuple(row) for row in connection.exec_driver_sql(sql).fetchall()]


def _described(inspector: Inspector, has_schemas: bool) -> Iterator[Relation]:
    schemas: list[str | None] = [None]
    if has_schemas:
        schemas = [
            each
            for each in inspector.get_schema_names()
            if each not in _NOT_OURS and not each.startswith("pg_")
        ]
    for schema in schemas:
        names = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        for name in sorted(names):
            yield _relation(inspector, schema, name)


def _relation(inspector: Inspector, schema: str | None, name: str) -> Relation:
    columns = tuple(
        column_of(each["name"], str(each["type"])) for each in inspector.get_columns(name, schema)
    )
    primary = inspector.get_pk_constraint(name, schema).get("constrained_columns") or []
    unique = [each["column_names"] for each in inspector.get_unique_constraints(name, schema)]
    alone = {*(tuple(each) for each in unique), tuple(primary)}
    links = (
        Link(
            column=each["constrained_columns"][0],
            to=(each["referred_schema"] or schema, each["referred_table"]),
            to_column=(each["referred_columns"] or ["id"])[0],
            unique=tuple(each["constrained_columns"]) in alone,
        )
        for each in inspector.get_foreign_keys(name, schema)
        if len(each["constrained_columns"]) == 1
    )
    key = primary[0] if len(primary) == 1 else None
    return Relation(schema=schema, name=name, columns=columns, key=key, links=tuple(links))


@contextmanager
def _duckdb(path: Path) -> Iterator[tuple[Ask, tuple[Relation, ...]]]:
    connector = DuckConnector(path)
    try:
        with closing(connector.connect()) as connection:

            def ask(sql: str) -> Sequence[tuple[Any, ...]]:
                return connection.execute(sql).fetchall()

            yield ask, tuple(duckdb_relations(ask))
    finally:
        connector.close()


def _sampled(relation: Relation, ask: Ask, engine: Engine) -> Relation:
    names = [each.name for each in relation.columns]
    listed = ", ".join(map(quoted, names))
    source = quoted(relation.schema, relation.name)
    rows = ask(f"SELECT {listed} FROM {source} LIMIT {_SAMPLE}") if names else ()  # noqa: S608
    samples = {
        name: tuple(row[place] for row in rows if row[place] is not None)
        for place, name in enumerate(names)
    }
    columns = relation.columns
    if engine is Engine.SQLITE:
        columns = tuple(_as_kept(each, samples[each.name]) for each in columns)
    key = relation.key or _key_of(relation, source, ask)
    return replace(
        relation,
        columns=columns,
        key=key,
        key_guessed=relation.key is None and key is not None,
        samples=samples,
    )


def _as_kept(column: Column, values: Sequence[Any]) -> Column:
    """SQLite has no days: they are text, whatever the column is called."""
    texts = [str(each) for each in values]
    if column.type != "text" or not texts or not all(map(_DAY.match, texts)):
        return column
    only = all(len(each) == len("2026-01-31") for each in texts)
    return replace(column, type="date" if only else "datetime")


def _key_of(relation: Relation, source: str, ask: Ask) -> str | None:
    """A column called like a key that names each row once; for databases that declare none."""
    singular = relation.name.lower().removesuffix("s")
    likely = ("id", "code", f"{singular}_id", f"{singular}id", f"{relation.name.lower()}_id")
    for column in relation.columns:
        first = column is relation.columns[0] and column.name.lower().endswith(("id", "code"))
        if column.type not in ("integer", "text") or not (first or column.name.lower() in likely):
            continue
        name = quoted(column.name)
        [(rows, different)] = ask(f"SELECT count(*), count(DISTINCT {name}) FROM {source}")  # noqa: S608
        if rows and rows == different:
            return column.name
    return None
