"""What a metric is made of: aggregates over tables, and the arithmetic that puts them together."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from backend.semantic.dialects.dialect import Dialect
from backend.semantic.exactness import is_whole
from backend.semantic.expression import adds_up, aggregate, counts, formula
from backend.semantic.model import Metric, SemanticModel, Since


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One aggregate, over the days that are asked for or over others."""

    metric: str
    #: Its rows begin at the beginning of this, not on the first day that was asked for.
    since: Since | None = None
    #: Over the days that those asked for are compared with.
    previous: bool = False

    @property
    def column(self) -> str:
        since = f"__since_{self.since}" if self.since else ""
        return f"{self.metric}{since}{'__previous' if self.previous else ''}"


#: How a part is read where a value is written. The flag: a part without rows is 0.
Read = Callable[[Part, bool], exp.Expr]


def parts_of(model: SemanticModel, name: str) -> Iterator[Part]:
    """The aggregates of a metric, each as often as it is used."""
    metric = model.metrics[name]
    if metric.cumulative is not None:
        for part in parts_of(model, metric.cumulative):
            yield replace(part, since=metric.since)
        return
    used = tuple(metrics_used(model, metric))
    if not used:
        yield Part(metric=name)
    for each in used:
        yield from parts_of(model, each)


def metrics_used(model: SemanticModel, metric: Metric) -> Iterator[str]:
    """The metrics that a metric names."""
    for name in (metric.numerator, metric.denominator, metric.cumulative):
        if name is not None:
            yield name
    if metric.formula is not None:
        tree = formula(metric.formula, model.metrics)
        yield from (node.name for node in tree.find_all(exp.Column))


def aggregate_of(model: SemanticModel, name: str) -> exp.Expr:
    """The expression of an aggregate metric."""
    metric = model.metrics[name]
    if metric.table is None or metric.sql is None:
        raise ValueError(f"{name} adds up no rows of its own")
    return aggregate(metric.sql, metric.table, model.tables)


def value_of(model: SemanticModel, name: str, read: Read, dialect: Dialect) -> exp.Expr:
    """A metric, written with its parts."""
    metric = model.metrics[name]
    if metric.cumulative is not None:
        since = metric.since
        return value_of(
            model,
            metric.cumulative,
            lambda part, zero: read(replace(part, since=since), zero),
            dialect,
        )
    if metric.numerator is not None and metric.denominator is not None:
        # With sales and no returns the rate of returns is 0; without sales it is unknown.
        return dialect.divided(
            _operand(model, metric.numerator, read, dialect),
            value_of(model, metric.denominator, _as_is(read), dialect),
        )
    if metric.formula is not None:
        return _calculated(model, metric, read, dialect)
    return read(Part(metric=name), counts(aggregate_of(model, name)))


def is_additive(model: SemanticModel, name: str) -> bool:
    """True when a metric without rows adds nothing to a sum of metrics."""
    metric = model.metrics[name]
    used = tuple(metrics_used(model, metric))
    if not used:
        return adds_up(aggregate_of(model, name))
    return metric.numerator is None and all(is_additive(model, each) for each in used)


def is_integer(model: SemanticModel, name: str) -> bool:
    """True when the figure can only be a whole number."""
    metric = model.metrics[name]
    used = tuple(metrics_used(model, metric))
    if not used:
        return is_whole(aggregate_of(model, name), model.tables)
    divides = metric.numerator is not None or "/" in (metric.formula or "")
    has_fraction = "." in (metric.formula or "")
    return not divides and not has_fraction and all(is_integer(model, each) for each in used)


def _calculated(model: SemanticModel, metric: Metric, read: Read, dialect: Dialect) -> exp.Expr:
    tree = exp.Paren(this=formula(metric.formula or "", model.metrics))
    for division in reversed(list(tree.find_all(exp.Div))):
        division.replace(dialect.divided(division.this.copy(), division.expression.copy()))
    for node in list(tree.find_all(exp.Column)):
        node.replace(_in_brackets(_operand(model, node.name, read, dialect)))
    figure: exp.Expr = tree.this
    parts = tuple(dict.fromkeys(parts_of(model, metric.name)))
    if any(counts(aggregate_of(model, part.metric)) for part in parts):
        return figure
    # A sum of nothing and nothing is nothing, not 0.
    known = exp.Coalesce(
        this=read(parts[0], False), expressions=[read(part, False) for part in parts[1:]]
    )
    present = exp.Not(this=exp.Is(this=known, expression=exp.Null()))
    return exp.case().when(present, figure)


def _operand(model: SemanticModel, name: str, read: Read, dialect: Dialect) -> exp.Expr:
    zero = is_additive(model, name)
    return value_of(model, name, lambda part, own: read(part, zero or own), dialect)


def _as_is(read: Read) -> Read:
    return lambda part, _: read(part, False)


def _in_brackets(tree: exp.Expr) -> exp.Expr:
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary) else tree
