"""The second lock: a statement is read back and every part of it must be one that we compile.

The first lock is that the compiler builds from declared names only. Should it ever be talked into
more, this stands between it and the client's database: one SELECT, the model's tables under the
model's names, its columns, its joins, listed functions, and a row limit.
"""

from collections.abc import Mapping
from functools import cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from backend.domain.errors import SalesQueryInvalid
from backend.semantic.dialects.known import DIALECTS
from backend.semantic.engine import Engine
from backend.semantic.exactness import spoken
from backend.semantic.expression import CAST_TYPES, EXPRESSION_NODES
from backend.semantic.fact import join_condition
from backend.semantic.model import SemanticModel

_STATEMENT_NODES: frozenset[type[exp.Expr]] = EXPRESSION_NODES | {
    *(exp.Select, exp.From, exp.Join, exp.Group, exp.Order, exp.Ordered, exp.Limit),
    *(exp.Union, exp.Subquery, exp.Alias, exp.TableAlias, exp.Table),
    *(exp.TimestampTrunc, exp.AtTimeZone, exp.Var, exp.Window, exp.RowNumber, exp.Collate),
}

#: Where a part may stand; anything not listed may stand wherever it parses.
_PARENTS: Mapping[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Star: (exp.Count,),
    exp.Join: (exp.Select,),
    exp.Select: (exp.Union, exp.Subquery),
    exp.Union: (exp.Union, exp.Subquery),
    # In brackets within arithmetic: the whole that a share is a share of.
    exp.Subquery: (exp.From, exp.Nullif, exp.Coalesce, exp.Cast, exp.Paren, exp.Add, exp.Sub),
    exp.RowNumber: (exp.Window,),
}
#: Sources that are no tables: what the compiler calls its own passes.
_PASSES = frozenset({"facts", "answer", "merged", "ranked"})


class StatementRefused(SalesQueryInvalid):
    """The statement is not one that the semantic model allows."""


def check_statement(
    model: SemanticModel, sql: str, *, row_limit: int, engine: Engine = Engine.POSTGRESQL
) -> None:
    """Raises StatementRefused, naming what is not allowed."""
    try:
        trees = sqlglot.parse(sql, dialect=DIALECTS[engine].name)
    except (SqlglotError, RecursionError) as error:
        raise StatementRefused("the statement cannot be read back") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        raise StatementRefused("the statement is not one SELECT")
    select = trees[0]
    nodes, functions, types = _own(engine)
    for node in select.walk():
        if isinstance(node, exp.Anonymous):
            if node.name.upper() not in functions:
                raise StatementRefused(f"the function {node.name} is not allowed")
            continue
        _check_node(node, nodes, types)
    _check_limit(select, row_limit)
    for inner in select.find_all(exp.Select):
        _check_select(model, inner, engine)


@cache
def _own(engine: Engine) -> tuple[frozenset[type], frozenset[str], frozenset[exp.DType]]:
    """The kinds of nodes, functions and types that the engine's own pieces are made of."""
    own = list(DIALECTS[engine].own_nodes())
    functions = {node.name.upper() for node in own if isinstance(node, exp.Anonymous)}
    types = {node.this for node in own if isinstance(node, exp.DataType)}
    nodes = {type(node) for node in own} - {exp.Anonymous}
    nodes |= DIALECTS[engine].also_says
    return (
        frozenset(_STATEMENT_NODES | nodes),
        frozenset(functions),
        frozenset(CAST_TYPES | types),
    )


def _check_node(node: exp.Expr, nodes: frozenset[type], types: frozenset[exp.DType]) -> None:
    if type(node) not in nodes:
        raise StatementRefused(f"{type(node).__name__} is not allowed")
    allowed = _PARENTS.get(type(node))
    if allowed and node.parent is not None and not isinstance(node.parent, allowed):
        raise StatementRefused(f"{type(node).__name__} is not allowed there")
    if isinstance(node, exp.DataType) and node.this not in types:
        raise StatementRefused(f"a cast to {node.sql(dialect='postgres')} is not allowed")
    if isinstance(node, exp.Window) and not node.args.get("order"):
        raise StatementRefused("a window has no order")


def _check_limit(select: exp.Select, row_limit: int) -> None:
    limit = select.args.get("limit")
    count = limit.expression if isinstance(limit, exp.Limit) else None
    if not isinstance(count, exp.Literal) or not count.is_int or int(count.name) > row_limit:
        raise StatementRefused(f"the statement has no limit of {row_limit} rows or less")


def _check_select(model: SemanticModel, select: exp.Select, engine: Engine) -> None:
    """Its sources are the model's, or the union of such; its columns are those sources' own."""
    origin = select.args.get("from_")
    if not isinstance(origin, exp.From):
        raise StatementRefused("a SELECT reads no table")
    if isinstance(select.parent, exp.Subquery) and not isinstance(select.parent.parent, exp.From):
        _check_total(select)
    joins = select.args.get("joins") or []
    readable = _readable(model, origin.this, engine)
    for join in joins:
        joined = _readable(model, join.this, engine)
        if joined & readable:
            raise StatementRefused(f"{join.this.alias} is joined twice")
        readable |= joined
        _check_join(model, join, engine)
    outputs = {projection.alias_or_name for projection in select.expressions}
    for node in select.find_all(exp.Column):
        if node.find_ancestor(exp.Select) is not select:
            continue
        if not node.table and node.find_ancestor(exp.Order) and node.name in outputs:
            continue
        if node.args.get("db") or (node.table, node.name) not in readable:
            raise StatementRefused(f"{node.sql(dialect='postgres')} is not declared")


def _check_total(select: exp.Select) -> None:
    """Within an expression, only one figure over all rows: never a row of its own."""
    [*values] = select.expressions
    has_aggregate = len(values) == 1 and values[0].find(exp.Sum, exp.Count) is not None
    if not has_aggregate or select.args.get("group") or select.args.get("limit"):
        raise StatementRefused("a SELECT within an expression is not one total")


def _readable(model: SemanticModel, source: exp.Expr, engine: Engine) -> set[tuple[str, str]]:
    """The columns of a source, each with the name it goes by."""
    if source.args.get("only") or source.alias_column_names:
        # ONLY leaves rows out; an alias with columns gives a hidden column a declared name.
        raise StatementRefused(f"{source.alias} is not read as it is declared")
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Union | exp.Select):
        if source.alias not in _PASSES:
            raise StatementRefused(f"{source.alias} is no table of the model and no pass over one")
        return {(source.alias, name) for name in source.this.named_selects}
    if not isinstance(source, exp.Table) or source.alias not in model.tables:
        raise StatementRefused(f"{source.sql(dialect='postgres')} is not a table of the model")
    table = model.tables[source.alias]
    schema = table.schema or DIALECTS[engine].schema or ""
    if (source.catalog, source.db, source.name) != ("", schema, table.relation):
        raise StatementRefused(f"{source.sql(dialect='postgres')} is not a table of the model")
    return {(table.name, name) for name in table.columns}


def _check_join(model: SemanticModel, join: exp.Join, engine: Engine) -> None:
    """Only a declared join from many to one, and LEFT: `ON 1=1` would multiply every sum."""
    dialect = DIALECTS[engine]
    on = join.args.get("on")
    # As the same parser reads what the compiler would write.
    written = (
        spoken(join_condition(model, each), dialect, model.tables)
        for each in model.joins
        if each.to == join.this.alias
    )
    said = dialect.sql(on) if on is not None else ""
    if not any(dialect.sql(each) == said for each in written):
        raise StatementRefused("a join is not one of the model's")
    if join.side != "LEFT" or join.kind or join.method:
        raise StatementRefused("a join is not a LEFT JOIN")
