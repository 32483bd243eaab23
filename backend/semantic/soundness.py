"""What words may say and no query tells truly: then a reading is not complete."""

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.model import SemanticModel
from backend.semantic.togetherness import check_together
from backend.semantic.validity import check_query
from backend.semantic.verb_metrics import merits


def is_sound(query: MetricQuery, draft: Draft, model: SemanticModel) -> bool:
    """True when the query's figures are what the question asked for."""
    # What is the revenue of those without orders, and who of them has the most?
    is_of_others = query.without is not None and (
        query.without not in query.metrics or query.order is not None or query.share
    )
    return not is_of_others and not doubted(query, draft, model) and _can_be_told(query, model)


def doubted(query: MetricQuery, draft: Draft, model: SemanticModel) -> tuple[Kind, ...]:
    """The kinds of words that the query does not do justice to."""
    if draft.whole_compared and query.grain and query.compare == "previous_period":
        # Each day would be compared with the day before, and not with last month's.
        return (Kind.COMPARE, Kind.GROWTH)
    if set(query.filters) & set(query.exclude):
        # "Faturamento do Thiago menos o da Juliana" is a difference.
        return (Kind.EXCLUDE, Kind.LEAST)
    if draft.judged and (query.order_by or query.metrics[0]) not in merits(model):
        # The worst carrier by late rate has the highest; whoever sorts by "worst" gets the lowest.
        return (Kind.BEST, Kind.WORST)
    if draft.growth and query.order and not draft.by_change and query.compare:
        # "Sales growth by country, top 5": by sales, or by growth?
        return (Kind.GROWTH,)
    if query.share and not all(_has_shares(model, name) for name in query.metrics):
        return (Kind.SHARE, Kind.PERCENT)
    return ()


def _can_be_told(query: MetricQuery, model: SemanticModel) -> bool:
    try:
        check_query(model, query)
        check_together(model, query)
    except SalesQueryInvalid:
        return False
    return True


def _has_shares(model: SemanticModel, name: str) -> bool:
    """False for a ratio, of which one member's is no part of all members'.

    And for what has a rate of its own: "% de desconto" is that, rather than each one's share.
    """
    metric = model.metrics[name]
    has_rate = any(
        each.numerator == name and each.format == "percent" for each in model.metrics.values()
    )
    return metric.numerator is None and metric.format not in ("percent", "ratio") and not has_rate
