"""A model drafted from a live database loads, hides what is personal, and answers right once certified."""

import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb
import psycopg
import pytest
from psycopg import sql

from backend.domain.sales import MetricQuery
from backend.semantic.layer import SemanticLayer
from backend.semantic.loading import load_model
from backend.semantic.source import ClientDatabase
from ops.demo.company import Company, generate
from ops.local.root import ROOT
from ops.model.draft import draft
from ops.model.errors import DatabaseUnreadable, NothingToDraft
from ops.model.reading import relations
from tests.integration.northwind import FOLDER, northwind_relations
from tests.integration.semantic_source import TODAY, PostgresCluster, demo_source
from tests.integration.three_engines import (
    Relation,
    answer,
    into_duckdb,
    into_folder,
    into_postgres,
    into_sqlite,
    rows,
)

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def demo_dsn(postgres: PostgresCluster) -> Iterator[str]:
    with demo_source(postgres) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def company() -> Company:
    return generate(TODAY)


@pytest.fixture(scope="module")
def copies(
    demo_dsn: str, postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """The demo company on three engines, and as a folder: engine -> DSN. Only PostgreSQL has keys."""
    directory = tmp_path_factory.mktemp("draft")
    tables = list(_copied(demo_dsn))
    into_sqlite(directory / "demo.sqlite", tables)
    into_folder(directory / "folder", tables)
    into_duckdb(directory / "demo.duckdb", [replace(each, rows=()) for each in tables])
    with duckdb.connect(str(directory / "demo.duckdb")) as conn:
        for each in tables:
            # A hundred thousand rows, one at a time, take it a minute.
            conn.execute(f"COPY {each.name} FROM '{directory}/folder/{each.name}.csv' (HEADER)")
    return {
        "postgresql": demo_dsn,
        "sqlite": f"sqlite:///{directory / 'demo.sqlite'}",
        "duckdb": f"duckdb:///{directory / 'demo.duckdb'}",
        "folder": str(directory / "folder"),
    }


def _copied(dsn: str) -> Iterator[Relation]:
    with psycopg.connect(dsn) as conn:
        columns: dict[str, dict[str, str]] = {}
        for table, column, kind in conn.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns"
            " WHERE table_schema = 'sales' ORDER BY table_name, ordinal_position"
        ).fetchall():
            columns.setdefault(table, {})[column] = "text" if kind == "character" else kind
        for table, each in columns.items():
            statement = sql.SQL("SELECT * FROM sales.{}").format(sql.Identifier(table))
            yield Relation(name=table, columns=each, rows=conn.execute(statement).fetchall())


@contextmanager
def _finished(text: str, dsn: str) -> Iterator[SemanticLayer]:
    """As a person would leave it who found nothing to correct."""
    engine, _ = relations(dsn)
    place = str(Path(dsn).resolve()) if Path(dsn).exists() else dsn
    folders = () if engine == "postgresql" else (Path("/"),)
    model = load_model(text.replace("certified: false", "certified: true"))
    database = ClientDatabase(place, engine, folders)
    try:
        yield SemanticLayer(model, database, "draft", engine)
    finally:
        database.close()


@pytest.mark.parametrize("engine", ["postgresql", "sqlite", "duckdb", "folder"])
def test_the_demo_company_is_drafted_and_answers(
    copies: dict[str, str], company: Company, engine: str
) -> None:
    dsn = copies[engine]
    text = draft(*relations(dsn))
    by_segment = MetricQuery(metrics=("orders_count",), dimensions=("customers_by_segment",))
    with _finished(text, dsn) as layer:
        [row] = answer(layer, MetricQuery(metrics=("order_lines_amount", "orders_count"))).rows
        counted = dict(rows(layer, by_segment))
        assert not [each for each in layer.misfits() if "key" in each]
    assert row["order_lines_amount"] == sum(each.amount for each in company.order_lines)
    assert row["orders_count"] == len(company.orders)
    segments = {each.id: each.segment for each in company.customers}
    assert counted == {
        segment: sum(segments[order.customer_id] == segment for order in company.orders)
        for segment in set(segments.values())
    }
    # A company's number is nobody's to group by, and the draft says why it is not there.
    assert "# cnpj is left out: it looks like a person's document" in text
    assert not any(metric.certified for metric in load_model(text).metrics.values())


@pytest.mark.skipif(not FOLDER.exists(), reason="Northwind's data is not beside the project")
@pytest.mark.parametrize("engine", ["postgresql", "sqlite", "duckdb"])
def test_northwind_is_drafted_and_answers(
    postgres: PostgresCluster, tmp_path: Path, engine: str
) -> None:
    tables = list(northwind_relations())
    name = f"draft_{uuid4().hex[:12]}"
    with psycopg.connect(postgres.owner_dsn("postgres"), autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            dsn = _northwind(engine, tables, tmp_path, postgres.owner_dsn(name))
            text = draft(*relations(dsn))
            query = MetricQuery(
                metrics=(
                    "orders_count",
                    "orders_freight",
                    "order_details_quantity",
                    "order_details_value",
                )
            )
            with _finished(text, dsn) as layer:
                [row] = answer(layer, query).rows
        finally:
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    assert row["orders_count"] == 830
    assert row["order_details_quantity"] == 51317
    assert round(row["orders_freight"], 2) == _freight(tables)
    assert row["order_details_value"] == _value(tables)
    declared = load_model(text).tables
    assert not {"phone", "address", "contact_name", "birth_date"} & {
        column for table in declared.values() for column in table.columns
    }
    assert "# phone is left out: it looks like a phone number" in text


def _northwind(engine: str, tables: list[Relation], directory: Path, dsn: str) -> str:
    if engine == "postgresql":
        into_postgres(dsn, tables)
        return dsn
    into = {"sqlite": into_sqlite, "duckdb": into_duckdb}[engine]
    into(directory / f"northwind.{engine}", tables)
    return f"{engine}:///{directory / f'northwind.{engine}'}"


def _freight(tables: list[Relation]) -> Decimal:
    orders = next(each for each in tables if each.name == "orders")
    place = list(orders.columns).index("freight")
    return sum((round(Decimal(str(row[place])), 2) for row in orders.rows), Decimal())


def _value(tables: list[Relation]) -> Decimal:
    lines = next(each for each in tables if each.name == "order_details")
    price, quantity = (list(lines.columns).index(each) for each in ("unit_price", "quantity"))
    return sum(
        (round(Decimal(str(row[price])), 2) * row[quantity] for row in lines.rows), Decimal()
    )


def test_what_is_personal_by_its_look_is_left_out_whatever_it_is_called(tmp_path: Path) -> None:
    file = tmp_path / "people.sqlite"
    conn = sqlite3.connect(file)
    conn.execute(
        "CREATE TABLE sales (id INTEGER PRIMARY KEY, day DATE, amount NUMERIC(12, 2), kind TEXT,"
        " a TEXT, b TEXT, c INTEGER, d TEXT, emailaddress TEXT, e TEXT)"
    )
    conn.executemany(
        "INSERT INTO sales VALUES (?, '2026-01-02', 10.5, 'x', ?, ?, 52998224725, ?, NULL, ?)",
        [
            (n, f"p{n}@example.org", "(11) 98765-4321", "4111 1111 1111 1111", "a1b2" * 8)
            for n in range(5)
        ],
    )
    conn.commit()
    conn.close()

    text = draft(*relations(f"sqlite:///{file}"))

    assert set(load_model(text).tables["sales"].columns) == {"id", "day", "amount", "kind"}
    for name, reason in {
        "a": "an e-mail address", "b": "a phone number", "c": "a person's document",
        "d": "a bank or card number", "emailaddress": "an e-mail address", "e": "a secret",
    }.items():  # fmt: skip
        assert f"# {name} is left out: it looks like {reason}" in text


def test_strange_names_are_drafted_too(tmp_path: Path) -> None:
    file = tmp_path / "strange.duckdb"
    with duckdb.connect(str(file)) as conn:
        conn.execute(
            'CREATE TABLE "Vendas 2026" ("Nº" INTEGER PRIMARY KEY, "Data Pedido" DATE,'
            ' "Valor Total" DECIMAL(12,2), "order" VARCHAR, "Região" VARCHAR, blob BLOB)'
        )
        conn.execute('CREATE TABLE facts (id INTEGER, vendas_id INTEGER, "select" VARCHAR)')
        conn.execute(
            "INSERT INTO \"Vendas 2026\" VALUES (1, '2026-01-02', 10.25, 'a', 'Sul', NULL)"
        )

    text = draft(*relations(f"duckdb:///{file}"))

    query = MetricQuery(metrics=("vendas_2026_valor_total",), dimensions=("vendas_2026_by_regiao",))
    with _finished(text, f"duckdb:///{file}") as layer:
        assert rows(layer, query) == [("Sul", Decimal("10.25"))]
    assert "# blob is left out: a model has no word for BLOB" in text


def test_what_has_no_day_is_no_model(tmp_path: Path) -> None:
    file = tmp_path / "empty.duckdb"
    with duckdb.connect(str(file)) as conn:
        conn.execute("CREATE TABLE names (id INTEGER, kind VARCHAR)")

    with pytest.raises(NothingToDraft, match="day"):
        draft(*relations(f"duckdb:///{file}"))


@pytest.mark.parametrize(
    "dsn",
    [
        "postgresql://ana:s3cret@127.0.0.1:1/sales",
        "postgresql://ana:s3cret@127.0.0.1:1/sales?nonsense=s3cret",
        "mysql://ana:s3cret@127.0.0.1/sales",
        "sqlite:////nowhere/s3cret.db",
        "duckdb:////nowhere/s3cret.db",
        "/nowhere/s3cret",
        "sqlite://s3cret@host/file",
    ],
)
def test_the_dsn_is_in_no_error_and_in_no_output(dsn: str) -> None:
    with pytest.raises(DatabaseUnreadable) as refusal:
        relations(dsn)
    assert (
        "s3cret" not in f"{refusal.value!r}{refusal.value.__cause__!r}{refusal.value.__context__!r}"
    )

    ran = _run(DRAFT_DSN=dsn)
    assert ran.returncode == 1
    assert "s3cret" not in ran.stdout + ran.stderr
    assert "Traceback" not in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_the_command_prints_or_keeps_the_draft_and_writes_over_nothing(
    demo_dsn: str, tmp_path: Path
) -> None:
    printed = _run(DRAFT_DSN=demo_dsn)
    assert printed.returncode == 0, printed.stderr
    assert load_model(printed.stdout).metrics
    assert demo_dsn not in printed.stdout + printed.stderr

    file = tmp_path / "model.yaml"
    assert _run(DRAFT_DSN=demo_dsn, DRAFT_FILE=str(file)).returncode == 0
    assert file.read_text(encoding="utf-8").strip() == printed.stdout.strip()
    again = _run(DRAFT_DSN=demo_dsn, DRAFT_FILE=str(file))
    assert again.returncode == 1
    assert "exists" in again.stderr
    assert _run().returncode == 2


def _run(**environment: str) -> Any:
    return subprocess.run(
        (sys.executable, "-m", "ops.model"),
        capture_output=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, **environment},
        text=True,
    )
