"""What engines say differently: golden statements where we cannot run them, and traps one by one."""

import re
import sqlite3
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlglot
from sqlglot import exp

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery, Threshold
from backend.semantic.compile import compile_query
from backend.semantic.dialects.known import DIALECTS
from backend.semantic.engine import EXECUTED, Engine
from backend.semantic.exactness import spoken
from backend.semantic.expression import aggregate, condition
from backend.semantic.loading import load_model
from tests.unit.semantic_model import MODEL, TEXT

_THIRD_QUARTER = {"from_date": date(2026, 7, 1), "to_date": date(2026, 9, 30)}
GOLDEN = {
    "top three products by margin rate": MetricQuery(
        metrics=("margin_rate",),
        dimensions=("product",),
        filters={"state": ("São Paulo", "Ceará")},
        exclude={"channel": ("Portal",)},
        limit=3,
        **_THIRD_QUARTER,  # type: ignore[arg-type]
    ),
    "revenue by week against last year": MetricQuery(
        metrics=("revenue",),
        grain="week",
        compare="same_period_last_year",
        **_THIRD_QUARTER,  # type: ignore[arg-type]
    ),
    "two facts by quarter above a threshold": MetricQuery(
        metrics=("revenue", "contracts_closed"),
        grain="quarter",
        having=(Threshold(metric="revenue", op=">", value=Decimal("1000.5")),),
    ),
    "running revenue by month": MetricQuery(metrics=("revenue",), grain="month", cumulative=True),
    "best two regions and the rest": MetricQuery(
        metrics=("revenue",), dimensions=("region",), limit=2, other=True
    ),
}
_NOT_RUN = sorted(set(Engine) - EXECUTED)


def _golden() -> dict[str, str]:
    path = Path(__file__).with_name("data") / "semantic_golden_not_run.sql"
    parts = re.split(r"^-- (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        name: sql.strip().removesuffix(";")
        for name, sql in zip(parts[1::2], parts[2::2], strict=True)
    }


@pytest.mark.parametrize("engine", _NOT_RUN)
@pytest.mark.parametrize("name", GOLDEN)
def test_a_statement_that_is_not_run_is_the_golden_one(engine: Engine, name: str) -> None:
    assert compile_query(MODEL, GOLDEN[name], engine).literal_sql == _golden()[f"{engine}: {name}"]


@pytest.mark.parametrize("engine", Engine)
@pytest.mark.parametrize("name", GOLDEN)
def test_the_engines_own_parser_reads_it_back(engine: Engine, name: str) -> None:
    compiled = compile_query(MODEL, GOLDEN[name], engine)

    tree = sqlglot.parse_one(compiled.literal_sql, dialect=DIALECTS[engine].name)
    assert isinstance(tree, exp.Select)
    assert tuple(tree.named_selects) == compiled.columns


@pytest.mark.parametrize(
    ("engine", "text", "said"),
    [
        # Some engines drop the fraction of 1 / 2, and DECIMAL alone is no decimal on most.
        (
            Engine.SQLITE,
            "sum(quantity) / 2",
            'ROUND(CAST(SUM("order_lines"."quantity") AS REAL) / NULLIF(2, 0), 10)',
        ),
        (
            Engine.DUCKDB,
            "sum(quantity) / 2",
            'ROUND(CAST(SUM("order_lines"."quantity") AS DOUBLE) / NULLIF(2, 0), 10)',
        ),
        (
            Engine.MYSQL,
            "sum(quantity) / 2",
            "ROUND(CAST(SUM(`order_lines`.`quantity`) AS DECIMAL(38, 10)) / NULLIF(2, 0), 10)",
        ),
        # Binary fractions, added up in any order, differ in the last digit.
        (
            Engine.SQLITE,
            "sum(amount)",
            'SUM(CAST(ROUND(("order_lines"."amount") * 1000000) AS INTEGER)) / 1000000.0',
        ),
        (Engine.DUCKDB, "sum(amount)", 'SUM(CAST("order_lines"."amount" AS DECIMAL(18, 6)))'),
        (Engine.SQLITE, "sum(quantity)", 'SUM("order_lines"."quantity")'),
        # FILTER is not everybody's.
        (
            Engine.MYSQL,
            "count(*) filter (where quantity > 1)",
            "COUNT(CASE WHEN `order_lines`.`quantity` > 1 THEN 1 END)",
        ),
        (
            Engine.MSSQL,
            "count(distinct order_id) filter (where quantity > 1)",
            "COUNT_BIG(DISTINCT CASE WHEN [order_lines].[quantity] > 1"
            " THEN [order_lines].[order_id] END)",
        ),
    ],
)
def test_an_aggregate_means_the_same(engine: Engine, text: str, said: str) -> None:
    tree = aggregate(text, "order_lines", MODEL.tables)

    assert DIALECTS[engine].sql(spoken(tree, DIALECTS[engine], MODEL.tables)) == said


@pytest.mark.parametrize(
    ("pattern", "matched", "missed"),
    [("Won%", "Won!", "won!"), ("a_c", "abc", "Abc"), ("50[%", "50[x", "50x"), ("*", "*", "x")],
)
def test_sqlites_like_tells_capitals_apart(pattern: str, matched: str, missed: str) -> None:
    tree = condition(f"status like '{pattern}'", "orders", MODEL.tables)
    said = DIALECTS[Engine.SQLITE].sql(spoken(tree, DIALECTS[Engine.SQLITE], MODEL.tables))

    for text, found in ((matched, 1), (missed, 0)):
        assert _on_sqlite(said.replace('"orders"."status"', f"'{text}'")) == found


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2024-03-31", -1, "2024-02-29"),
        ("2024-12-15", 1, "2025-01-15"),
    ],
)
def test_a_month_that_is_too_short_ends_on_its_last_day(day: str, months: int, moved: str) -> None:
    dialect = DIALECTS[Engine.SQLITE]

    assert _on_sqlite(dialect.sql(dialect.moved(exp.convert(day), months=months))) == moved


def test_a_moment_is_refused_where_there_are_no_zones() -> None:
    model = load_model(TEXT.replace("ordered_on: date", "ordered_on: timestamp"))

    with pytest.raises(SalesQueryInvalid, match="time zones"):
        compile_query(model, MetricQuery(metrics=("revenue",), grain="day"), Engine.SQLITE)


def _on_sqlite(expression: str) -> Any:
    conn = sqlite3.connect(":memory:")
    try:
        [value] = conn.execute(f"SELECT {expression}").fetchone()
    finally:
        conn.close()
    return value
