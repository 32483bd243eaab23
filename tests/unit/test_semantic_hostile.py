"""Whatever text arrives in a query, the statement keeps its shape and only values change."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
import sqlglot
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery, Threshold
from backend.semantic.compile import Compiled, Compiler, compile_query
from backend.semantic.engine import EXECUTED
from backend.semantic.joins import reaches
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


_COMPILERS = [Compiler(MODEL, each) for each in sorted(EXECUTED)]


def _mostly(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """What a query holds, or any text instead: too often, and none would get further."""
    return st.integers(0, 24).flatmap(lambda chance: _TEXT if chance == 0 else usual)


_METRICS = _mostly(st.sampled_from(["revenue", "orders"]))
_DIMENSIONS = _mostly(
    st.sampled_from(sorted(each for each in MODEL.dimensions if reaches(MODEL, "revenue", each)))
)
_MEMBERS = st.dictionaries(
    _DIMENSIONS, st.lists(_TEXT, min_size=1, max_size=3).map(tuple), max_size=2
)
#: As it may come from a language model's JSON: any text anywhere, though mostly declared names.
_QUERIES = st.builds(
    MetricQuery,
    metrics=st.lists(_METRICS, min_size=1, max_size=2).map(tuple),
    dimensions=st.lists(_DIMENSIONS, max_size=2, unique=True).map(tuple),
    filters=_MEMBERS,
    exclude=_MEMBERS,
    grain=_mostly(st.sampled_from([None, "day", "month"])),
    having=st.lists(
        st.builds(
            Threshold,
            metric=_METRICS,
            op=_mostly(st.sampled_from([">", "<="])),
            value=st.one_of(st.decimals(allow_nan=False, allow_infinity=False), st.decimals()),
        ),
        max_size=1,
    ).map(tuple),
    order=_mostly(st.sampled_from([None, "asc", "desc"])),
    order_by=_mostly(st.sampled_from([None, None, None, "revenue"])),
    limit=st.one_of(st.none(), st.integers(1, 50)),
    without=_mostly(st.none()),
)


def _tamed(members: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The same filter with a plain word for each different member."""
    found = {}
    for dimension, named in members.items():
        words = {each: f"word{number}" for number, each in enumerate(dict.fromkeys(named))}
        found[dimension] = tuple(words[each] for each in named)
    return found


# No deadline: the machine's load is not what is tested.
@settings(deadline=None, max_examples=300)
@given(_QUERIES)
@example(MetricQuery(metrics=("revenue",), exclude={"seller": ("' OR 1=1 --", "{{7*7}}", "%(x)s")}))
@example(
    MetricQuery(metrics=("revenue",), dimensions=("seller",), order="desc; DROP TABLE x")  # type: ignore[arg-type]
)
@example(MetricQuery(metrics=("revenue",), dimensions=("seller",), limit=10**9))
@example(MetricQuery(metrics=("revenue",), dimensions=("seller",), limit=-1))
@example(MetricQuery(metrics=("revenue",), grain="month') FROM pg_class --"))  # type: ignore[arg-type]
def test_any_text_anywhere_is_refused_or_a_value_of_one_select(query: Any) -> None:
    for compiler in _COMPILERS:
        try:
            compiled = compiler.query(query)
        except SalesQueryInvalid:
            continue
        # As text it does not depend on what was written, on any engine.
        tame = replace(query, filters=_tamed(query.filters), exclude=_tamed(query.exclude))
        plain = compiler.query(tame)
        assert plain.sql == compiled.sql
        # The twin: where the same values are written out, the texts differ.
        assert (plain.literal_sql == compiled.literal_sql) is (tame == query)
        texts = {
            each
            for members in (query.filters, query.exclude)
            for name, named in members.items()
            for each in named
            if MODEL.type_of(name) == "text"
        }
        assert texts <= set(compiled.params.values())
        # And every name in it is one that the model declares.
        assert {*query.metrics, *(each.metric for each in query.having)} <= {*MODEL.metrics}
        assert {*query.dimensions, *query.filters, *query.exclude} <= {*MODEL.dimensions}
        assert query.grain in (None, "day", "month")
        assert query.order in (None, "asc", "desc")
        [tree] = sqlglot.parse(compiled.literal_sql, dialect=compiler._dialect.name)
        assert isinstance(tree, exp.Select)
