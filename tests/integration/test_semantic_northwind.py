"""Northwind's figures, on every engine, against sums made by hand in exact decimals."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from backend.domain.sales import OTHER, MetricQuery, Threshold
from backend.semantic.layer import SemanticLayer
from backend.semantic.query_arguments import query_from_arguments
from tests.integration.northwind import (
    FOLDER,
    northwind_model,
    northwind_relations,
    questions,
)
from tests.integration.semantic_source import PostgresCluster
from tests.integration.three_engines import Relation, answer, layers, rows, sources

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not FOLDER.exists(), reason="Northwind's data is not beside the project"),
]

_TIME = ("day", "week", "month", "quarter", "year")


@pytest.fixture(scope="module")
def relations() -> dict[str, Relation]:
    return {each.name: each for each in northwind_relations()}


@pytest.fixture(scope="module")
def northwind(
    postgres: PostgresCluster,
    relations: dict[str, Relation],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[dict[str, SemanticLayer]]:
    directory = tmp_path_factory.mktemp("northwind")
    with sources(postgres, directory, relations.values()) as databases:
        yield layers(northwind_model(), databases)


@pytest.fixture(scope="module")
def sold(relations: dict[str, Relation]) -> list[dict[str, Any]]:
    """Every order line with all that is known of it, put together without SQL."""
    tables = {
        name: [dict(zip(each.columns, row, strict=True)) for row in each.rows]
        for name, each in relations.items()
    }
    orders = {each["order_id"]: each for each in tables["orders"]}
    customers = {each["customer_id"]: each for each in tables["customers"]}
    employees = {each["employee_id"]: each for each in tables["employees"]}
    products = {each["product_id"]: each for each in tables["products"]}
    categories = {each["category_id"]: each["category_name"] for each in tables["categories"]}
    shippers = {each["shipper_id"]: each["company_name"] for each in tables["shippers"]}
    lines = []
    for line in tables["order_details"]:
        order, product = orders[line["order_id"]], products[line["product_id"]]
        customer, employee = customers[order["customer_id"]], employees[order["employee_id"]]
        price, discount = (
            round(Decimal(str(line[name])), 2) for name in ("unit_price", "discount")
        )
        lines.append(
            {
                "day": order["order_date"],
                "order": line["order_id"],
                "buyer": order["customer_id"],
                "amount": price * line["quantity"] * (1 - discount),
                "quantity": line["quantity"],
                "product": product["product_name"],
                "category": categories[product["category_id"]],
                "customer": customer["company_name"],
                "country": customer["country"],
                "employee": f"{employee['first_name']} {employee['last_name']}",
                "shipper": shippers[order["ship_via"]],
            }
        )
    return lines


def _query(expected: dict[str, Any]) -> MetricQuery:
    """The query that the file writes its own way: units of time as dimensions, "!" for without."""
    arguments = {key: value for key, value in expected.items() if key != "filters"}
    named = expected.get("dimensions", [])
    arguments["dimensions"] = [name for name in named if name not in _TIME]
    arguments["grain"] = next((name for name in named if name in _TIME), None)
    filters = expected.get("filters", {})
    arguments["filters"] = {name: of for name, of in filters.items() if name[0] != "!"}
    arguments["exclude"] = {name[1:]: of for name, of in filters.items() if name[0] == "!"}
    return query_from_arguments(arguments)


def _figure(metric: str, lines: list[dict[str, Any]]) -> Any:
    orders = len({line["order"] for line in lines})
    revenue = sum((line["amount"] for line in lines), Decimal(0)) if lines else None
    return {
        "revenue": revenue,
        "orders": orders,
        "units": sum(line["quantity"] for line in lines) if lines else None,
        "customers": len({line["buyer"] for line in lines}),
        "avg_ticket": round(revenue / orders, 10) if revenue is not None else None,
    }[metric]


def _first_day(grain: str, day: date) -> date:
    if grain == "week":
        return day - timedelta(days=day.weekday())
    month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[grain]
    return date(day.year, month, 1)


def _by_hand(query: MetricQuery, sold: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The rows of a plain question, sorted as it asks."""
    groups: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for line in sold:
        if (
            (query.from_date or date.min) <= line["day"] <= (query.to_date or date.max)
            and all(line[name] in members for name, members in query.filters.items())
            and all(line[name] not in members for name, members in query.exclude.items())
        ):
            period = (_first_day(query.grain, line["day"]),) if query.grain else ()
            groups[(*period, *(line[name] for name in query.dimensions))].append(line)
    [metric] = query.metrics
    found = [(*key, _figure(metric, lines)) for key, lines in sorted(groups.items())]
    if query.grain and not query.order:
        return found
    return sorted(found, key=lambda row: row[-1], reverse=query.order != "asc")[: query.limit]


@pytest.mark.parametrize("question", questions(), ids=lambda each: each["question"][:40])
def test_a_question_has_the_same_true_rows_on_every_engine(
    northwind: dict[str, SemanticLayer], sold: list[dict[str, Any]], question: dict[str, Any]
) -> None:
    query = _query(question["expect"])
    found = {name: rows(layer, query) for name, layer in northwind.items()}

    assert found["postgresql"], "a question about data that is there"
    for name, each in found.items():
        assert each == found["postgresql"], name
    plain = [row[: len(query.dimensions) + bool(query.grain) + 1] for row in found["postgresql"]]
    assert plain == _by_hand(replace(query, compare=None), sold)


def test_the_revenue_of_all_time_is_the_one_that_the_data_came_with(
    northwind: dict[str, SemanticLayer],
) -> None:
    query = MetricQuery(metrics=("revenue", "orders"))

    for layer in northwind.values():
        [(revenue, orders)] = rows(layer, query)
        assert (round(revenue, 2), orders) == (Decimal("1265793.04"), 830)


def test_growth_is_told_against_the_period_before(
    northwind: dict[str, SemanticLayer], sold: list[dict[str, Any]]
) -> None:
    query = MetricQuery(
        metrics=("revenue",),
        from_date=date(1998, 4, 1),
        to_date=date(1998, 4, 30),
        compare="previous_period",
    )
    march = _by_hand(replace(query, from_date=date(1998, 3, 1), to_date=date(1998, 3, 31)), sold)

    for layer in northwind.values():
        [row] = answer(layer, query).rows
        assert row["revenue_previous"] == march[0][0]
        assert row["revenue_change"] == round(row["revenue"] / march[0][0] - 1, 10)


def test_freight_of_an_order_is_not_counted_once_a_line(
    northwind: dict[str, SemanticLayer], relations: dict[str, Relation]
) -> None:
    place = list(relations["orders"].columns).index("freight")
    freight = sum(round(Decimal(str(row[place])), 2) for row in relations["orders"].rows)
    beside = MetricQuery(metrics=("revenue", "freight"))

    for layer in northwind.values():
        [row] = answer(layer, beside).rows
        assert row["freight"] == freight
        assert round(row["revenue"], 2) == Decimal("1265793.04")


def test_shares_the_rest_and_a_running_total_agree_with_the_whole(
    northwind: dict[str, SemanticLayer], sold: list[dict[str, Any]]
) -> None:
    year = {"from_date": date(1997, 1, 1), "to_date": date(1997, 12, 31)}
    whole = _by_hand(MetricQuery(metrics=("revenue",), **year), sold)[0][0]  # type: ignore[arg-type]
    best = MetricQuery(
        metrics=("revenue",),
        dimensions=("category",),
        limit=3,
        other=True,
        share=True,
        **year,  # type: ignore[arg-type]
    )
    running = MetricQuery(metrics=("revenue",), grain="month", cumulative=True, **year)  # type: ignore[arg-type]

    for layer in northwind.values():
        told = answer(layer, best).rows
        assert [row["category"] for row in told][-1] == OTHER
        assert len(told) == 4
        assert sum(row["revenue"] for row in told) == whole
        assert sum(row["revenue_share"] for row in told) == pytest.approx(1)
        assert rows(layer, running)[-1] == (date(1997, 12, 1), whole)


def test_who_did_not_buy_is_found_among_all_customers(
    northwind: dict[str, SemanticLayer], sold: list[dict[str, Any]], relations: dict[str, Relation]
) -> None:
    query = MetricQuery(
        metrics=("orders",),
        dimensions=("customer",),
        without="orders",
        from_date=date(1998, 4, 1),
        to_date=date(1998, 4, 30),
    )
    everyone = {row[1] for row in relations["customers"].rows}
    bought = {line["customer"] for line in sold if line["day"].isoformat()[:7] == "1998-04"}

    for layer in northwind.values():
        assert rows(layer, query) == [(name, 0) for name in sorted(everyone - bought)]


def test_a_threshold_goes_by_a_figure_that_is_not_told(
    northwind: dict[str, SemanticLayer], sold: list[dict[str, Any]]
) -> None:
    query = MetricQuery(
        metrics=("revenue",),
        dimensions=("country",),
        having=(Threshold(metric="orders", op=">=", value=Decimal(50)),),
    )
    by_orders = _by_hand(replace(query, metrics=("orders",), having=()), sold)
    many = {country for country, orders in by_orders if orders >= 50}

    for layer in northwind.values():
        assert {country for country, _ in rows(layer, query)} == many
