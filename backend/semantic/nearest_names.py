"""What there is that is most like what somebody asked for: metrics, dimensions and members."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz import fuzz

from backend.domain.language import Language
from backend.semantic.alike import alike
from backend.semantic.folding import folded
from backend.semantic.model import Dimension, Metric, SemanticModel
from backend.semantic.names import metric_name

#: More would be a list of everything.
_MOST = 3
#: Shorter words are like too many names: "no" is part of half of them.
_SHORTEST = 4
#: Of 100: a letter or two that are wrong, not another word that begins alike.
_ALIKE = 84.0
#: What is called so comes before what is only called so among other words.
_PART = 1.0

Members = Mapping[str, Sequence[str]]


def nearest_names(
    model: SemanticModel, wanted: Iterable[str], language: Language, members: Members | None = None
) -> tuple[str, ...]:
    """The names to offer, as the reader's language has them, the best of each wanted one first.

    `members` are those that the asker may see. A metric that is not certified is never offered.
    """
    names = list(_names(model, language))
    found: dict[str, None] = {}
    for each in wanted:
        text = folded(each.replace("_", " "))
        if len(text) < _SHORTEST:
            continue
        scored = [
            (_likeness(text, folded(name), is_label), offer) for name, is_label, offer in names
        ]
        best = sorted(scored, key=lambda pair: -pair[0])
        found.update((offer, None) for score, offer in best if score >= _ALIKE)
        for some in (members or {}).values():
            likely = (
                name for name in alike(text, some) if _likeness(text, folded(name), True) >= _ALIKE
            )
            found.update((name, None) for name in list(likely)[:1])
    return tuple(found)[:_MOST]


def certified(model: SemanticModel) -> dict[str, Metric]:
    """The metrics that may be told."""
    return {name: metric for name, metric in model.metrics.items() if metric.certified}


def _likeness(text: str, name: str, by_word: bool) -> float:
    """Of the whole, or a little less of one of several words."""
    parts = [word for word in name.split() if len(word) > _SHORTEST] if by_word else []
    whole = fuzz.ratio(text, name)
    return max((whole, *(fuzz.ratio(text, part) - _PART for part in parts)))


def _names(model: SemanticModel, language: Language) -> Iterator[tuple[str, bool, str]]:
    """Everything that something is called, whether it is a label, and what to call it in an offer.

    Of other words, no single one is taken: "sem desconto" is no discount.
    """
    for name, metric in certified(model).items():
        offer = metric_name(model, name, language)
        yield from ((each, is_label, offer) for each, is_label in _called(metric))
    for dimension in model.dimensions.values():
        offer = dimension.labels[language].singular
        yield from ((each, is_label, offer) for each, is_label in _called(dimension))


def _called(entry: Metric | Dimension) -> Iterator[tuple[str, bool]]:
    """In every language: whoever chooses names may think in another than the reader."""
    yield entry.name.replace("_", " "), True
    for label in entry.labels.values():
        yield from ((label.singular, True), (label.plural, True))
    for synonyms in entry.synonyms.values():
        yield from ((each, False) for each in synonyms)
