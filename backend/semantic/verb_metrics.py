"""Which metric a verb stands for where no noun says it: "quanto vendemos", "how much was billed"."""

from collections.abc import Iterable, Iterator, Mapping

from backend.domain.language import Language
from backend.semantic.kind import Kind
from backend.semantic.lexicon import lexicon
from backend.semantic.model import Metric, SemanticModel
from backend.semantic.tokens import words


def metrics_of_verbs(model: SemanticModel) -> Mapping[Kind, str]:
    """Verb -> the amount of money that is called after it, the model's first if it is one.

    Without such a metric selling is the model's first one, if that is money; otherwise a verb says
    too little: "quanto vendemos" is no number of visits.
    """
    spoken = [lexicon(language) for language in Language]
    sold = _called(model, [stem for each in spoken for stem in each.sold_stems])
    first = next(iter(model.metrics.values()))
    if sold is None and first.format == "money":
        sold = first.name
    billed = _called(model, [stem for each in spoken for stem in each.billed_stems]) or sold
    found = {Kind.SELLING: sold, Kind.BUYING: sold, Kind.BILLING: billed}
    return {verb: name for verb, name in found.items() if name is not None}


def burdens(model: SemanticModel) -> frozenset[str]:
    """Metrics of which less is better, as far as their names tell: "taxa de atraso", "returns"."""
    stems = [stem for language in Language for stem in lexicon(language).burden_stems]
    return frozenset(
        metric.name for metric in model.metrics.values() if _begins(_label_words(metric), stems)
    )


def _called(model: SemanticModel, stems: Iterable[str]) -> str | None:
    beginnings = tuple(stems)
    return next(
        (
            metric.name
            for metric in model.metrics.values()
            if metric.format == "money" and _begins(_all_words(metric), beginnings)
        ),
        None,
    )


def _begins(said: Iterable[str], stems: Iterable[str]) -> bool:
    return any(word.startswith(tuple(stems)) for word in said)


def _label_words(metric: Metric) -> Iterator[str]:
    for label in metric.labels.values():
        yield from words(label.singular)


def _all_words(metric: Metric) -> Iterator[str]:
    yield from _label_words(metric)
    for texts in metric.synonyms.values():
        for text in texts:
            yield from words(text)
