"""How tables reach each other. Every join goes from many rows to one, so none multiplies a sum."""

from collections.abc import Iterator

from backend.semantic.model import Join, Metric, SemanticModel


def paths(joins: tuple[Join, ...], start: str, end: str) -> Iterator[tuple[Join, ...]]:
    """Every way from a table to another that visits no table twice, shortest prefix first."""
    yield from _walk(joins, start, end, frozenset({start}))


def path(model: SemanticModel, start: str, end: str) -> tuple[Join, ...] | None:
    """The way from a table to another, or None. A loaded model has at most one."""
    return next(paths(model.joins, start, end), None)


def home_tables(model: SemanticModel, metric: Metric) -> frozenset[str]:
    """The tables whose rows a metric adds up: one, or for a ratio those of both its parts."""
    if metric.numerator is None or metric.denominator is None:
        return frozenset({metric.table or ""})
    parts = (model.metrics[metric.numerator], model.metrics[metric.denominator])
    return frozenset().union(*(home_tables(model, part) for part in parts))


def reaches(model: SemanticModel, metric: str, dimension: str) -> bool:
    """True when the metric can be grouped and filtered by the dimension."""
    target = model.dimensions[dimension].table
    tables = home_tables(model, model.metrics[metric])
    return all(path(model, table, target) is not None for table in tables)


def reachable_dimensions(model: SemanticModel, metric: str) -> tuple[str, ...]:
    return tuple(name for name in model.dimensions if reaches(model, metric, name))


def _walk(
    joins: tuple[Join, ...], here: str, end: str, seen: frozenset[str]
) -> Iterator[tuple[Join, ...]]:
    if here == end:
        yield ()
        return
    for join in joins:
        if join.table == here and join.to not in seen:
            for rest in _walk(joins, join.to, end, seen | {join.to}):
                yield (join, *rest)
