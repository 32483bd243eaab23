"""What parts of a query can be asked for together, and of which metrics."""

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery
from backend.semantic.additivity import adds_up_over, adds_up_over_time
from backend.semantic.expression import adds_up
from backend.semantic.model import SemanticModel
from backend.semantic.parts import aggregate_of, is_additive, metrics_used, parts_of


def check_together(model: SemanticModel, query: MetricQuery) -> None:
    """Raises SalesQueryInvalid, saying why no true figure would come of it."""
    runs_on = [part for name in query.metrics for part in parts_of(model, name) if part.since]
    if query.cumulative:
        _check_cumulative(model, query, runs_on=bool(runs_on))
    for name in query.metrics:
        if any(part.since for part in parts_of(model, name)):
            _check_running(model, query, name)
    if query.share:
        _check_share(model, query, runs_on=bool(runs_on))
    if query.other:
        _check_other(model, query, runs_on=bool(runs_on))
    if query.without is not None:
        _check_without(model, query)


def _check_cumulative(model: SemanticModel, query: MetricQuery, *, runs_on: bool) -> None:
    if query.grain is None:
        raise SalesQueryInvalid("'cumulative' needs a grain to add up over")
    if runs_on:
        raise SalesQueryInvalid("a running total cannot be added up again")
    for name in query.metrics:
        if not adds_up_over_time(model, name):
            raise SalesQueryInvalid(f"{name!r} of several periods cannot be added up")


def _check_running(model: SemanticModel, query: MetricQuery, name: str) -> None:
    since = {part.since for part in parts_of(model, name)}
    if query.grain == "week" and since != {"always"}:
        raise SalesQueryInvalid(
            f"{name!r} cannot be told by week: weeks lie in two months or years"
        )
    if query.grain is None and query.to_date is None and since != {"always"}:
        raise SalesQueryInvalid(f"{name!r} needs a last day ('to')")
    if query.grain is not None and not adds_up_over_time(model, name):
        raise SalesQueryInvalid(f"{name!r} of several periods cannot be added up")


def _check_share(model: SemanticModel, query: MetricQuery, *, runs_on: bool) -> None:
    if query.cumulative or runs_on:
        raise SalesQueryInvalid("a running total has no 'share'")
    for name in query.metrics:
        if not is_additive(model, name) and not _counts(model, name):
            raise SalesQueryInvalid(f"{name!r} has no 'share': it is no part of a whole")


def _check_other(model: SemanticModel, query: MetricQuery, *, runs_on: bool) -> None:
    if query.limit is None or not query.dimensions:
        raise SalesQueryInvalid("'other' needs dimensions and a limit")
    if query.grain or query.having or query.without or query.cumulative or runs_on:
        raise SalesQueryInvalid("'other' goes with no grain, having, without or running total")
    for name in query.dimensions:
        if model.type_of(name) == "boolean":
            raise SalesQueryInvalid(f"{name!r} is yes or no: there are no others")
    for name in query.metrics:
        if not adds_up_over(model, name, query.dimensions):
            raise SalesQueryInvalid(f"{name!r} of the others cannot be added up")


def _check_without(model: SemanticModel, query: MetricQuery) -> None:
    if len(set(query.dimensions)) != 1 or query.grain:
        raise SalesQueryInvalid("'without' needs one dimension and no grain")
    if query.without and tuple(metrics_used(model, model.metrics[query.without])):
        raise SalesQueryInvalid(f"{query.without!r} has no rows of its own to be without")


def _counts(model: SemanticModel, name: str) -> bool:
    used = tuple(metrics_used(model, model.metrics[name]))
    return not used and adds_up(aggregate_of(model, name))
