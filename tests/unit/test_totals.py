"""Rows are added up only where the sum is the figure of the whole."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from backend.domain.sales import OTHER, MetricQuery, Threshold
from backend.semantic.loading import load_model
from backend.semantic.totals import totals
from tests.unit.plugin_stage import ROOT
from tests.unit.semantic_model import MODEL
from tests.unit.test_wording_summary import table

NORTHWIND = load_model((ROOT / "knowledge/northwind/sales.yaml").read_text(encoding="utf-8"))


def by(*metrics: str, **query: Any) -> MetricQuery:
    return MetricQuery(metrics=metrics, **{"dimensions": ("region",), **query})


def rows(*metrics: str) -> list[dict[str, Any]]:
    return [{"region": each, **dict.fromkeys(metrics, 2)} for each in ("Sul", "Norte", None)]


def test_sums_and_counts_of_rows_add_up_the_row_of_nobody_among_them() -> None:
    metrics = ("revenue", "orders", "contracts_closed")
    assert totals(MODEL, table(by(*metrics), *rows(*metrics))) == dict.fromkeys(metrics, 6)


@pytest.mark.parametrize("metric", ["avg_ticket", "margin_rate", "return_rate"])
def test_a_ratio_does_not(metric: str) -> None:
    assert totals(MODEL, table(by(metric), *rows(metric))) == {}


def test_different_customers_of_products_or_months_are_not_so_many_customers() -> None:
    by_product = by("customers", dimensions=("product",))
    by_month = by("customers", dimensions=(), grain="month")
    assert totals(MODEL, table(by_product, *rows("customers"))) == {}
    assert totals(MODEL, table(by_month, *rows("customers"))) == {}
    # Each has one region.
    assert totals(MODEL, table(by("customers"), *rows("customers"))) == {"customers": 6}


def test_an_order_of_several_products_is_counted_once_for_each() -> None:
    by_product = by("orders", dimensions=("product",))
    assert totals(MODEL, table(by_product, *rows("orders"))) == {}


def test_a_difference_of_sums_adds_up_and_a_running_total_does_not() -> None:
    metric = next(name for name, each in NORTHWIND.metrics.items() if each.formula)
    running = next(name for name, each in NORTHWIND.metrics.items() if each.cumulative)
    query = by(metric, dimensions=("category",))
    assert totals(NORTHWIND, table(query, *rows(metric))) == {metric: 6}
    query = by(running, dimensions=("category",), to_date=date(1998, 4, 30))
    assert totals(NORTHWIND, table(query, *rows(running))) == {}


@pytest.mark.parametrize("formula", ["revenue * orders", "revenue / orders", "revenue + 5"])
def test_what_is_no_sum_of_figures_does_not(formula: str) -> None:
    text = (ROOT / "knowledge/northwind/sales.yaml").read_text(encoding="utf-8")
    model = load_model(text.replace("formula: gross_amount - revenue", f"formula: {formula}"))
    metric = next(name for name, each in model.metrics.items() if each.formula)
    query = by(metric, dimensions=("category",))
    assert totals(model, table(query, *rows(metric))) == {}


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 3, "order": "desc"},
        {"having": (Threshold(metric="revenue", op=">", value=Decimal(1)),)},
        {"without": "orders"},
        {"cumulative": True, "grain": "month"},
    ],
)
def test_rows_that_are_not_all_are_not_added_up(query: dict[str, Any]) -> None:
    assert totals(MODEL, table(by("revenue", **query), *rows("revenue"))) == {}


def test_a_limit_that_was_not_reached_leaves_all_and_the_rest_row_completes_it() -> None:
    assert totals(MODEL, table(by("revenue", limit=4), *rows("revenue"))) == {"revenue": 6}
    rest = [*rows("revenue")[:2], {"region": OTHER, "revenue": 10}]
    assert totals(MODEL, table(by("revenue", limit=2, other=True), *rest)) == {"revenue": 14}


def test_an_answer_that_was_cut_or_has_one_row_has_no_total() -> None:
    assert totals(MODEL, table(by("revenue"), *rows("revenue"), truncated=True)) == {}
    assert totals(MODEL, table(by("revenue"), *rows("revenue")[:1])) == {}


def test_what_is_not_known_adds_nothing() -> None:
    some: list[dict[str, Any]] = [
        {"region": "Sul", "revenue": 2},
        {"region": "Norte", "revenue": None},
    ]
    none: list[dict[str, Any]] = [
        {"region": "Sul", "revenue": None},
        {"region": "Norte", "revenue": None},
    ]
    assert totals(MODEL, table(by("revenue"), *some)) == {"revenue": 2}
    assert totals(MODEL, table(by("revenue"), *none)) == {}
