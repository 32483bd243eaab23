"""What words may say and no query tells truly: then a reading is not complete."""

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import MetricQuery
from backend.semantic.draft import Draft
from backend.semantic.model import SemanticModel
from backend.semantic.validity import check_query
from backend.semantic.verb_metrics import burdens


def is_sound(query: MetricQuery, draft: Draft, model: SemanticModel) -> bool:
    """True when the query's figures are what the question asked for."""
    if draft.whole_compared and query.grain and query.compare == "previous_period":
        # Each day would be compared with the day before, and not with last month's.
        return False
    if draft.judged and (query.order_by or query.metrics[0]) in burdens(model):
        # "The worst carrier by late rate" has the highest; whoever sorts by "worst" gets the lowest.
        return False
    if query.share and not all(_has_shares(model, name) for name in query.metrics):
        return False
    try:
        check_query(model, query)
    except SalesQueryInvalid:
        return False
    return True


def _has_shares(model: SemanticModel, name: str) -> bool:
    """False for a ratio: one member's is no part of all members'."""
    metric = model.metrics[name]
    return metric.numerator is None and metric.format not in ("percent", "ratio")
