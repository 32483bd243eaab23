"""Which rows the asker may see, as a filter that the query cannot do without."""

from collections.abc import Mapping
from dataclasses import replace

from backend.domain.errors import SalesNotPermitted
from backend.domain.sales import MetricQuery
from backend.semantic.joins import reaches
from backend.semantic.model import SemanticModel


def own_member(model: SemanticModel, role: str, attributes: Mapping[str, str]) -> str | None:
    """The member whose rows the asker sees, or None for all rows.

    Raises SalesNotPermitted when the role sees nothing without an attribute that is not there.
    """
    scope = model.row_scope.get(role)
    if scope is None:
        return None
    own = attributes.get(scope.attribute)
    if own is None and scope.when_absent == "none":
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
    for metric in query.metrics:
        if not reaches(model, metric, dimension):
            raise SalesNotPermitted(f"{metric!r} cannot be narrowed to one {dimension!r}")
    return replace(query, filters={**query.filters, dimension: (own,)})
