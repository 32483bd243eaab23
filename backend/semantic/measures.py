"""Which metrics a question asks for: nouns first ("pedidos"), and verbs where there is no noun."""

from collections.abc import Iterable, Mapping

from backend.semantic.draft import Draft
from backend.semantic.joins import reaches
from backend.semantic.kind import Kind
from backend.semantic.model import Format, SemanticModel
from backend.semantic.sentence import Sentence

_COUNTS: tuple[Format, ...] = ("count", "quantity")
#: "POR margem", "com MAIS pedidos", "SORTED BY margin".
_BEFORE_CRITERIA = (Kind.BY, Kind.SORT, Kind.BEST, Kind.WORST, Kind.MOST, Kind.LEAST)
_VERBS = (Kind.SELLING, Kind.BILLING, Kind.BUYING)


def read_measures(
    sentence: Sentence, draft: Draft, model: SemanticModel, by_verb: Mapping[Kind, str]
) -> None:
    """Claims metrics that stand first, in a list, or as what a ranking goes by.

    A second metric that stands anywhere else ("faturamento dos pedidos") may narrow the first, so
    it is only claimed where it adds nothing: as a part of the ratio that the first one is.
    """
    for index in sentence.of(Kind.METRIC):
        if sentence.meaning(index).verb is not None:
            continue
        metrics = _asked(sentence, index, model, draft)
        if not metrics:
            continue
        if not draft.metrics or _is_listed(sentence, index):
            _add(draft, metrics)
        elif _is_criterion(sentence, index, draft) and not _is_per_each(sentence, index, model):
            _add(draft, metrics)
            draft.criterion = metrics[0]
        elif not _is_part_of(model, metrics, draft.metrics):
            continue
        sentence.claim(index)
    _claim_criterion_words(sentence, draft)
    _read_verbs(sentence, draft, model, by_verb)


def read_missing_measure(draft: Draft, model: SemanticModel) -> None:
    """A ranking, a share or a growth that names no figure is of the model's first metric."""
    ranked = bool(draft.order) and draft.has_breakdown
    if not draft.metrics and (ranked or draft.share or draft.compare or draft.side_by_side):
        draft.add_metric(next(iter(model.metrics)))


def _asked(sentence: Sentence, index: int, model: SemanticModel, draft: Draft) -> tuple[str, ...]:
    """The metrics of a phrase: of a group, those that the question's other words leave.

    "Quantas vendas" asks for its counts and "valor das vendas" for its money; "vendas por produto"
    for those that know products. Nothing where the words contradict the metric.
    """
    metrics = sentence.meaning(index).metrics
    before, after = sentence.before(index), sentence.after(index)
    for place, formats in (
        (before if sentence.kind(before) is Kind.COUNT else None, _COUNTS),
        (before if sentence.kind(before) is Kind.AMOUNT else None, ("money",)),
        (after if sentence.kind(after) is Kind.AMOUNT else None, ("money",)),
        (after if _is_own_currency(sentence, after, model) else None, ("money",)),
    ):
        if place is not None:
            metrics = tuple(name for name in metrics if model.metrics[name].format in formats)
            if metrics:
                sentence.claim(place)
    return telling(model, metrics, (*draft.dimensions, *draft.filters))


def _is_own_currency(sentence: Sentence, index: int | None, model: SemanticModel) -> bool:
    """As in "faturamento em reais"; in another currency nothing is told."""
    return (
        index is not None
        and sentence.kind(index) is Kind.CURRENCY
        and sentence.meaning(index).value == model.currency
    )


def telling(
    model: SemanticModel, metrics: tuple[str, ...], dimensions: Iterable[str]
) -> tuple[str, ...]:
    """Those of the metrics that can be told by all the dimensions; all, if none can.

    For metrics that were not named one by one: "vendas por produto" has no contracts.
    """
    asked = tuple(dimensions)
    able = tuple(name for name in metrics if all(reaches(model, name, each) for each in asked))
    return able or metrics


def _is_listed(sentence: Sentence, index: int) -> bool:
    """As in "faturamento, pedidos e margem"."""
    before = sentence.before(index)
    if sentence.kind(before) in (Kind.COUNT, Kind.AMOUNT) and before is not None:
        before = sentence.before(before)
    return sentence.kind(before) is Kind.AND


def _is_criterion(sentence: Sentence, index: int, draft: Draft) -> bool:
    """As in "vendas dos clientes com MAIS PEDIDOS", "ranking … POR MARGEM"."""
    if draft.order is None:
        return False
    before = sentence.before(index)
    if sentence.kind(before) in (Kind.COUNT, Kind.AMOUNT) and before is not None:
        before = sentence.before(before)
    return sentence.kind(before) in _BEFORE_CRITERIA


def _is_per_each(sentence: Sentence, index: int, model: SemanticModel) -> bool:
    """As in "top 5 produtos em margem POR UNIDADE": one metric by the other, which is no ranking."""
    said = sentence.said(index)
    return (
        sentence.kind(sentence.before(index)) is Kind.BY
        and " " not in said
        and not said.endswith("s")
        and all(model.metrics[name].format in _COUNTS for name in sentence.meaning(index).metrics)
    )


def _claim_criterion_words(sentence: Sentence, draft: Draft) -> None:
    """The "por" of "top 5 clientes por receita"."""
    for index in sentence.of(Kind.BY):
        metric = sentence.after(index)
        if sentence.kind(metric) in (Kind.COUNT, Kind.AMOUNT) and metric is not None:
            metric = sentence.after(metric)
        is_metric = metric is not None and sentence.kind(metric) is Kind.METRIC
        if draft.order and is_metric and sentence.is_claimed(metric or 0):
            sentence.claim(index)


def _is_part_of(model: SemanticModel, metrics: Iterable[str], found: Iterable[str]) -> bool:
    """As in "ticket médio dos pedidos": the ticket is revenue by order already."""
    parts = set(found)
    for name in found:
        parts |= {model.metrics[name].numerator or "", model.metrics[name].denominator or ""}
    return set(metrics) <= parts


def _read_verbs(
    sentence: Sentence, draft: Draft, model: SemanticModel, by_verb: Mapping[Kind, str]
) -> None:
    """A verb is a metric ("quanto vendemos"), or empty beside one ("quantos contratos vendemos").

    Not so a guessed verb, nor "faturado", which may say which of the orders are meant.
    """
    nouns = bool(draft.metrics)
    for index in sentence.of(Kind.METRIC, *_VERBS):
        meaning = sentence.meaning(index)
        if meaning.verb is None:
            continue
        if not nouns:
            meant = by_verb.get(meaning.verb)
            metrics = _asked(sentence, index, model, draft) or ((meant,) if meant else ())
            if not metrics or (draft.metrics and tuple(draft.metrics) != metrics):
                continue
            _add(draft, metrics)
            before = sentence.before(index)
            if sentence.kind(before) is Kind.AMOUNT and model.metrics[metrics[0]].format == "money":
                # "Em VALOR vendido".
                sentence.claim(before)
        elif sentence.spans[index].guessed or meaning.verb is Kind.BILLING:
            continue
        sentence.claim(index)


def _add(draft: Draft, metrics: Iterable[str]) -> None:
    for name in metrics:
        draft.add_metric(name)
