"""Bounds that rows must keep: "clientes com mais de 10 mil", "products with at least 5 orders"."""

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Operator, Threshold
from backend.semantic.breakdown import group_by
from backend.semantic.draft import Draft
from backend.semantic.lexicon import Kind
from backend.semantic.model import SemanticModel
from backend.semantic.sentence import Sentence

_OPERATORS: dict[Kind, Operator] = {
    Kind.OVER: ">",
    Kind.AT_LEAST: ">=",
    Kind.UNDER: "<",
    Kind.AT_MOST: "<=",
}
_OVER = "over"
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)*)(k|m|mi|mil|bi)?", re.ASCII)
_SCALES = {"k": 1_000, "mil": 1_000, "m": 1_000_000, "mi": 1_000_000, "bi": 1_000_000_000}
#: Between the number and the metric that it bounds: "10 mil EM vendas", "5 OU MAIS pedidos".
_JOINTS = (Kind.HAVE, Kind.AMOUNT, Kind.CURRENCY)


def read_thresholds(
    sentence: Sentence,
    draft: Draft,
    model: SemanticModel,
    language: Language,
    *,
    counts: Mapping[str, str],
    before: MetricQuery | None,
) -> None:
    """Claims the bound, its number and unit, and the metric beside it.

    Without a metric of its own it bounds the first that is asked for. What is bounded are the
    members of a dimension: without one, the words are left. `counts`: dimension -> the metric of
    its members. `before` is the query that a follow-up goes on from.
    """
    counted = {metric: dimension for dimension, metric in counts.items()}
    for index in sentence.of(*_OPERATORS, Kind.FUNCTION):
        operator = _operator(sentence, index)
        read = _amount(sentence, index, model, language) if operator else None
        if read is None or operator is None:
            continue
        value, places, end = read
        goes_on = before is not None and bool(before.dimensions)
        if not (draft.has_breakdown or _take_subject(sentence, draft, index, counted) or goes_on):
            continue
        metric = _metric_after(sentence, end, model) or _metric_before(sentence, index, model)
        name = metric[0] if metric else None
        if name is None and draft.bounds:
            # "Mais de 100 unidades e menos de 500": of the same.
            name = draft.bounds[-1].metric
        if name is None:
            name = _only_metric(sentence, model)
        if name is None and before is not None:
            name = before.metrics[0]
        if name is None or not _fits(model, name, sentence, places):
            continue
        draft.bounds.append(Threshold(metric=name, op=operator, value=value))
        sentence.claim(index, *places)
        if metric is not None and not metric[2]:
            sentence.claim(metric[1])
        _claim_having(sentence, index)


def _operator(sentence: Sentence, index: int) -> Operator | None:
    """A word that bounds; of English "over", which mostly says when, what follows decides."""
    if sentence.said(index) == _OVER:
        return ">"
    kind = sentence.kind(index)
    return _OPERATORS.get(kind) if kind is not None else None


def settle_thresholds(sentence: Sentence, draft: Draft) -> None:
    """A question that names a metric only in its bound asks for that one."""
    nouns = [index for index in sentence.of(Kind.METRIC) if not sentence.meaning(index).verb]
    if not nouns:
        for bound in draft.bounds:
            draft.add_metric(bound.metric)


def _amount(
    sentence: Sentence, index: int, model: SemanticModel, language: Language
) -> tuple[Decimal, list[int], int] | None:
    """The number after a bound, the spans that spell it, and the last of them."""
    place = sentence.after(index)
    places: list[int] = []
    if place is not None and _is_currency(sentence, place, model):
        places.append(place)
        place = sentence.after(place)
    if place is None or sentence.is_claimed(place):
        return None
    is_word = sentence.kind(place) is Kind.NUMBER
    value = _number(sentence.meaning(place).value if is_word else sentence.said(place), language)
    if value is None:
        return None
    places.append(place)
    scale = sentence.after(place)
    if scale is not None and sentence.kind(scale) is Kind.SCALE:
        value *= int(sentence.meaning(scale).value)
        places.append(scale)
        place, scale = scale, sentence.after(scale)
    if scale is not None and _is_currency(sentence, scale, model):
        places.append(scale)
        place = scale
    return value, places, place


def _number(text: str, language: Language) -> Decimal | None:
    """As the language writes it: 1.000,50 in Portuguese and Spanish, 1,000.50 in English."""
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return None
    digits, scale = found.groups()
    thousands, decimal = (",", ".") if language is Language.ENGLISH else (".", ",")
    whole, *rest = digits.split(decimal)
    groups = whole.split(thousands)
    if len(rest) > 1 or any(len(group) != 3 for group in groups[1:]) or thousands in "".join(rest):
        # Of "1.5" in Portuguese or "1,5" in English one cannot be sure.
        return None
    try:
        value = Decimal("".join(groups) + (f".{rest[0]}" if rest else ""))
    except InvalidOperation:
        return None
    return value * _SCALES.get(scale or "", 1)


def _is_currency(sentence: Sentence, place: int, model: SemanticModel) -> bool:
    """True for the model's own; a bound in another is not one that can be kept."""
    meaning = sentence.meaning(place)
    if meaning.kind is Kind.CURRENCY:
        return meaning.value in (model.currency, "any")
    return meaning.kind is Kind.AMOUNT and sentence.said(place) == "r$" and model.currency == "BRL"


def _fits(model: SemanticModel, name: str, sentence: Sentence, places: list[int]) -> bool:
    """A bound in money is one of money."""
    in_money = any(sentence.kind(place) in (Kind.CURRENCY, Kind.AMOUNT) for place in places)
    return not in_money or model.metrics[name].format == "money"


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


def _only_metric(sentence: Sentence, model: SemanticModel) -> str | None:
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
    has_verb = any(
        span.meaning.verb is not None or span.kind is Kind.METRIC for span in sentence.spans
    )
    return next(iter(model.metrics)) if has_verb else None


def _take_subject(sentence: Sentence, draft: Draft, index: int, counted: Mapping[str, str]) -> bool:
    """The dimension before the bound: "CLIENTES com mais de …", "CLIENTES QUE COMPRARAM mais de …"."""
    place = sentence.before(index)
    while place is not None:
        meaning = sentence.meaning(place)
        if meaning.kind is Kind.DIMENSION:
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
