"""What DuckDB's own catalogue says of its tables, and what a type of any engine is to a model."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from backend.semantic.column_types import column_type
from ops.model.database import Column, Link, Relation

#: Runs one statement without parameters.
Ask = Callable[[str], Sequence[tuple[Any, ...]]]


def duckdb_relations(ask: Ask) -> Iterator[Relation]:
    """Every table and view, without rows."""
    columns: dict[tuple[str, str], list[Column]] = {}
    for schema, table, name, written in ask(
        "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns()"
        " WHERE NOT internal ORDER BY schema_name, table_name, column_index"
    ):
        # Its FLOAT has four bytes, what others call by that name has eight.
        word = "real" if written == "FLOAT" else written
        columns.setdefault((schema, table), []).append(column_of(name, word))
    keys: dict[tuple[str, str], str] = {}
    links: dict[tuple[str, str], list[Link]] = {}
    for schema, table, kind, [*own], to, [*there] in ask(
        "SELECT schema_name, table_name, constraint_type, constraint_column_names,"
        " referenced_table, referenced_column_names FROM duckdb_constraints()"
        " WHERE len(constraint_column_names) = 1"
    ):
        if kind == "PRIMARY KEY":
            keys[schema, table] = own[0]
        elif kind == "FOREIGN KEY":
            link = Link(column=own[0], to=(schema, to), to_column=there[0])
            links.setdefault((schema, table), []).append(link)
    for (schema, table), own_columns in columns.items():
        yield Relation(
            schema=schema,
            name=table,
            columns=tuple(own_columns),
            key=keys.get((schema, table)),
            links=tuple(links.get((schema, table), ())),
        )


def column_of(name: str, written: str) -> Column:
    """`written` is its type as the database calls it."""
    lowered = written.lower()
    # Postgres's and DuckDB's TIMESTAMP has no offset; a model's word of that name has.
    kind = "datetime" if lowered in ("timestamp", "datetime") else column_type(lowered)
    if lowered.startswith(("timestamp_s", "timestamp_ms", "timestamp_ns")):
        kind = "datetime"
    if lowered.startswith(("enum(", "varchar", "nvarchar")):
        kind = "text"
    return Column(name=name, written=written, type=kind)
