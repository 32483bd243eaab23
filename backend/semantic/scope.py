"""Which rows the asker may see, as a filter that the query cannot do without."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend.domain.errors import SalesNotPermitted
from backend.domain.sales import MetricQuery
from backend.semantic.joins import path, reaches
from backend.semantic.model import SemanticModel


def own_member(model: SemanticModel, role: str, attributes: Mapping[str, str]) -> str | None:
    """The member whose rows the asker sees, or None for all rows.

    Raises SalesNotPermitted when the role sees nothing without an attribute that is not there.
    """
    scope = model.row_scope.get(role)
    if scope is None:
        return None
    own = attributes.get(scope.attribute)
    if own is None and scope.when_absent == "all":
        return None
    # One that is there and says nothing is a mistake somewhere, not a permission.
    if own is None or not own.strip():
        raise SalesNotPermitted(f"{role!r} needs the attribute {scope.attribute!r}")
    return own


def scoped(model: SemanticModel, query: MetricQuery, role: str, own: str | None) -> MetricQuery:
    """The query, narrowed to the rows of `own`, so that an answer says whose figures it tells.

    Raises SalesNotPermitted for somebody else's rows, and for a metric that cannot be narrowed:
    "no rows" would be a false answer to either.
    """
    if own is None:
        return query
    dimension = model.row_scope[role].dimension
    if set(query.filters.get(dimension, ())) - {own}:
        raise SalesNotPermitted(f"only one's own {dimension!r} may be asked for")
    for metric in _metrics_read(model, query):
        if not reaches(model, metric, dimension):
            raise SalesNotPermitted(f"{metric!r} cannot be narrowed to one {dimension!r}")
    if query.without is not None:
        _check_listed(model, query, dimension)
    return replace(query, filters={**query.filters, dimension: (own,)})


def _metrics_read(model: SemanticModel, query: MetricQuery) -> Iterator[str]:
    """Also those that only decide which rows are told: that tells of them too."""
    yield from query.metrics
    yield from (each.metric for each in query.having if each.metric in model.metrics)
    if query.without is not None:
        yield query.without


def _check_listed(model: SemanticModel, query: MetricQuery, own: str) -> None:
    """Who has no rows is listed from a table of its own, which must know whose it is."""
    target = model.dimensions[own].table
    for dimension in query.dimensions:
        if path(model, model.dimensions[dimension].table, target) is None:
            raise SalesNotPermitted(f"{dimension!r} without rows cannot be narrowed to {own!r}")
