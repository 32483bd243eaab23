"""Bounds that rows must keep: "clientes com mais de 10 mil", "products with at least 5 orders"."""

from collections.abc import Mapping

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Threshold
from backend.semantic.bound import Bound, bounds
from backend.semantic.breakdown import group_by
from backend.semantic.draft import Draft
from backend.semantic.kind import Kind
from backend.semantic.model import Format, SemanticModel
from backend.semantic.sentence import Sentence

#: Between the number and the metric that it bounds: "10 mil EM vendas", "5 OU MAIS pedidos".
_JOINTS = (Kind.HAVE, Kind.AMOUNT, Kind.CURRENCY)


def read_thresholds(
    sentence: Sentence,
    draft: Draft,
    model: SemanticModel,
    language: Language,
    *,
    counts: Mapping[str, str],
    by_verb: Mapping[Kind, str],
    before: MetricQuery | None,
) -> None:
    """Claims the bound, its number and unit, and the metric beside it.

    Without a metric of its own it bounds the first that is asked for. What is bounded are the
    members of a dimension: without one, the words are left. `counts`: dimension -> the metric of
    its members. `before` is the query that a follow-up goes on from.
    """
    counted = {metric: dimension for dimension, metric in counts.items()}
    for bound in bounds(sentence, model, language):
        first, last = bound.places[0], bound.end
        if sentence.kind(sentence.before(first)) in (Kind.GROWTH, Kind.SHARE, Kind.PERCENT):
            continue  # A query bounds figures, and not how they change.
        goes_on = before is not None and bool(before.dimensions)
        after = _metric_after(sentence, last, model)
        if not (
            draft.dimensions
            or draft.grain
            or _take_subject(sentence, draft, bound, counted, has_metric=after is not None)
            or goes_on
        ):
            continue
        metric = after or _metric_before(sentence, first, model)
        name = metric[0] if metric else _metric_meant(sentence, draft, by_verb, before)
        is_of_verb = metric is None and not draft.bounds and _is_of_verb(sentence, by_verb)
        rate = _rate_of(model, name) if name is not None and bound.is_percent else None
        if rate is not None and metric is not None:
            # "Margem acima de 30%": the rate of it.
            name, metric = rate, (rate, metric[1], False)
        if name is None or not _fits(bound, model.metrics[name].format):
            continue
        if _may_be_each_ones(bound, after is None, model.metrics[name].format):
            continue
        if is_of_verb and bound.is_small:
            # "Clientes que compraram mais de 5": of what?
            continue
        if is_of_verb:
            # "Países que FATURARAM mais de 50 mil": the verb is what is bounded.
            sentence.claim(*_verbs(sentence, first))
        draft.bounds.extend(
            Threshold(metric=name, op=operator, value=value) for operator, value in bound.limits
        )
        sentence.claim(*bound.places)
        if metric is not None and not metric[2]:
            sentence.claim(metric[1])
        _claim_having(sentence, first)


def settle_thresholds(sentence: Sentence, draft: Draft) -> None:
    """A question that names a metric only in its bound asks for that one."""
    nouns = [index for index in sentence.of(Kind.METRIC) if not sentence.meaning(index).verb]
    if not nouns:
        for bound in draft.bounds:
            draft.add_metric(bound.metric)


def _metric_meant(
    sentence: Sentence,
    draft: Draft,
    by_verb: Mapping[Kind, str],
    before: MetricQuery | None,
) -> str | None:
    """What a bound without a metric of its own bounds."""
    if draft.bounds:
        # "Mais de 100 unidades e menos de 500": of the same.
        return draft.bounds[-1].metric
    name = _only_metric(sentence, by_verb)
    return before.metrics[0] if name is None and before is not None else name


def _fits(bound: Bound, figures: Format) -> bool:
    """Money bounds money; a fraction is bounded by a percentage, and nothing else is."""
    if bound.has_currency and figures != "money":
        return False
    return bound.is_percent == (figures in ("percent", "ratio"))


def _rate_of(model: SemanticModel, name: str) -> str | None:
    """The one percentage that is made of a metric: the margin's rate, of the margin."""
    rates = [
        each.name
        for each in model.metrics.values()
        if each.numerator == name and each.format == "percent" and each.certified
    ]
    return rates[0] if len(rates) == 1 else None


def _may_be_each_ones(bound: Bound, stands_before: bool, figures: Format) -> bool:
    """As in "pedidos acima de 5 mil": rather orders worth as much each than as many orders."""
    return stands_before and figures == "count" and not bound.is_small and not bound.is_percent


def _metric_after(
    sentence: Sentence, place: int, model: SemanticModel
) -> tuple[str, int, bool] | None:
    """Name, place, and whether it was claimed before: "5 pedidos", "10 mil em vendas"."""
    after = sentence.after(place)
    while after is not None and sentence.kind(after) in _JOINTS:
        after = sentence.after(after)
    return _named(sentence, after, model)


def _metric_before(
    sentence: Sentence, index: int, model: SemanticModel
) -> tuple[str, int, bool] | None:
    """As in "faturamento acima de 10 mil", "vendas > 1000"."""
    found = _named(sentence, sentence.before(index), model)
    if found is not None and found[2]:
        return None
    # It is what is asked for, too: the measures' rule claims it.
    return (found[0], found[1], True) if found else None


def _named(
    sentence: Sentence, place: int | None, model: SemanticModel
) -> tuple[str, int, bool] | None:
    if place is None or sentence.kind(place) is not Kind.METRIC:
        return None
    metrics = sentence.meaning(place).metrics
    if len(metrics) != 1:
        return None
    return metrics[0], place, sentence.is_claimed(place)


def _only_metric(sentence: Sentence, by_verb: Mapping[Kind, str]) -> str | None:
    """The one that the question names, or that its verb stands for: "compraram mais de 10 mil"."""
    named = dict.fromkeys(
        span.meaning.metrics
        for index, span in enumerate(sentence.spans)
        if span.kind is Kind.METRIC and not sentence.is_claimed(index)
    )
    if len(named) == 1:
        [metrics] = named
        return metrics[0] if len(metrics) == 1 else None
    if named:
        return None
    for span in sentence.spans:
        verb = span.meaning.verb or (Kind.BUYING if span.kind is Kind.METRIC else Kind.UNKNOWN)
        if verb in by_verb:
            return by_verb[verb]
    return None


def _is_of_verb(sentence: Sentence, by_verb: Mapping[Kind, str]) -> bool:
    """True where what is bounded is only named by a verb: "compraram mais de 10 mil"."""
    return _only_metric(sentence, by_verb) is not None and not any(
        sentence.meaning(index).verb is None for index in sentence.of(Kind.METRIC)
    )


def _verbs(sentence: Sentence, bound: int) -> list[int]:
    """The verb right before the bound; the first metric is what it is about."""
    before = sentence.before(bound)
    if before is None or sentence.spans[before].guessed:
        return []
    return [before] if sentence.meaning(before).verb is Kind.BILLING else []


def _take_subject(
    sentence: Sentence,
    draft: Draft,
    bound: Bound,
    counted: Mapping[str, str],
    *,
    has_metric: bool,
) -> bool:
    """The dimension before the bound: "CLIENTES com mais de …", "CLIENTES QUE COMPRARAM mais de …".

    "Produtos abaixo de 10 reais" may be those that cost as much: then nothing is taken.
    """
    place = nearest = sentence.before(bound.places[0])
    while place is not None:
        meaning = sentence.meaning(place)
        if meaning.kind is Kind.DIMENSION and not sentence.is_claimed(place):
            if place == nearest and not has_metric:
                return False
            return group_by(sentence, draft, place)
        dimension = counted.get(meaning.metrics[0]) if len(meaning.metrics) == 1 else None
        if dimension is not None and sentence.kind(sentence.before(place)) is not Kind.COUNT:
            draft.add_dimension(dimension)
            sentence.claim(place)
            return True
        place = sentence.before(place)
    return False


def _claim_having(sentence: Sentence, index: int) -> None:
    before = sentence.before(index)
    if before is not None and sentence.kind(before) is Kind.HAVE:
        sentence.claim(before)
