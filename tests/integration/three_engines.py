"""The same tables in PostgreSQL, SQLite, DuckDB and a folder of CSV, and a layer over each."""

import csv
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import psycopg
from psycopg import sql

from backend.domain.sales import MetricQuery, MetricTable
from backend.semantic.engine import Engine
from backend.semantic.layer import SemanticLayer
from backend.semantic.model import SemanticModel
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import PostgresCluster

ROLES = frozenset({"manager", "seller"})

#: A column's type in PostgreSQL; the others understand it or have a word of their own.
_SQLITE = {"numeric": "REAL", "timestamptz": "TEXT", "boolean": "INTEGER", "date": "TEXT"}
_DUCKDB = {"numeric": "DECIMAL(18,4)"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    name: str
    #: Column -> type, as PostgreSQL calls it.
    columns: Mapping[str, str]
    rows: Sequence[tuple[Any, ...]]


@contextmanager
def sources(
    postgres: PostgresCluster, directory: Path, relations: Iterable[Relation]
) -> Iterator[dict[str, ClientDatabase]]:
    """What is called "folder" holds one CSV for each relation."""
    relations = list(relations)
    name = f"engines_{uuid4().hex[:12]}"
    into_sqlite(directory / "sales.sqlite", relations)
    into_duckdb(directory / "sales.duckdb", relations)
    into_folder(directory / "folder", relations)
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        opened: dict[str, ClientDatabase] = {}
        try:
            into_postgres(postgres.owner_dsn(name), relations)
            opened = {
                "postgresql": ClientDatabase(postgres.owner_dsn(name)),
                "sqlite": _file(directory / "sales.sqlite", Engine.SQLITE),
                "duckdb": _file(directory / "sales.duckdb", Engine.DUCKDB),
                "folder": _file(directory / "folder", Engine.DUCKDB),
            }
            yield opened
        finally:
            for database in opened.values():
                database.close()
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def layers(
    model: SemanticModel, databases: Mapping[str, ClientDatabase]
) -> dict[str, SemanticLayer]:
    return {
        name: SemanticLayer(model, database, name, database.engine)
        for name, database in databases.items()
    }


def answer(layer: SemanticLayer, query: MetricQuery) -> MetricTable:
    return layer.answer(query, role="manager", attributes={}, permitted_roles=ROLES)


def rows(layer: SemanticLayer, query: MetricQuery) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in answer(layer, query).rows]


def into_postgres(dsn: str, relations: Iterable[Relation]) -> None:
    with psycopg.connect(dsn) as conn:
        for relation in relations:
            conn.execute(_create(relation, {}).encode())
            copy = sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(relation.name))
            with conn.cursor().copy(copy) as out:
                for row in relation.rows:
                    out.write_row(row)


def into_sqlite(path: Path, relations: Iterable[Relation]) -> None:
    conn = sqlite3.connect(path)
    for relation in relations:
        conn.execute(_create(relation, _SQLITE))
        marks = ", ".join("?" * len(relation.columns))
        conn.executemany(
            f'INSERT INTO "{relation.name}" VALUES ({marks})',
            [tuple(map(_for_sqlite, row)) for row in relation.rows],
        )
    conn.commit()
    conn.close()


def into_duckdb(path: Path, relations: Iterable[Relation]) -> None:
    with duckdb.connect(str(path)) as conn:
        for relation in relations:
            conn.execute(_create(relation, _DUCKDB))
            marks = ", ".join("?" * len(relation.columns))
            if relation.rows:
                conn.executemany(
                    f'INSERT INTO "{relation.name}" VALUES ({marks})', list(relation.rows)
                )


def into_folder(path: Path, relations: Iterable[Relation]) -> None:
    path.mkdir()
    for relation in relations:
        with (path / f"{relation.name}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(relation.columns)
            writer.writerows(relation.rows)


def _create(relation: Relation, words: Mapping[str, str]) -> str:
    columns = ", ".join(
        f'"{name}" {words.get(kind, kind)}' for name, kind in relation.columns.items()
    )
    return f'CREATE TABLE "{relation.name}" ({columns})'


def _for_sqlite(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime | date):
        return value.isoformat(*([" "] if isinstance(value, datetime) else []))
    return value


def _file(path: Path, engine: Engine) -> ClientDatabase:
    return ClientDatabase(f"{engine}:///{path}", engine, (path.parent,))
