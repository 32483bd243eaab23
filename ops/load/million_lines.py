"""A million order lines of a year, the same in PostgreSQL and in a DuckDB file, for a measurement."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import psycopg

from backend.domain.sales import MetricQuery
from backend.semantic.engine import Engine
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.source import ClientDatabase
from ops.local.prepare import Logins

MILLION = MetricQuery(
    metrics=("revenue",), grain="month", from_date=date(2025, 1, 1), to_date=date(2025, 12, 31)
)

_MODEL = Path(__file__).with_name("million_lines.yaml")

_TABLES = (
    "CREATE TABLE {schema}bench_orders (id integer PRIMARY KEY, day date NOT NULL)",
    "CREATE TABLE {schema}bench_lines (order_id integer NOT NULL, quantity integer NOT NULL,"
    " unit_price numeric(10,2) NOT NULL)",
)
_ROWS = (
    "INSERT INTO {schema}bench_orders SELECT i, DATE '2025-01-01' + (i %% 365)::integer"
    " FROM generate_series(1, 250000) AS s(i)",
    "INSERT INTO {schema}bench_lines SELECT 1 + i %% 250000, 1 + i %% 7, 10 + (i %% 9973) / 100.0"
    " FROM generate_series(1, 1000000) AS s(i)",
)
_BY_HAND = (
    "SELECT date_trunc('month', o.day), sum(l.quantity * l.unit_price) FROM {schema}bench_lines l"
    " JOIN {schema}bench_orders o ON o.id = l.order_id GROUP BY 1 ORDER BY 1"
)
_SCHEMA = "bench"

#: An engine's layer, and the same sum written by hand.
Measured = tuple[SemanticLayer, Callable[[], object]]


@contextmanager
def million_lines(logins: Logins) -> Iterator[Mapping[str, Measured]]:
    """Both are gone when the block is left."""
    assert logins.demo_owner_dsn is not None  # noqa: S101 - the bench runs on a stack of its own
    text = _MODEL.read_text(encoding="utf-8")
    prefix = f"{_SCHEMA}."
    with (
        psycopg.connect(logins.demo_owner_dsn, autocommit=True) as postgres,
        tempfile.TemporaryDirectory(prefix="sales-crew-lines-") as folder,
    ):
        file = Path(folder) / "lines.duckdb"
        with duckdb.connect(str(file)) as duck:
            for statement in (*_TABLES, *_ROWS):
                duck.execute(statement.format(schema="").replace("%%", "%"))
        postgres.execute(
            f"DROP SCHEMA IF EXISTS {_SCHEMA} CASCADE; CREATE SCHEMA {_SCHEMA}".encode()
        )
        for statement in (*_TABLES, *_ROWS):
            postgres.execute(statement.format(schema=prefix).replace("%%", "%").encode())
        postgres.execute(f"VACUUM ANALYZE {prefix}bench_orders, {prefix}bench_lines".encode())
        in_schema = text.replace("relation: bench_", f"schema: {_SCHEMA}\n    relation: bench_")
        clients = {
            "postgresql": (ClientDatabase(logins.demo_owner_dsn), in_schema),
            "duckdb": (ClientDatabase(str(file), Engine.DUCKDB, [Path(folder)]), text),
        }
        # A process opens a file of DuckDB in one way only, and the product's is not ours.
        reading = duckdb.connect(shutil.copy(file, Path(folder) / "copy.duckdb"), read_only=True)
        by_hand: Mapping[str, Callable[[], object]] = {
            "postgresql": lambda: postgres.execute(
                _BY_HAND.format(schema=prefix).encode()
            ).fetchall(),
            "duckdb": lambda: reading.execute(_BY_HAND.format(schema="")).fetchall(),
        }
        try:
            yield {
                name: (
                    SemanticLayer(load_model(model), client, name, client.engine),
                    by_hand[name],
                )
                for name, (client, model) in clients.items()
            }
        finally:
            reading.close()
            for client, _ in clients.values():
                client.close()
            postgres.execute(f"DROP SCHEMA {_SCHEMA} CASCADE".encode())
