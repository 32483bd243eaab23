"""What the rows of a breakdown add up to, where that is the figure of the whole."""

from collections.abc import Mapping
from decimal import Decimal

from sqlglot import exp

from backend.domain.sales import MetricQuery, MetricTable
from backend.semantic.additivity import adds_up_over, adds_up_over_time
from backend.semantic.expression import formula
from backend.semantic.model import SemanticModel
from backend.semantic.parts import aggregate_of, parts_of

#: What has been found out of metrics: it costs a millisecond, and every answer asks.
_known: dict[tuple[object, ...], bool] = {}
_MOST_KNOWN = 4_000


def totals(model: SemanticModel, table: MetricTable) -> Mapping[str, int | Decimal]:
    """Each metric's total, in the order asked for; none of a metric that cannot be added up.

    Empty where a row may be missing (a limit that was reached, a bound on figures, more rows than an
    answer holds), and where there are fewer than two rows to add up.
    """
    if not _is_whole(table):
        return {}
    found = {}
    for name in dict.fromkeys(table.query.metrics):
        values = [row[name] for row in table.rows if row[name] is not None]
        if values and _adds_up(model, table.query, name):
            found[name] = sum(values[1:], start=values[0])
    return found


def _is_whole(table: MetricTable) -> bool:
    query = table.query
    is_cut = query.limit is not None and not query.other and len(table.rows) >= query.limit
    is_part = bool(table.truncated or is_cut or query.having or query.without)
    return len(table.rows) > 1 and not (is_part or query.cumulative)


def _adds_up(model: SemanticModel, query: MetricQuery, name: str) -> bool:
    # A version is one text of a model, whoever's it is.
    question = (model.version, name, query.dimensions, query.grain is not None)
    known = _known.get(question)
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[question] = _is_sum(model, query, name)
    return known


def _is_sum(model: SemanticModel, query: MetricQuery, name: str) -> bool:
    if not _is_linear(model, name) or any(part.since for part in parts_of(model, name)):
        return False
    if query.grain and not adds_up_over_time(model, name):
        return False
    return not query.dimensions or adds_up_over(model, name, query.dimensions)


def _is_linear(model: SemanticModel, name: str) -> bool:
    """False for a ratio, a product of metrics, or one with something added to it: no sum of those is
    the whole's.
    """
    metric = model.metrics[name]
    if metric.numerator is not None or metric.cumulative is not None:
        return False
    if metric.formula is None:
        return _degree(aggregate_of(model, name)) == 1
    tree = formula(metric.formula, model.metrics)
    return _degree(tree) == 1 and all(
        _is_linear(model, node.name) for node in tree.find_all(exp.Column)
    )


def _degree(tree: exp.Expr) -> int | None:
    """1 for a sum of figures, each as often as a number says; 0 for a number; else None."""
    if isinstance(tree, exp.Literal | exp.Column | exp.AggFunc):
        return 0 if isinstance(tree, exp.Literal) else 1
    if isinstance(tree, exp.Paren | exp.Neg):
        return _degree(tree.this)
    if not isinstance(tree, exp.Add | exp.Sub | exp.Mul | exp.Div):
        return None
    left, right = _degree(tree.this), _degree(tree.expression)
    if isinstance(tree, exp.Add | exp.Sub):
        return left if left == right else None
    return left if right == 0 else right if left == 0 and isinstance(tree, exp.Mul) else None
