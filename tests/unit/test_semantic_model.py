"""A model that contradicts itself is refused, with every problem named."""

import re
from dataclasses import fields

import pytest

from backend.domain.language import Language
from backend.semantic.loading import ModelInvalid, load_model
from tests.unit.semantic_model import MODEL, TEXT


def _problems(text: str) -> tuple[str, ...]:
    with pytest.raises(ModelInvalid) as refusal:
        load_model(text)
    return refusal.value.problems


def _edited(old: str, new: str) -> str:
    assert old in TEXT
    return TEXT.replace(old, new, 1)


def test_the_demo_model_offers_what_the_product_promises() -> None:
    assert len(MODEL.metrics) >= 10
    assert len(MODEL.dimensions) >= 8
    assert MODEL.groups["sales"].metrics == ("revenue", "contracts_closed")
    assert MODEL.row_scope["seller"].attribute == "seller"
    assert MODEL.currency == "BRL"
    for language in Language:
        assert MODEL.metrics["revenue"].labels[language].singular
    assert all(metric.certified for metric in MODEL.metrics.values())


def test_what_is_personal_is_not_declared() -> None:
    declared = {column for table in MODEL.tables.values() for column in table.columns}

    assert not declared & {"cnpj", "sku", "hired_on"}


def test_the_version_is_the_text() -> None:
    assert load_model(TEXT).version == MODEL.version
    assert load_model(TEXT + "\n").version != MODEL.version
    assert re.fullmatch("[0-9a-f]{12}", MODEL.version)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("currency: BRL", "currency: real", "currency"),
        ("America/Sao_Paulo", "America/Sao_Polo", "time_zone"),
        ("currency: BRL\n", "", "currency: missing"),
        ("currency: BRL", "currency: BRL\ncurency: BRL", "curency: unknown key"),
        ("    filter: orders", "    fliter: orders", "metrics.revenue: unknown key 'fliter'"),
        ("    format: money\n", "", "metrics.revenue: missing 'format'"),
        ("    format: money", "    format: dollars", "metrics.revenue: .*format"),
        ("certified: true", "certified: maybe", "metrics.revenue: .*certified"),
        ("plural: revenues}", "plurals: revenues}", "metrics.revenue: labels.en: unknown key"),
        ("plural: revenues}", "plural: revenues, gender: x}", "metrics.revenue: .*gender"),
        ("pt: {singular: faturamento, ", "fr: {singular: chiffre, ", "metrics.revenue: .*fr"),
        ("    key: id", "    key: ident", "tables.order_lines.key: 'ident'"),
        ("amount: number}", "amount: money}", "tables.order_lines: .*money"),
        ("to: orders}", "to: order}", "unknown table 'order'"),
        ("column: order_id,", "column: order,", "declares no column 'order'"),
        ("table: states, column: region_id, to: regions", "table: states, column: uf, to: states",
         "cannot join itself"),
        ("joins:\n", "joins:\n  - {table: customers, column: id, to: sellers}\n",
         "more than one way from 'orders' to 'sellers'"),
        ("joins:\n", "joins:\n  - {table: sellers, column: id, to: orders}\n", "more than one way"),
        ("  seller: {dimension", "  seler: {dimension", "row_scope.seler: unknown role"),
        ("    table: regions\n", "    name: x\n    table: regions\n", "region: unknown key 'name'"),
        ("table: order_lines\n    sql", "table: lines\n    sql", "metrics.revenue.table: unknown table"),
        ("    sql: sum(order_lines.amount)\n", "", "metrics.revenue: needs table, sql and date"),
        ("sum(order_lines.amount)", "sum(order_lines.discount)", "metrics.revenue.sql: .*discount"),
        ("sum(order_lines.amount)", "sum(customers.cnpj)", "metrics.revenue.sql: .*cnpj"),
        ("sum(order_lines.amount)", "sum(returns.amount)", "no joins lead"),
        ("sum(order_lines.amount)", "order_lines.amount", "is not an aggregate"),
        ("sum(order_lines.amount)", "sum(amount) + quantity", "outside an aggregate"),
        ("sum(order_lines.amount)", "sum(sum(amount))", "aggregate inside an aggregate"),
        ("sum(order_lines.amount)", "sum(amount", "cannot be read as SQL"),
        ("sum(order_lines.amount)", "sum(pg_sleep(1))", "may not use"),
        ("sum(order_lines.amount)", "sum((select 1))", "may not use"),
        ("sum(order_lines.amount)", "sum(amount) over ()", "may not use"),
        ("sum(order_lines.amount)", "count(order_lines.*)", "count"),
        ("sum(order_lines.amount)", "count(cast(reason as regclass))", "may not use"),
        ("orders.status <> 'cancelado'", "sum(orders.id) > 1", "aggregate in a filter"),
        ("date: orders.ordered_on", "date: orders.status", "type date, datetime or timestamp"),
        ("date: orders.ordered_on", "date: ordered_on", "type date, datetime or timestamp"),
        ("    numerator: revenue\n", "", "metrics.avg_ticket: needs table, sql and date"),
        ("    numerator: revenue", "    numerator: income", "unknown metric 'income'"),
        ("    numerator: revenue", "    numerator: margin_rate", "is a ratio itself"),
        ("    numerator: revenue", "    table: orders\n    numerator: revenue", "one of these"),
        ("table: regions\n    column: name", "table: region\n    column: name",
         "dimensions.region.table: unknown table"),
        ("table: regions\n    column: name", "table: regions\n    column: title",
         "dimensions.region.column: .*no column"),
        ("table: regions\n    column: name", "table: regions\n    column: id",
         "dimensions.region.members: only text"),
        ("Norte: [North]", "Norte: [North, south]", "'South' already means 'Norte'"),
        ("  region:\n    table", "  revenue:\n    table", "is also the name of a metric"),
        ("  region:\n    table", "  period:\n    table", "the grain's"),
        ("  region:\n    table", "  Região:\n    table", "lower-case"),
        ("metrics: [revenue, contracts_closed]", "metrics: [revenue, deals]",
         "unknown metric 'deals'"),
        ("metrics: [revenue, contracts_closed]", "metrics: [revenue]", "two metrics or more"),
        ("seller: {dimension: seller", "seller: {dimension: salesman", "row_scope.seller"),
        ("attribute: seller}", "attribute: seller, when_absent: some}", "row_scope.seller: .*some"),
        ("en: [net revenue,", "en: [Orders,", "'order.*already means metrics.revenue"),
        ("pt: [receita,", "pt: ['',", "an empty word"),
        ("title: {pt: Vendas, en: Sales, es: Ventas}", "title: {fr: Ventes}", "title.*fr"),
        ("  orders:\n    schema", "  returns:\n    schema", "written twice"),
        ("joins:\n", "joins:\n  - broken\n", r"joins\[0\]"),
        ("tables:\n", "tables:\n  7: {}\n", "tables.7"),
    ],
)  # fmt: skip
def test_a_problem_is_named(old: str, new: str, problem: str) -> None:
    problems = _problems(_edited(old, new))

    assert any(re.search(problem, each, re.IGNORECASE) for each in problems), problems


def test_all_problems_are_listed_at_once() -> None:
    text = _edited("currency: BRL", "currency: real")
    text = text.replace("to: regions}", "to: planets}")
    text = text.replace("metrics: [revenue, contracts_closed]", "metrics: [revenue, deals]")

    problems = "\n".join(_problems(text))

    assert all(word in problems for word in ("currency", "planets", "deals"))


def test_two_unknown_keys_in_one_metric_are_both_listed() -> None:
    problems = "\n".join(_problems(_edited("    format: money\n", "    a: 1\n    b: 2\n")))

    assert all(f"unknown key '{key}'" in problems for key in "ab")
    assert "missing 'format'" in problems


@pytest.mark.parametrize(
    "text",
    ["", "- a\n- b", "a: [", "\0", "just words", "a: !!python/none x", "a: !!bool b", "? [a]\n: b",
     "a: " + "[" * 5000, "a: " + "[" * 200_000, "- " * 100_000, "a: &a {b: *a}",
     "metrics: {a: {format: *x}}"],
)  # fmt: skip
def test_what_is_no_model_is_refused(text: str) -> None:
    assert _problems(text)


def test_lists_within_lists_of_the_same_are_not_told_in_full() -> None:
    bomb = "x0: &x0 [1, 1]\n" + "".join(
        f"x{n}: &x{n} [*x{n - 1}, *x{n - 1}]\n" for n in range(1, 60)
    )
    text = bomb + TEXT.replace("format: money", "format: *x59").replace(
        "Norte: [North]", "Norte: *x59"
    )

    assert max(map(len, _problems(text))) < 2000


def test_a_word_may_mean_different_things_in_different_languages() -> None:
    text = _edited("en: [net revenue,", "en: [pedido, net revenue,")

    assert load_model(text).metrics["revenue"].synonyms[Language.ENGLISH][0] == "pedido"


def test_a_model_cannot_be_changed() -> None:
    for field in fields(MODEL):
        with pytest.raises(AttributeError):
            setattr(MODEL, field.name, None)
