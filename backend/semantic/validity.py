"""A metric query may name only what the model defines, and only what belongs together."""

from collections.abc import Collection, Iterator
from typing import get_args

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import Comparison, Grain, MetricQuery, Operator
from backend.semantic.joins import path, reaches
from backend.semantic.model import SemanticModel
from backend.semantic.parts import parts_of

#: The key of a grain's column in every row.
PERIOD = "period"


def check_query(model: SemanticModel, query: MetricQuery) -> None:
    """Raises SalesQueryInvalid, naming what is wrong. Filters' members are read in `values.py`."""
    if not query.metrics:
        raise SalesQueryInvalid("the query names no metric")
    asked = dict.fromkeys((*query.metrics, *_hidden_metrics(query)))
    _defined("metric", asked, model.metrics.keys())
    for metric in asked:
        if not model.metrics[metric].certified:
            raise SalesQueryInvalid(f"{metric!r} is not certified, and so is not told")
    _defined("dimension", query.dimensions, model.dimensions.keys())
    _defined("filter", (*query.filters, *query.exclude), model.dimensions.keys())
    for dimension in dict.fromkeys((*query.dimensions, *query.filters, *query.exclude)):
        for metric in asked:
            if not reaches(model, metric, dimension):
                raise SalesQueryInvalid(_apart(model, metric, dimension))
    _check_words(query)
    if query.from_date and query.to_date and query.from_date > query.to_date:
        raise SalesQueryInvalid("the period ends before it begins")
    if query.limit is not None and query.limit < 1:
        raise SalesQueryInvalid("the limit must be 1 or more")


def is_valid(model: SemanticModel, query: MetricQuery) -> bool:
    """Whether the model defines what the query names."""
    try:
        check_query(model, query)
    except SalesQueryInvalid:
        return False
    return True


def key_columns(query: MetricQuery) -> tuple[str, ...]:
    """What the rows are grouped by, in the order of the columns."""
    return ((PERIOD,) if query.grain else ()) + tuple(dict.fromkeys(query.dimensions))


def columns(query: MetricQuery) -> tuple[str, ...]:
    """The keys of every row, in order."""
    return (*key_columns(query), *_figures(query))


def _figures(query: MetricQuery) -> Iterator[str]:
    for metric in dict.fromkeys(query.metrics):
        yield metric
        if query.compare is not None:
            yield from (f"{metric}_previous", f"{metric}_change")
        if query.share:
            yield f"{metric}_share"


def _hidden_metrics(query: MetricQuery) -> Iterator[str]:
    """Metrics that are not told, but decide which rows are."""
    told = set(columns(query))
    yield from (each.metric for each in query.having if each.metric not in told)
    if query.without is not None:
        yield query.without


def _apart(model: SemanticModel, metric: str, dimension: str) -> str:
    """Names the two tables: a question about one fact cannot be cut by what only another knows."""
    target = model.dimensions[dimension].table
    homes = dict.fromkeys(
        model.metrics[each.metric].table or "" for each in parts_of(model, metric)
    )
    lost = next(home for home in homes if path(model, home, target) is None)
    return f"{metric!r} cannot be told by {dimension!r}: no join leads from {lost!r} to {target!r}"


def _defined(kind: str, names: Collection[str], defined: Collection[str]) -> None:
    for name in names:
        if name not in defined:
            raise SalesQueryInvalid(f"no {kind} is called {name!r}")


def _check_words(query: MetricQuery) -> None:
    if query.order not in (None, "asc", "desc"):
        raise SalesQueryInvalid(f"the order is asc or desc, not {query.order!r}")
    if query.grain is not None and query.grain not in get_args(Grain):
        raise SalesQueryInvalid(f"no grain is called {query.grain!r}")
    if query.compare is not None and query.compare not in get_args(Comparison):
        raise SalesQueryInvalid(f"no comparison is called {query.compare!r}")
    if query.order_by is not None and query.order_by not in columns(query):
        raise SalesQueryInvalid(f"cannot order by {query.order_by!r}, which the query does not ask")
    for each in query.having:
        if each.op not in get_args(Operator):
            raise SalesQueryInvalid(f"no operator is called {each.op!r}")
