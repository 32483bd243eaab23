"""How tables reach each other. Every join goes from many rows to one, so none multiplies a sum."""

from backend.semantic.model import Join, SemanticModel
from backend.semantic.parts import parts_of


def reached_twice(joins: tuple[Join, ...], start: str) -> str | None:
    """A table to which more than one way leads from another, or that leads back to itself."""
    seen = {start}
    waiting = [start]
    while waiting:
        here = waiting.pop()
        for join in joins:
            if join.table != here:
                continue
            if join.to in seen:
                return join.to
            seen.add(join.to)
            waiting.append(join.to)
    return None


def path(model: SemanticModel, start: str, end: str) -> tuple[Join, ...] | None:
    """The way from a table to another, or None. Ends because no table is reached twice."""
    if start == end:
        return ()
    for join in model.joins:
        if join.table == start:
            rest = path(model, join.to, end)
            if rest is not None:
                return (join, *rest)
    return None


def reaches(model: SemanticModel, metric: str, dimension: str) -> bool:
    """True when the metric can be grouped and filtered by the dimension."""
    target = model.dimensions[dimension].table
    tables = {model.metrics[part.metric].table or "" for part in parts_of(model, metric)}
    return all(path(model, table, target) is not None for table in tables)


def reachable_dimensions(model: SemanticModel, metric: str) -> tuple[str, ...]:
    return tuple(name for name in model.dimensions if reaches(model, metric, name))
