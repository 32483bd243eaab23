"""The expressions of a model in an engine's own words, so that every engine finds the same figure.

A model's SQL is read as Postgres reads it. Here sums become exact, divisions keep their fraction,
and what some engines do not know (FILTER) or take otherwise (LIKE) is said in another way.
"""

from collections.abc import Iterator, Mapping

from sqlglot import exp

from backend.semantic.dialects.dialect import Dialect
from backend.semantic.model import Table

_SUMS = (exp.Sum, exp.Avg)
#: What makes a whole number of whole numbers.
_WHOLE = (
    *(exp.Add, exp.Sub, exp.Mul, exp.Neg, exp.Paren, exp.Abs, exp.Coalesce, exp.Case, exp.If),
    *(exp.Sum, exp.Min, exp.Max, exp.Distinct),
)


def is_whole(tree: exp.Expr, tables: Mapping[str, Table]) -> bool:
    """True when the value can only be an integer."""
    if isinstance(tree, exp.Column):
        return bool(tree.table) and tables[tree.table].type_of(tree.name) == "integer"
    if isinstance(tree, exp.Literal):
        return not tree.is_string and bool(tree.is_int)
    if isinstance(tree, exp.Count | exp.Null):
        return True
    return isinstance(tree, _WHOLE) and all(is_whole(each, tables) for each in _results(tree))


def spoken(tree: exp.Expr, dialect: Dialect, tables: Mapping[str, Table]) -> exp.Expr:
    """The expression as the engine must be told it. The tree is used up."""
    root = exp.Paren(this=tree)
    # From the inside out, so that what is replaced holds what was replaced before.
    for filtered in reversed(list(root.find_all(exp.Filter))):
        filtered.replace(_conditional(filtered))
    for node in reversed(list(root.find_all(*_SUMS, exp.Column, exp.Div, exp.Like, exp.Cast))):
        _say(node, dialect, tables)
    said: exp.Expr = root.this.pop()
    return said


def _say(node: exp.Expr, dialect: Dialect, tables: Mapping[str, Table]) -> None:
    if isinstance(node, exp.Column):
        kind = tables[node.table].type_of(node.name)
        if kind is not None and node.find_ancestor(*_SUMS):
            _put(node, dialect.exact(node.copy(), kind))
    elif isinstance(node, exp.Sum):
        _put(node, dialect.summed(node.copy(), whole=is_whole(node, tables)))
    elif isinstance(node, exp.Avg):
        _put(node, dialect.rounded(node.copy()))
    elif isinstance(node, exp.Div):
        _put(node, dialect.divided(node.this.copy(), node.expression.copy()))
    elif isinstance(node, exp.Like):
        _put(node, dialect.like(node.copy()))
    elif isinstance(node, exp.Cast):
        _put(node, dialect.cast(node.copy()))


def _put(node: exp.Expr, instead: exp.Expr) -> None:
    if instead != node:
        node.replace(instead)


def _conditional(node: exp.Filter) -> exp.Expr:
    """SUM(x) FILTER (WHERE c) as SUM(CASE WHEN c THEN x END), which every engine knows."""
    aggregate: exp.Expr = node.this.copy()
    when = node.expression.this.copy()
    inner = aggregate.this
    if isinstance(inner, exp.Star):
        inner = exp.Literal.number(1)
    if isinstance(inner, exp.Distinct):
        [only] = inner.expressions
        only.replace(exp.case().when(when, only.copy()))
    else:
        aggregate.set("this", exp.case().when(when, inner.copy()))
    return aggregate


def _results(tree: exp.Expr) -> Iterator[exp.Expr]:
    """What the value is one of, or made of; not what only decides which."""
    if isinstance(tree, exp.If):
        parts = [tree.args.get("true"), tree.args.get("false")]
    elif isinstance(tree, exp.Case):
        parts = [*tree.args["ifs"], tree.args.get("default")]
    else:
        parts = list(tree.iter_expressions())
    yield from (part for part in parts if part is not None)
