"""Equals share a place; what has no figure, and the rest of all, have none."""

from typing import Any

from backend.domain.sales import OTHER, MetricQuery
from backend.semantic.standing import ranked_by, standings


def query(**given: Any) -> MetricQuery:
    return MetricQuery(metrics=("revenue", "orders"), dimensions=("region",), **given)


def rows(*values: Any) -> list[dict[str, Any]]:
    return [{"region": f"r{number}", "revenue": value} for number, value in enumerate(values)]


def test_equals_share_a_place_and_the_next_counts_them() -> None:
    assert standings(query(order="desc"), rows(9, 7, 7, 7, 1)) == (1, 2, 2, 2, 5)


def test_what_is_not_known_and_the_rest_stand_nowhere() -> None:
    told = [*rows(9, 9, None), {"region": OTHER, "revenue": 50}]
    assert standings(query(order="desc"), told) == (1, 1, None, None)


def test_without_an_order_of_figures_nobody_stands_anywhere() -> None:
    assert standings(query(), rows(9, 7)) == (None, None)
    assert standings(query(order="asc", order_by="region"), rows(9, 7)) == (None, None)
    assert standings(query(order="asc", without="orders"), rows(9, 7)) == (None, None)


def test_the_figure_ordered_by_is_the_one_that_counts() -> None:
    assert ranked_by(query(order="desc")) == "revenue"
    assert ranked_by(query(order_by="orders")) == "orders"
    assert ranked_by(query(order="asc", order_by="revenue_change")) == "revenue_change"
    by_orders = [
        {"region": "a", "revenue": 1, "orders": 5},
        {"region": "b", "revenue": 1, "orders": 4},
    ]
    assert standings(query(order="desc", order_by="orders"), by_orders) == (1, 2)
