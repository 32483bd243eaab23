"""What a model says of metrics: one kind each, expressions that can be read, no circles."""

from collections.abc import Callable, Iterator
from functools import partial

from sqlglot import exp

from backend.semantic.additivity import adds_up_over_time
from backend.semantic.expression import (
    ExpressionRefused,
    aggregate,
    condition,
    day_column,
    formula,
    source_column,
    tables_of,
)
from backend.semantic.joins import path
from backend.semantic.model import Metric, SemanticModel
from backend.semantic.nearest import among
from backend.semantic.parts import metrics_used, parts_of

#: What a metric of each kind must have; what belongs to another kind it may not.
_KINDS: dict[str, tuple[str, ...]] = {
    "an aggregate": ("table", "sql", "date"),
    "a ratio": ("numerator", "denominator"),
    "a formula": ("formula",),
    "a running total": ("cumulative",),
}
_REMEDY = "needs table, sql and date, or numerator and denominator, or formula, or cumulative: one of these"


def problems_of_metrics(model: SemanticModel) -> Iterator[str]:
    """One sentence for each, beginning with its place in the text."""
    problems = [each for metric in model.metrics.values() for each in _own(model, metric)]
    yield from problems
    if problems:
        return
    circles = [name for name in model.metrics if _leads_to_itself(model, name)]
    for name in circles:
        yield f"metrics.{name}: is made of itself; name other metrics"
    if not circles:
        for metric in model.metrics.values():
            yield from _running(model, metric)


def _own(model: SemanticModel, metric: Metric) -> Iterator[str]:
    place = f"metrics.{metric.name}"
    given = {
        kind
        for kind, parts in _KINDS.items()
        if any(getattr(metric, part) is not None for part in parts)
    }
    if len(given) != 1 or any(getattr(metric, part) is None for part in _KINDS[next(iter(given))]):
        yield f"{place}: {_REMEDY}"
        return
    if given == {"an aggregate"}:
        yield from _aggregate(model, metric, place)
        return
    for part in filter(None, (metric.numerator, metric.denominator)):
        if part in model.metrics and model.metrics[part].is_ratio:
            yield f"{place}: {part!r} is a ratio itself; name the metrics that it is made of"
    if metric.filter is not None:
        yield f"{place}.filter: belongs to an aggregate; filter the metrics that it is made of"
    try:
        for name in metrics_used(model, metric):
            if name not in model.metrics:
                yield f"{place}: unknown metric {name!r}; {among(name, model.metrics)}"
        if metric.formula is not None:
            formula(metric.formula, model.metrics)
    except ExpressionRefused as error:
        yield f"{place}.formula: {error}"


def _aggregate(model: SemanticModel, metric: Metric, place: str) -> Iterator[str]:
    home, tables = metric.table or "", model.tables
    if home not in tables:
        yield f"{place}.table: unknown table {home!r}; {among(home, tables)}"
        return
    readings: list[tuple[str, Callable[[], exp.Expr]]] = [
        ("sql", partial(aggregate, metric.sql or "", home, tables)),
        ("date", lambda: source_column(tables, *day_column(metric.date or "", tables))),
    ]
    if metric.filter is not None:
        readings.append(("filter", partial(condition, metric.filter, home, tables)))
    trees: list[exp.Expr] = []
    for part, read in readings:
        try:
            trees.append(read())
        except ExpressionRefused as error:
            yield f"{place}.{part}: {error}"
    for table in sorted(tables_of(trees)):
        if path(model, home, table) is None:
            yield f"{place}: no joins lead from {home!r} to {table!r}; declare one from many to one"


def _leads_to_itself(model: SemanticModel, start: str) -> bool:
    waiting, seen = [start], set()
    while waiting:
        for name in metrics_used(model, model.metrics[waiting.pop()]):
            if name == start:
                return True
            if name not in seen:
                seen.add(name)
                waiting.append(name)
    return False


def _running(model: SemanticModel, metric: Metric) -> Iterator[str]:
    if metric.cumulative is None:
        return
    place = f"metrics.{metric.name}.cumulative"
    if any(part.since for part in parts_of(model, metric.cumulative)):
        yield f"{place}: {metric.cumulative!r} is a running total itself; name what it adds up"
    elif not adds_up_over_time(model, metric.cumulative):
        yield (
            f"{place}: {metric.cumulative!r} of several months cannot be added up"
            " (different customers, averages); use a sum or a count of rows"
        )
