"""The statements themselves, and every metric by every dimension that it reaches."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery
from backend.semantic.compile import ROW_LIMIT, compile_members, compile_query
from backend.semantic.joins import reachable_dimensions
from backend.semantic.loading import load_model
from tests.unit.semantic_model import MODEL, TEXT

_OCTOBER = MetricQuery(
    metrics=("revenue",), from_date=date(2026, 10, 1), to_date=date(2026, 10, 31)
)
_THIS_YEAR = MetricQuery(
    metrics=("revenue",), from_date=date(2026, 1, 1), to_date=date(2026, 12, 31)
)

# The demo's model with dimensions of every type.
_TYPED = TEXT.replace(
    "quantity: integer, unit_price", "gift: boolean, quantity: integer, unit_price"
)
for _name, _table, _column in (
    ("quantity", "order_lines", "quantity"),
    ("gift", "order_lines", "gift"),
    ("price", "order_lines", "unit_price"),
    ("day", "orders", "ordered_on"),
):
    _labels = ", ".join(
        f"{language}: {{singular: {_name} {language}, plural: {_name} {language}}}"
        for language in ("pt", "en", "es")
    )
    _TYPED = _TYPED.replace(
        "\ndimensions:\n",
        f"\ndimensions:\n  {_name}: {{table: {_table}, column: {_column},"
        f" labels: {{{_labels}}}, synonyms: {{}}}}\n",
    )


GOLDEN = {
    "revenue of a month": _OCTOBER,
    "sales of a month": replace(_OCTOBER, metrics=("revenue", "contracts_closed")),
    "top three regions": replace(_OCTOBER, metrics=("revenue",), dimensions=("region",), limit=3),
    "worst five products by margin rate": MetricQuery(
        metrics=("margin", "margin_rate"),
        dimensions=("product",),
        order="asc",
        order_by="margin_rate",
        limit=5,
    ),
    "average ticket of two sellers": MetricQuery(
        metrics=("avg_ticket",),
        dimensions=("seller",),
        filters={"seller": ("Ana Souza", "Bruno D'Ávila")},
    ),
    "orders by month": replace(_THIS_YEAR, metrics=("orders",), grain="month"),
    "best month": replace(_THIS_YEAR, metrics=("revenue",), grain="month", order="desc", limit=1),
    "units by week and category": replace(
        _OCTOBER,
        metrics=("units",),
        dimensions=("category",),
        filters={"state": ("São Paulo",)},
        grain="week",
    ),
    "return rate by category": replace(
        _OCTOBER, metrics=("return_rate",), dimensions=("category",)
    ),
    "pipeline by stage": MetricQuery(
        metrics=("pipeline_value", "opportunities_open"), dimensions=("stage",)
    ),
    "win rate by quarter": MetricQuery(metrics=("win_rate",), grain="quarter"),
    "customers by day and channel": replace(
        _OCTOBER, metrics=("customers",), dimensions=("channel",), grain="day"
    ),
    "sales by year and region": MetricQuery(
        metrics=("revenue", "contracts_closed", "opportunities_lost"),
        dimensions=("region",),
        filters={"segment": ("Padarias", "Hotelaria")},
        grain="year",
        order_by="region",
    ),
}


def _golden() -> dict[str, str]:
    """Name -> statement, from a file that can be run as it stands."""
    path = Path(__file__).with_name("data") / "semantic_golden.sql"
    parts = re.split(r"^-- (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {
        name: sql.strip().removesuffix(";")
        for name, sql in zip(parts[1::2], parts[2::2], strict=True)
    }


def test_every_golden_statement_is_asked_for() -> None:
    assert _golden().keys() == GOLDEN.keys()


@pytest.mark.parametrize("name", GOLDEN)
def test_the_statement_is_the_golden_one(name: str) -> None:
    assert compile_query(MODEL, GOLDEN[name]).literal_sql == _golden()[name]


@pytest.mark.parametrize("name", GOLDEN)
def test_both_spellings_are_one_statement(name: str) -> None:
    compiled = compile_query(MODEL, GOLDEN[name])

    bound = sqlglot.parse_one(compiled.sql, dialect="postgres")
    for node in list(bound.find_all(exp.Placeholder)):
        node.replace(exp.convert(compiled.params[node.name]))

    literal = sqlglot.parse_one(compiled.literal_sql, dialect="postgres")
    assert bound.sql(dialect="postgres") == literal.sql(dialect="postgres")


@pytest.mark.parametrize("metric", MODEL.metrics)
def test_a_metric_compiles_by_every_dimension_that_it_reaches(metric: str) -> None:
    reachable = reachable_dimensions(MODEL, metric)

    assert {"region", "state", "city", "seller", "customer", "segment"} <= set(reachable)
    for dimension in reachable:
        query = replace(
            _OCTOBER,
            metrics=(metric,),
            dimensions=(dimension,),
            filters={dimension: ("x",)},
            grain="month",
        )
        compiled = compile_query(MODEL, query)
        assert compiled.columns == ("period", dimension, metric)
        tree = sqlglot.parse_one(compiled.sql, dialect="postgres")
        assert isinstance(tree, exp.Select)
        assert tuple(tree.named_selects) == compiled.columns


def test_only_the_joins_that_are_needed_are_made() -> None:
    compiled = compile_query(MODEL, MetricQuery(metrics=("contracts_closed",)))

    assert "JOIN" not in compiled.sql


def test_metrics_of_one_fact_share_its_pass() -> None:
    metrics = ("revenue", "orders", "units", "customers", "avg_ticket", "margin", "discount_rate")

    compiled = compile_query(MODEL, MetricQuery(metrics=metrics))

    assert compiled.sql.count("FROM sales.order_lines") == 1


@pytest.mark.parametrize(
    ("query", "named"),
    [
        (MetricQuery(metrics=()), "metric"),
        (MetricQuery(metrics=("profitability",)), "profitability"),
        (MetricQuery(metrics=("revenue",), dimensions=("planet",)), "planet"),
        (MetricQuery(metrics=("revenue",), filters={"planet": ("Mars",)}), "planet"),
        (MetricQuery(metrics=("revenue",), dimensions=("stage",)), "stage"),
        (MetricQuery(metrics=("revenue", "pipeline_value"), dimensions=("channel",)), "pipeline"),
        (MetricQuery(metrics=("return_rate",), filters={"stage": ("ganho",)}), "return_rate"),
        (MetricQuery(metrics=("revenue",), filters={"region": ()}), "region"),
        (MetricQuery(metrics=("revenue",), filters={"region": (7,)}), "region"),  # type: ignore[dict-item]
        (MetricQuery(metrics=("revenue",), filters={"region": ("a\0b",)}), "region"),
        (MetricQuery(metrics=("revenue",), filters={"region": ("\ud800",)}), "region"),
        (MetricQuery(metrics=("revenue",), order_by="orders"), "orders"),
        (MetricQuery(metrics=("revenue",), order_by="period"), "period"),
        (MetricQuery(metrics=("revenue",), order="up"), "up"),  # type: ignore[arg-type]
        (MetricQuery(metrics=("revenue",), grain="hour"), "hour"),  # type: ignore[arg-type]
        (MetricQuery(metrics=("revenue",), limit=0), "limit"),
        (
            MetricQuery(metrics=("revenue",), from_date=date(2026, 2, 1), to_date=date(2026, 1, 1)),
            "period",
        ),
    ],
)
def test_what_the_model_does_not_define_is_refused_by_name(query: MetricQuery, named: str) -> None:
    with pytest.raises(SalesQueryInvalid, match=named):
        compile_query(MODEL, query)


@pytest.mark.parametrize(
    ("limit", "asked"), [(None, ROW_LIMIT + 1), (5, 5), (10**9, ROW_LIMIT + 1)]
)
def test_no_statement_asks_for_more_rows_than_an_answer_holds(
    limit: int | None, asked: int
) -> None:
    query = MetricQuery(metrics=("revenue",), dimensions=("customer",), limit=limit)

    assert compile_query(MODEL, query).sql.endswith(f"LIMIT {asked}")


def test_percent_signs_and_quotes_survive_the_driver() -> None:
    model = load_model(TEXT.replace("<> 'cancelado'", "not like '100%''s'"))
    compiled = compile_query(model, MetricQuery(metrics=("revenue",)))

    # psycopg reads %% as one percent sign.
    assert "'100%%''s'" in compiled.sql
    assert "'100%''s'" in compiled.literal_sql


def test_comments_in_a_model_stay_in_the_model() -> None:
    model = load_model(TEXT.replace("sum(order_lines.amount)", "sum(amount /* ours */)"))

    assert "ours" not in compile_query(model, MetricQuery(metrics=("revenue",))).sql


def test_a_moment_counts_on_its_day_where_the_company_is() -> None:
    model = load_model(TEXT.replace("ordered_on: date", "ordered_on: timestamp"))
    query = replace(_OCTOBER, metrics=("revenue",), grain="month")

    sql = compile_query(model, query).sql

    day = "CAST(orders.ordered_on AT TIME ZONE 'America/Sao_Paulo' AS DATE)"
    assert f"{day} <= %(to)s" in sql
    assert f"DATE_TRUNC('MONTH', CAST({day} AS TIMESTAMP))" in sql


def test_filters_are_bound_in_the_type_of_their_column() -> None:
    model = load_model(_TYPED)
    filters = {
        "quantity": ("7", "8"),
        "gift": ("true",),
        "price": ("9.90",),
        "day": ("2026-10-01",),
    }

    compiled = compile_query(model, MetricQuery(metrics=("revenue",), filters=filters))

    assert [type(value).__name__ for value in compiled.params.values()] == [
        *("int", "int", "bool", "Decimal", "date")
    ]
    for dimension, member in (
        *(("quantity", "many"), ("quantity", str(2**63)), ("gift", "maybe")),
        *(("price", "NaN"), ("price", "cheap"), ("day", "yesterday")),
    ):
        query = MetricQuery(metrics=("revenue",), filters={dimension: (member,)})
        with pytest.raises(SalesQueryInvalid, match=dimension):
            compile_query(model, query)


def test_members_are_read_from_their_own_table() -> None:
    assert compile_members(MODEL, "seller").sql == (
        "SELECT DISTINCT sellers.name AS seller FROM sales.sellers AS sellers"
        " WHERE NOT sellers.name IS NULL ORDER BY 1 LIMIT 50001"
    )
