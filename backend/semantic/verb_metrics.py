"""Which metric a verb stands for where no noun says it: "quanto vendemos", "how much was billed"."""

from collections.abc import Callable, Mapping

from backend.domain.language import Language
from backend.semantic.kind import Kind
from backend.semantic.lexicon import Lexicon, lexicon
from backend.semantic.model import Metric, SemanticModel
from backend.semantic.tokens import words

Stems = Callable[[Lexicon], tuple[str, ...]]


def metrics_of_verbs(model: SemanticModel) -> Mapping[Kind, str]:
    """Verb -> the amount of money that is called after it, the model's first if it is one.

    Without such a metric selling is the model's first one, if that is money; otherwise a verb says
    too little: "quanto vendemos" is no number of visits.
    """
    sold = _called(model, lambda spoken: spoken.sold_stems)
    first = next(iter(model.metrics.values()))
    if sold is None and first.format == "money":
        sold = first.name
    billed = _called(model, lambda spoken: spoken.billed_stems) or sold
    found = {Kind.SELLING: sold, Kind.BUYING: sold, Kind.BILLING: billed}
    return {verb: name for verb, name in found.items() if name is not None}


def merits(model: SemanticModel) -> frozenset[str]:
    """Metrics of which more is better, as far as their names tell: money, orders, not complaints.

    "The worst carrier by late rate" has the highest, and of visits nobody knows.
    """
    return frozenset(
        metric.name
        for metric in model.metrics.values()
        if not _begins(metric, lambda spoken: spoken.burden_stems, synonyms=False)
        and (metric.format == "money" or _begins(metric, lambda spoken: spoken.merit_stems))
    )


def closings(model: SemanticModel) -> frozenset[str]:
    """Metrics of what is closed or signed: "contratos fechados", "closed deals"."""
    return frozenset(
        metric.name
        for metric in model.metrics.values()
        if _begins(metric, lambda spoken: spoken.closed_stems)
    )


def _called(model: SemanticModel, stems: Stems) -> str | None:
    return next(
        (
            metric.name
            for metric in model.metrics.values()
            if metric.format == "money" and _begins(metric, stems)
        ),
        None,
    )


def _begins(metric: Metric, stems: Stems, *, synonyms: bool = True) -> bool:
    """True where one of the metric's words in a language begins with one of that language's stems."""
    return any(
        word.startswith(stems(lexicon(language)))
        for language in Language
        for text in (
            metric.labels[language].singular,
            *(metric.synonyms.get(language, ()) if synonyms else ()),
        )
        for word in words(text)
    )
