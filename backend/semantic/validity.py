"""A metric query may name only what the model defines, and only what belongs together."""

from collections.abc import Collection

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery
from backend.semantic.joins import reaches
from backend.semantic.model import SemanticModel

#: The key of a grain's column in every row.
PERIOD = "period"


def check_query(model: SemanticModel, query: MetricQuery) -> None:
    """Raises SalesQueryInvalid, naming what is wrong. Filters' members are read in `values.py`."""
    if not query.metrics:
        raise SalesQueryInvalid("the query names no metric")
    _defined("metric", query.metrics, model.metrics.keys())
    _defined("dimension", query.dimensions, model.dimensions.keys())
    _defined("filter", tuple(query.filters), model.dimensions.keys())
    for dimension in (*query.dimensions, *query.filters):
        for metric in query.metrics:
            if not reaches(model, metric, dimension):
                raise SalesQueryInvalid(f"{metric!r} cannot be told by {dimension!r}")
    _check_order(query)
    if query.from_date and query.to_date and query.from_date > query.to_date:
        raise SalesQueryInvalid("the period ends before it begins")
    if query.limit is not None and query.limit < 1:
        raise SalesQueryInvalid("the limit must be 1 or more")


def key_columns(query: MetricQuery) -> tuple[str, ...]:
    """What the rows are grouped by, in the order of the columns."""
    return ((PERIOD,) if query.grain else ()) + tuple(dict.fromkeys(query.dimensions))


def columns(query: MetricQuery) -> tuple[str, ...]:
    return key_columns(query) + tuple(dict.fromkeys(query.metrics))


def _defined(kind: str, names: tuple[str, ...], defined: Collection[str]) -> None:
    for name in names:
        if name not in defined:
            raise SalesQueryInvalid(f"no {kind} is called {name!r}")


def _check_order(query: MetricQuery) -> None:
    if query.order not in (None, "asc", "desc"):
        raise SalesQueryInvalid(f"the order is asc or desc, not {query.order!r}")
    if query.grain not in (None, "day", "week", "month", "quarter", "year"):
        raise SalesQueryInvalid(f"no grain is called {query.grain!r}")
    if query.order_by is not None and query.order_by not in columns(query):
        raise SalesQueryInvalid(f"cannot order by {query.order_by!r}, which the query does not ask")
