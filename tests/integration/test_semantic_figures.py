"""The figures of the semantic layer against SQL written apart from it, on the demo company."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from backend.domain.errors import SalesNotPermitted
from backend.domain.sales import MetricQuery, MetricTable
from backend.semantic.compile import compile_query
from backend.semantic.joins import reachable_dimensions
from backend.semantic.layer import SemanticLayer
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import TODAY, PostgresCluster, demo_source
from tests.unit.semantic_model import MODEL

pytestmark = pytest.mark.integration

_ROLES = frozenset({"manager", "seller"})
_FROM, _TO = date(2026, 7, 1), date(2026, 9, 30)


@pytest.fixture(scope="module")
def reader_dsn(postgres: PostgresCluster) -> Iterator[str]:
    with demo_source(postgres) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def layer(reader_dsn: str) -> Iterator[SemanticLayer]:
    database = ClientDatabase(reader_dsn)
    yield SemanticLayer(MODEL, database, "demo")
    database.close()


@pytest.fixture(scope="module")
def conn(reader_dsn: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(reader_dsn, autocommit=True) as conn:
        yield conn


def _answer(layer: SemanticLayer, query: MetricQuery) -> MetricTable:
    return layer.answer(query, role="manager", attributes={}, permitted_roles=_ROLES)


def _rows(table: MetricTable) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in table.rows]


# Asked of the layer, and what a person with SQL would have written.
CASES: dict[str, tuple[MetricQuery, str]] = {
    "totals of the order lines": (
        MetricQuery(
            metrics=("revenue", "orders", "units", "customers", "gross_amount", "discount_amount"),
            from_date=_FROM,
            to_date=_TO,
        ),
        """
        SELECT sum(l.amount), count(DISTINCT o.id), sum(l.quantity), count(DISTINCT o.customer_id),
               sum(l.quantity * l.unit_price), sum(l.quantity * l.unit_price) - sum(l.amount)
          FROM sales.order_lines l JOIN sales.orders o ON o.id = l.order_id
         WHERE o.status IN ('entregue', 'enviado')
           AND o.ordered_on BETWEEN '2026-07-01' AND '2026-09-30'
        """,
    ),
    "sales by region, two facts": (
        MetricQuery(
            metrics=("revenue", "contracts_closed"),
            dimensions=("region",),
            from_date=_FROM,
            to_date=_TO,
            order_by="region",
        ),
        """
        SELECT r.name,
               (SELECT sum(l.amount) FROM sales.order_lines l
                  JOIN sales.orders o ON o.id = l.order_id
                  JOIN sales.customers c ON c.id = o.customer_id
                  JOIN sales.states s ON s.uf = c.uf
                 WHERE s.region_id = r.id AND o.status <> 'cancelado'
                   AND o.ordered_on BETWEEN '2026-07-01' AND '2026-09-30'),
               (SELECT count(*) FROM sales.contracts k
                  JOIN sales.customers c ON c.id = k.customer_id
                  JOIN sales.states s ON s.uf = c.uf
                 WHERE s.region_id = r.id
                   AND k.signed_on BETWEEN '2026-07-01' AND '2026-09-30')
          FROM sales.regions r ORDER BY r.name
        """,
    ),
    "revenue by month": (
        MetricQuery(metrics=("revenue", "avg_ticket"), grain="month", from_date=_FROM, to_date=_TO),
        """
        SELECT make_date(extract(year FROM o.ordered_on)::int,
                         extract(month FROM o.ordered_on)::int, 1) AS month,
               sum(l.amount), sum(l.amount) / count(DISTINCT o.id)
          FROM sales.orders o JOIN sales.order_lines l ON l.order_id = o.id
         WHERE o.status <> 'cancelado' AND o.ordered_on BETWEEN '2026-07-01' AND '2026-09-30'
         GROUP BY month ORDER BY month
        """,
    ),
    "orders by week, from Monday": (
        MetricQuery(metrics=("orders",), grain="week", from_date=_FROM, to_date=_TO),
        """
        SELECT ordered_on - (extract(isodow FROM ordered_on)::int - 1) AS monday, count(*)
          FROM sales.orders
         WHERE status <> 'cancelado' AND ordered_on BETWEEN '2026-07-01' AND '2026-09-30'
         GROUP BY monday ORDER BY monday
        """,
    ),
    "return rate by category, two facts": (
        MetricQuery(
            metrics=("return_rate",),
            dimensions=("category",),
            from_date=_FROM,
            to_date=_TO,
            order_by="category",
        ),
        """
        SELECT c.name, coalesce(
                   (SELECT sum(r.amount) FROM sales.returns r
                      JOIN sales.order_lines l ON l.id = r.order_line_id
                      JOIN sales.products p ON p.id = l.product_id
                     WHERE p.category_id = c.id
                       AND r.returned_on BETWEEN '2026-07-01' AND '2026-09-30'), 0)
               / (SELECT sum(l.amount) FROM sales.order_lines l
                    JOIN sales.orders o ON o.id = l.order_id
                    JOIN sales.products p ON p.id = l.product_id
                   WHERE p.category_id = c.id AND o.status <> 'cancelado'
                     AND o.ordered_on BETWEEN '2026-07-01' AND '2026-09-30')
          FROM sales.categories c ORDER BY c.name
        """,
    ),
    "three best sellers of two states": (
        MetricQuery(
            metrics=("revenue",),
            dimensions=("seller",),
            filters={"state": ("SP", "paraná")},
            from_date=_FROM,
            to_date=_TO,
            limit=3,
        ),
        """
        SELECT v.name, sum(l.amount) FROM sales.order_lines l
          JOIN sales.orders o ON o.id = l.order_id
          JOIN sales.customers c ON c.id = o.customer_id
          JOIN sales.sellers v ON v.id = o.seller_id
         WHERE o.status <> 'cancelado' AND c.uf IN ('SP', 'PR')
           AND o.ordered_on BETWEEN '2026-07-01' AND '2026-09-30'
         GROUP BY v.name ORDER BY 2 DESC LIMIT 3
        """,
    ),
    "worst margins": (
        MetricQuery(
            metrics=("margin_rate", "margin"),
            dimensions=("product",),
            order="asc",
            order_by="margin_rate",
            limit=5,
        ),
        """
        SELECT p.name, (sum(l.amount) - sum(l.quantity * p.unit_cost)) / sum(l.amount) AS rate,
               sum(l.amount) - sum(l.quantity * p.unit_cost)
          FROM sales.products p JOIN sales.order_lines l ON l.product_id = p.id
          JOIN sales.orders o ON o.id = l.order_id AND o.status <> 'cancelado'
         GROUP BY p.id ORDER BY rate LIMIT 5
        """,
    ),
    "contracts": (
        MetricQuery(
            metrics=("contracts_closed", "contract_value", "avg_contract_value"),
            dimensions=("contract_status",),
            order_by="contract_status",
        ),
        """
        SELECT status, count(*), sum(total_value), avg(total_value)
          FROM sales.contracts GROUP BY status ORDER BY status
        """,
    ),
    "open opportunities": (
        MetricQuery(
            metrics=("pipeline_value", "opportunities_open"),
            dimensions=("stage",),
            order_by="stage",
        ),
        """
        SELECT stage, sum(amount), count(*) FROM sales.opportunities
         WHERE closed_on IS NULL GROUP BY stage ORDER BY stage
        """,
    ),
    "opportunities that ended": (
        MetricQuery(
            metrics=("win_rate", "opportunities_won", "opportunities_lost", "won_value"),
            from_date=_FROM,
            to_date=_TO,
        ),
        """
        SELECT avg((stage = 'ganho')::int), count(*) FILTER (WHERE stage = 'ganho'),
               count(*) FILTER (WHERE stage = 'perdido'),
               sum(amount) FILTER (WHERE stage = 'ganho')
          FROM sales.opportunities WHERE closed_on BETWEEN '2026-07-01' AND '2026-09-30'
        """,
    ),
    "cancelled orders by channel": (
        MetricQuery(
            metrics=("cancelled_orders",), dimensions=("channel",), order_by="channel", order="desc"
        ),
        """
        SELECT channel, count(*) FROM sales.orders WHERE status = 'cancelado'
         GROUP BY channel ORDER BY channel DESC
        """,
    ),
    "returns by reason": (
        MetricQuery(metrics=("returns_amount", "returned_units"), dimensions=("return_reason",)),
        """
        SELECT reason, sum(amount), sum(quantity) FROM sales.returns GROUP BY reason
         ORDER BY 2 DESC
        """,
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_figure_is_what_sql_written_by_hand_says(
    layer: SemanticLayer, conn: psycopg.Connection[Any], name: str
) -> None:
    query, by_hand = CASES[name]

    rows = _rows(_answer(layer, query))

    expected = conn.execute(by_hand.encode()).fetchall()
    assert rows
    assert len(rows) == len(expected)
    for row, reference in zip(rows, expected, strict=True):
        assert row == pytest.approx(reference) if _has_ratio(query) else row == reference


def _has_ratio(query: MetricQuery) -> bool:
    """Division may be rounded at another digit in another form of the same formula."""
    return any(MODEL.metrics[name].is_ratio for name in query.metrics)


# Those that a part of the rows can be added up to: a customer who buys twice is still one.
_ADDITIVE = sorted(
    name
    for name, metric in MODEL.metrics.items()
    if not metric.is_ratio and "distinct" not in (metric.sql or "")
)


@pytest.mark.parametrize("metric", _ADDITIVE)
def test_the_parts_make_the_whole_by_every_dimension(layer: SemanticLayer, metric: str) -> None:
    total = _answer(layer, MetricQuery(metrics=(metric,))).rows[0][metric]

    for dimension in reachable_dimensions(MODEL, metric):
        parts = _answer(layer, MetricQuery(metrics=(metric,), dimensions=(dimension,)))
        assert sum(row[metric] for row in parts.rows) == total, dimension
    for grain in ("day", "month", "year"):
        parts = _answer(
            layer,
            MetricQuery(metrics=(metric,), grain=grain, from_date=date(2025, 1, 1), to_date=TODAY),
        )
        whole = MetricQuery(metrics=(metric,), from_date=date(2025, 1, 1), to_date=TODAY)
        assert sum(row[metric] for row in parts.rows) == _answer(layer, whole).rows[0][metric], (
            grain
        )


def test_a_metric_is_the_same_alone_and_beside_any_other(layer: SemanticLayer) -> None:
    metrics = tuple(MODEL.metrics)
    together = _answer(
        layer, MetricQuery(metrics=metrics, dimensions=("seller",), from_date=_FROM, to_date=_TO)
    )

    for metric in metrics:
        alone = _answer(
            layer,
            MetricQuery(metrics=(metric,), dimensions=("seller",), from_date=_FROM, to_date=_TO),
        )
        by_seller = {row["seller"]: row[metric] for row in alone.rows}
        for row in together.rows:
            if row["seller"] in by_seller:
                assert row[metric] == by_seller[row["seller"]], metric
            else:
                # No rows of their own: a count is 0, a sum is not known.
                assert not row[metric], metric


@pytest.mark.parametrize("name", CASES)
def test_the_printed_statement_gives_the_same_rows(
    layer: SemanticLayer, conn: psycopg.Connection[Any], name: str
) -> None:
    table = _answer(layer, CASES[name][0])

    assert conn.execute(table.sql.encode()).fetchall() == _rows(table)


def test_every_reachable_combination_runs(layer: SemanticLayer) -> None:
    for metric in MODEL.metrics:
        for dimension in reachable_dimensions(MODEL, metric):
            query = MetricQuery(
                metrics=(metric,), dimensions=(dimension,), grain="quarter", from_date=_FROM
            )
            assert _answer(layer, query).columns == ("period", dimension, metric)


@pytest.mark.parametrize(
    "member", ["Brazil'; DROP TABLE sales.orders; --", "%(v0)s %s %%", "\\' OR 1=1 --", "Atlântida"]
)
def test_a_member_that_nobody_has_finds_no_rows(
    layer: SemanticLayer, conn: psycopg.Connection[Any], member: str
) -> None:
    query = MetricQuery(metrics=("revenue",), filters={"customer": (member,)})

    table = _answer(layer, query)

    assert table.rows == ()
    assert conn.execute(table.sql.encode()).fetchall() == [(None,)]
    assert conn.execute("SELECT count(*) > 0 FROM sales.orders").fetchone() == (True,)


def test_a_period_without_sales_has_no_rows_and_no_orders_is_zero(layer: SemanticLayer) -> None:
    future = {"from_date": date(2030, 1, 1), "to_date": date(2030, 1, 31)}
    for metrics in (("revenue",), ("revenue", "contracts_closed"), ("return_rate",)):
        assert _answer(layer, MetricQuery(metrics=metrics, **future)).rows == ()  # type: ignore[arg-type]
    orders = _answer(layer, MetricQuery(metrics=("orders",), **future))  # type: ignore[arg-type]
    assert orders.rows == ({"orders": 0},)


def test_values_come_as_decimals_dates_and_text(layer: SemanticLayer) -> None:
    query = MetricQuery(
        metrics=("revenue", "orders"), dimensions=("state",), grain="day", from_date=_FROM, limit=1
    )

    row = _answer(layer, query).rows[0]

    assert [type(value) for value in row.values()] == [date, str, Decimal, int]


def test_a_long_answer_is_cut_and_says_so(layer: SemanticLayer) -> None:
    query = MetricQuery(metrics=("revenue",), dimensions=("customer",), grain="day")

    table = _answer(layer, query)

    assert len(table.rows) == 2_000
    assert table.truncated
    assert not _answer(layer, MetricQuery(metrics=("revenue",), grain="month")).truncated


def test_a_seller_sees_their_own_sales_and_nobody_elses(
    layer: SemanticLayer, conn: psycopg.Connection[Any]
) -> None:
    seller, other = layer.members.of("seller")[:2]

    table = layer.answer(
        MetricQuery(metrics=("revenue",), dimensions=("seller",)),
        role="seller",
        attributes={"seller": seller},
        permitted_roles=_ROLES,
    )

    by_hand = conn.execute(
        "SELECT v.name, sum(l.amount) FROM sales.order_lines l"
        " JOIN sales.orders o ON o.id = l.order_id JOIN sales.sellers v ON v.id = o.seller_id"
        " WHERE o.status <> 'cancelado' AND v.name = %s GROUP BY v.name",
        (seller,),
    ).fetchall()
    assert _rows(table) == by_hand
    with pytest.raises(SalesNotPermitted):
        layer.answer(
            MetricQuery(metrics=("revenue",), filters={"seller": (other,)}),
            role="seller",
            attributes={"seller": seller},
            permitted_roles=_ROLES,
        )


def test_members_are_the_databases_own_words(layer: SemanticLayer) -> None:
    members = layer.members.all()

    assert members["region"] == ("Centro-Oeste", "Nordeste", "Norte", "Sudeste", "Sul")
    assert set(members["channel"]) == {"WhatsApp", "E-mail", "Telefone", "Portal"}
    assert len(members["customer"]) > 300
    for name, dimension in MODEL.dimensions.items():
        assert (name in members) is dimension.members
        # An alias of a member that does not exist would be a word without a meaning.
        assert not dimension.aliases.keys() - set(members.get(name, ())), name


def test_a_compiled_statement_can_be_explained(conn: psycopg.Connection[Any]) -> None:
    for metric in MODEL.metrics:
        sql = compile_query(MODEL, MetricQuery(metrics=(metric,), grain="year")).literal_sql
        assert conn.execute(f"EXPLAIN {sql}".encode()).fetchall()
