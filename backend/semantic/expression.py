"""The SQL that a model may contain: arithmetic and aggregates over declared columns, nothing else.

What is not listed here is refused, so a function, a subquery or a cast that nobody thought of
cannot come in through the text of a model.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from backend.semantic.identifier import column
from backend.semantic.model import Table
from backend.semantic.nearest import among

_AGGREGATES = (exp.Sum, exp.Count, exp.Avg, exp.Min, exp.Max)

#: Every kind of node that an expression may be made of.
EXPRESSION_NODES: frozenset[type[exp.Expr]] = frozenset(
    {
        *_AGGREGATES,
        *(exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Star, exp.Distinct),
        *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren, exp.Cast, exp.DataType),
        *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE),
        *(exp.In, exp.Between, exp.Is, exp.Like, exp.Filter, exp.Where, exp.Case, exp.If),
        *(exp.Coalesce, exp.Nullif, exp.Round, exp.Abs, exp.Lower, exp.Upper),
        *(exp.Trim, exp.Substring, exp.Replace, exp.Length, exp.DPipe, exp.DataTypeParam),
    }
)
#: What a formula over metrics may consist of.
_ARITHMETIC = (
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Neg, exp.Paren),
    *(exp.Literal, exp.Column, exp.Identifier),
)
#: What a value may be cast to: nothing that looks a name up (regclass and its kin do).
CAST_TYPES = frozenset(
    {
        *(exp.DType.DECIMAL, exp.DType.INT, exp.DType.BIGINT, exp.DType.DOUBLE),
        *(exp.DType.TEXT, exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.BOOLEAN),
    }
)


#: What a model's author is told, in the place of the names above.
_MAY_USE = (
    "may use sum, count, avg, min, max, filter (where …), case, coalesce, nullif, round, abs, lower,"
    " upper, trim, substring, replace, length, cast, ||, arithmetic, comparisons, in, between, like"
)
#: The longest that people write is a tenth of this. What is longer takes seconds to read, and what is
#: deeper is more than Python's own stack carries through the compiler.
_MOST_CHARACTERS = 20_000
_MOST_DEPTH = 100
_DIVIDE = "divide it into computed columns or several metrics"
_MAY_CAST = "cast to decimal, int, bigint, double precision, text, date, timestamp or boolean"


class ExpressionRefused(ValueError):
    """An expression holds something that a model may not say; the message names it."""


def aggregate(text: str, home: str, tables: Mapping[str, Table]) -> exp.Expr:
    """A metric's expression. Columns without a table are `home`'s. Raises ExpressionRefused."""
    tree = _parse(text, home, tables)
    aggregates = list(tree.find_all(*_AGGREGATES))
    if not aggregates:
        raise ExpressionRefused("is not an aggregate: use sum, count, avg, min or max")
    if any(node.find_ancestor(*_AGGREGATES) for node in aggregates):
        raise ExpressionRefused("has an aggregate inside an aggregate")
    for node in tree.find_all(exp.Column):
        if node.find_ancestor(*_AGGREGATES, exp.Filter) is None:
            raise ExpressionRefused(f"uses {node.sql()} outside an aggregate")
    return tree


def condition(text: str, home: str, tables: Mapping[str, Table]) -> exp.Expr:
    """A metric's filter. Raises ExpressionRefused."""
    tree = _parse(text, home, tables)
    if tree.find(*_AGGREGATES):
        raise ExpressionRefused("has an aggregate in a filter")
    return tree


def computed(text: str, table: Table) -> exp.Expr:
    """A computed column, of the table's own columns only. Raises ExpressionRefused."""
    own = {table.name: replace(table, computed={})}
    tree = _parse(text, table.name, own)
    if tree.find(*_AGGREGATES):
        raise ExpressionRefused("has an aggregate in a column")
    return tree


def formula(text: str, metrics: Collection[str]) -> exp.Expr:
    """Arithmetic over names of metrics, each a column without a table. Raises ExpressionRefused."""
    tree = _read(text)
    for node in tree.walk():
        if type(node) not in _ARITHMETIC:
            used = node.sql(dialect="postgres")
            raise ExpressionRefused(f"may not use {used!r}; write + - * / and brackets only")
        if isinstance(node, exp.Column) and (node.table or node.name not in metrics):
            known = among(node.name, metrics)
            raise ExpressionRefused(
                f"uses {node.sql(dialect='postgres')}, which is no metric; {known}"
            )
    return tree


def day_column(text: str, tables: Mapping[str, Table]) -> tuple[str, str]:
    """A metric's `date`, written table.column. Raises ExpressionRefused."""
    table, _, name = text.partition(".")
    kind = tables[table].type_of(name) if table in tables else None
    if kind not in ("date", "datetime", "timestamp"):
        raise ExpressionRefused(
            f"{text!r} is not a declared column of type date, datetime or timestamp;"
            f" {among(text, _days(tables))}"
        )
    return table, name


def source_column(tables: Mapping[str, Table], table: str, name: str) -> exp.Expr:
    """A declared column as the database reads it; a computed one as what it is made of."""
    made = tables[table].computed.get(name)
    if made is None:
        return column(table, name)
    tree = computed(made.sql, tables[table])
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary) else tree


def counts(tree: exp.Expr) -> bool:
    """True when no rows mean 0, and not "nothing is known"."""
    return isinstance(tree, exp.Count)


def adds_up(tree: exp.Expr) -> bool:
    """True when a part without rows contributes 0 to a total."""
    return all(isinstance(node, exp.Sum | exp.Count) for node in tree.find_all(*_AGGREGATES))


def tables_of(trees: Iterable[exp.Expr]) -> frozenset[str]:
    """The tables whose columns the expressions read."""
    return frozenset(node.table for tree in trees for node in tree.find_all(exp.Column))


def _days(tables: Mapping[str, Table]) -> Iterator[str]:
    for table in tables.values():
        for name in (*table.columns, *table.computed):
            if table.type_of(name) in ("date", "datetime", "timestamp"):
                yield f"{table.name}.{name}"


def _parse(text: str, home: str, tables: Mapping[str, Table]) -> exp.Expr:
    tree = _read(text)
    for node in tree.walk():
        _check_node(node)
    for node in list(tree.find_all(exp.Column)):
        declared = _declared(node, home, tables)
        if node is tree:
            return declared
        node.replace(declared)
    return tree


def _read(text: str) -> exp.Expr:
    return _read_once(text).copy()


# Each model says the same few hundred expressions for as long as it is open.
@lru_cache(maxsize=4096)
def _read_once(text: str) -> exp.Expr:
    if len(text) > _MOST_CHARACTERS:
        raise ExpressionRefused(f"is longer than {_MOST_CHARACTERS} characters; {_DIVIDE}")
    try:
        tree: exp.Expr = sqlglot.parse_one(text, dialect="postgres")
    except (SqlglotError, RecursionError) as error:
        raise ExpressionRefused(
            f"cannot be read as SQL: {text[:200]!r}; check its brackets and quotes"
        ) from error
    if _is_deeper(tree, _MOST_DEPTH):
        raise ExpressionRefused(f"holds more than {_MOST_DEPTH} parts in each other; {_DIVIDE}")
    for node in tree.walk():
        node.pop_comments()
    return tree


def _is_deeper(tree: exp.Expr, most: int) -> bool:
    """Level by level: what is too deep for recursion must not be measured by it."""
    level = [tree]
    for _ in range(most):
        level = [part for node in level for part in node.iter_expressions()]
        if not level:
            return False
    return True


def _check_node(node: exp.Expr) -> None:
    if type(node) not in EXPRESSION_NODES:
        raise ExpressionRefused(f"may not use {node.sql(dialect='postgres')!r}; {_MAY_USE}")
    if isinstance(node, exp.Star) and not isinstance(node.parent, exp.Count):
        raise ExpressionRefused("may use * in count(*) only")
    if isinstance(node, exp.DataType) and node.this not in CAST_TYPES:
        raise ExpressionRefused(f"may not cast to {node.sql(dialect='postgres')}; {_MAY_CAST}")


def _declared(node: exp.Column, home: str, tables: Mapping[str, Table]) -> exp.Expr:
    """The same column, qualified, if the model declares it."""
    table = node.table or home
    if node.args.get("db") or table not in tables or tables[table].type_of(node.name) is None:
        own = tables.get(table)
        known = among(node.name, (*own.columns, *own.computed)) if own else among(table, tables)
        raise ExpressionRefused(
            f"uses {node.sql(dialect='postgres')}, which no table declares; {known}"
        )
    return source_column(tables, table, node.name)
