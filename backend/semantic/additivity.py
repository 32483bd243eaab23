"""Which figures of parts make the figure of the whole.

Sums and counts of rows do. A count of different customers does not: who buys in two months is one
customer. But orders do over time, because each has one day; the joins of the model tell which.
"""

from collections.abc import Iterable

from sqlglot import exp

from backend.semantic.expression import day_column
from backend.semantic.joins import path
from backend.semantic.model import SemanticModel
from backend.semantic.parts import aggregate_of, parts_of

_LINEAR = (exp.Add, exp.Sub, exp.Neg, exp.Paren)


def adds_up_over_time(model: SemanticModel, metric: str) -> bool:
    """True when the figures of months make that of the year."""
    return all(_is_disjoint(model, part.metric, ()) for part in parts_of(model, metric))


def adds_up_over(model: SemanticModel, metric: str, dimensions: Iterable[str]) -> bool:
    """True when the figures of the dimensions' members make that of all."""
    asked = tuple(dimensions)
    return all(_is_disjoint(model, part.metric, asked) for part in parts_of(model, metric))


def _is_disjoint(model: SemanticModel, part: str, dimensions: tuple[str, ...]) -> bool:
    tree = aggregate_of(model, part)
    aggregates = list(tree.find_all(exp.Sum, exp.Count, exp.Avg, exp.Min, exp.Max))
    for node in aggregates:
        if not isinstance(node, exp.Sum | exp.Count) or not _is_linear(node):
            return False
        if isinstance(node.this, exp.Distinct) and not _each_in_one(model, part, node, dimensions):
            return False
    return True


def _is_linear(node: exp.Expr) -> bool:
    above = node.parent
    while above is not None:
        if not isinstance(above, _LINEAR):
            return False
        above = above.parent
    return True


def _each_in_one(
    model: SemanticModel, part: str, count: exp.Expr, dimensions: tuple[str, ...]
) -> bool:
    """True when each thing that is counted lies in one group: it has one day, or one member."""
    [*columns] = count.this.expressions
    if len(columns) != 1 or not isinstance(columns[0], exp.Column):
        return False
    counted = _named_by(model, columns[0].table, columns[0].name)
    day, _ = day_column(model.metrics[part].date or "", model.tables)
    targets = [model.dimensions[each].table for each in dimensions] or [day]
    return counted is not None and all(
        path(model, counted, target) is not None for target in targets
    )


def _named_by(model: SemanticModel, table: str, column: str) -> str | None:
    """The table whose rows the column names: its own, or the one that it points at."""
    if model.tables[table].key == column:
        return table
    found = (each.to for each in model.joins if (each.table, each.column) == (table, column))
    return next(found, None)
