"""Whatever text arrives in a query, the statement keeps its shape and only values change."""

from dataclasses import replace

import pytest
import sqlglot
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery
from backend.semantic.compile import Compiled, compile_query
from tests.unit.semantic_model import MODEL

_HARMLESS = MetricQuery(
    metrics=("revenue", "contracts_closed"),
    dimensions=("region",),
    filters={"seller": ("Ana",), "region": ("Sul", "Norte")},
)
# Text that Postgres can hold: any but NUL, and no half of a character.
_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60)


def _shape(sql: str) -> str:
    """The statement with its texts emptied."""
    tree = sqlglot.parse_one(sql, dialect="postgres")
    for node in tree.find_all(exp.Literal):
        if node.is_string and node.find_ancestor(exp.TimestampTrunc) is None:
            node.set("this", "")
    return tree.sql(dialect="postgres")


def _texts(compiled: Compiled) -> list[str]:
    tree = sqlglot.parse_one(compiled.literal_sql, dialect="postgres")
    return [node.name for node in tree.find_all(exp.Literal) if node.is_string]


# No deadline: the machine's load is not what is tested.
@settings(deadline=None, max_examples=50)
@given(seller=_TEXT, region=_TEXT)
@example(seller="Brazil'; DROP TABLE sales.orders; --", region="%(v0)s %s %%")
@example(seller="\\' OR 1=1 --", region="$$ $1 /* ")
@example(seller="a\nb\r\tc", region="'' \" ` ")
def test_members_are_values_and_nothing_else(seller: str, region: str) -> None:
    harmless = compile_query(MODEL, _HARMLESS)

    compiled = compile_query(
        MODEL, replace(_HARMLESS, filters={"seller": (seller,), "region": (region, region + "x")})
    )

    assert compiled.sql == harmless.sql
    assert set(compiled.params.values()) == {seller, region, region + "x"}
    assert _shape(compiled.literal_sql) == _shape(harmless.literal_sql)
    assert {seller, region, region + "x"} <= set(_texts(compiled))


# No deadline: the machine's load is not what is tested.
@settings(deadline=None, max_examples=50)
@given(_TEXT.filter(lambda name: name not in {*MODEL.metrics, *MODEL.dimensions}))
@example("revenue; DROP TABLE sales.orders")
@example("(SELECT 1)")
@example("order_lines.amount")
def test_names_are_the_models_or_refused(name: str) -> None:
    for query in (
        MetricQuery(metrics=(name,)),
        MetricQuery(metrics=("revenue",), dimensions=(name,)),
        MetricQuery(metrics=("revenue",), filters={name: ("x",)}),
        MetricQuery(metrics=("revenue",), dimensions=("region",), order_by=name),
    ):
        with pytest.raises(SalesQueryInvalid):
            compile_query(MODEL, query)
