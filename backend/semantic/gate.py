"""The second lock: a statement is read back and every part of it must be one that we compile.

The first lock is that the compiler builds from declared names only. Should it ever be talked into
more, this stands between it and the client's database: one SELECT, the model's tables under the
model's names, its columns, its joins, listed functions, and a row limit.
"""

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from backend.domain.errors import SalesQueryInvalid
from backend.semantic.expression import CAST_TYPES, EXPRESSION_NODES
from backend.semantic.model import SemanticModel

_STATEMENT_NODES: frozenset[type[exp.Expr]] = EXPRESSION_NODES | {
    *(exp.Select, exp.From, exp.Join, exp.Group, exp.Order, exp.Ordered, exp.Limit),
    *(exp.Union, exp.Subquery, exp.Alias, exp.TableAlias, exp.Table),
    *(exp.TimestampTrunc, exp.AtTimeZone, exp.Var),
}


#: Where a part may stand; anything not listed may stand wherever it parses.
_PARENTS: Mapping[type[exp.Expr], tuple[type[exp.Expr], ...]] = {
    exp.Star: (exp.Count,),
    exp.Join: (exp.Select,),
    exp.Select: (exp.Union,),
    exp.Union: (exp.Union, exp.Subquery),
    exp.Subquery: (exp.From,),
}


class StatementRefused(SalesQueryInvalid):
    """The statement is not one that the semantic model allows."""


def check_statement(model: SemanticModel, sql: str, *, row_limit: int) -> None:
    """Raises StatementRefused, naming what is not allowed."""
    try:
        trees = sqlglot.parse(sql, dialect="postgres")
    except (SqlglotError, RecursionError) as error:
        raise StatementRefused("the statement cannot be read back") from error
    if len(trees) != 1 or not isinstance(trees[0], exp.Select):
        raise StatementRefused("the statement is not one SELECT")
    select = trees[0]
    for node in select.walk():
        _check_node(node)
    _check_limit(select, row_limit)
    for inner in select.find_all(exp.Select):
        _check_select(model, inner)


def _check_node(node: exp.Expr) -> None:
    if type(node) not in _STATEMENT_NODES:
        raise StatementRefused(f"{type(node).__name__} is not allowed")
    allowed = _PARENTS.get(type(node))
    if allowed and node.parent is not None and not isinstance(node.parent, allowed):
        raise StatementRefused(f"{type(node).__name__} is not allowed there")
    if isinstance(node, exp.DataType) and node.this not in CAST_TYPES:
        raise StatementRefused(f"a cast to {node.sql(dialect='postgres')} is not allowed")


def _check_limit(select: exp.Select, row_limit: int) -> None:
    limit = select.args.get("limit")
    count = limit.expression if isinstance(limit, exp.Limit) else None
    if not isinstance(count, exp.Literal) or not count.is_int or int(count.name) > row_limit:
        raise StatementRefused(f"the statement has no limit of {row_limit} rows or less")


def _check_select(model: SemanticModel, select: exp.Select) -> None:
    """Its sources are the model's, or the union of such; its columns are those sources' own."""
    origin = select.args.get("from_")
    if not isinstance(origin, exp.From):
        raise StatementRefused("a SELECT reads no table")
    joins = select.args.get("joins") or []
    readable = _readable(model, origin.this)
    for join in joins:
        joined = _readable(model, join.this)
        if joined & readable:
            raise StatementRefused(f"{join.this.alias} is joined twice")
        readable |= joined
        _check_join(model, join)
    outputs = {projection.alias_or_name for projection in select.expressions}
    for node in select.find_all(exp.Column):
        if node.find_ancestor(exp.Select) is not select:
            continue
        if not node.table and node.find_ancestor(exp.Order) and node.name in outputs:
            continue
        if node.args.get("db") or (node.table, node.name) not in readable:
            raise StatementRefused(f"{node.sql(dialect='postgres')} is not declared")


def _readable(model: SemanticModel, source: exp.Expr) -> set[tuple[str, str]]:
    """The columns of a source, each with the name it goes by."""
    if source.args.get("only") or source.alias_column_names:
        # ONLY leaves rows out; an alias with columns gives a hidden column a declared name.
        raise StatementRefused(f"{source.alias} is not read as it is declared")
    if isinstance(source, exp.Subquery) and isinstance(source.this, exp.Union):
        return {(source.alias, name) for name in source.this.named_selects}
    if not isinstance(source, exp.Table) or source.alias not in model.tables:
        raise StatementRefused(f"{source.sql(dialect='postgres')} is not a table of the model")
    table = model.tables[source.alias]
    if (source.catalog, source.db, source.name) != ("", table.schema, table.relation):
        raise StatementRefused(f"{source.sql(dialect='postgres')} is not a table of the model")
    return {(table.name, name) for name in table.columns}


def _check_join(model: SemanticModel, join: exp.Join) -> None:
    """Only a declared many-to-one join, and LEFT: `ON 1=1` would multiply every sum."""
    declared = {
        ((each.table, each.column), (each.to, model.tables[each.to].key)) for each in model.joins
    }
    on = join.args.get("on")
    pair = (
        tuple((side.table, side.name) for side in (on.this, on.expression))
        if isinstance(on, exp.EQ)
        and isinstance(on.this, exp.Column)
        and isinstance(on.expression, exp.Column)
        else None
    )
    if pair not in declared or pair[1][0] != join.this.alias:
        raise StatementRefused("a join is not one of the model's")
    if join.side != "LEFT" or join.kind or join.method:
        raise StatementRefused("a join is not a LEFT JOIN")
