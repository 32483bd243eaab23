"""The answer to "which did you mean?": a number, or the word that tells the readings apart. Pure."""

from collections.abc import Sequence

from backend.domain.sales import MetricQuery
from backend.semantic.folding import folded
from backend.semantic.model import SemanticModel

#: More words than this are a new question.
_LONGEST = 6
_ORDINALS = (
    {"1", "primeiro", "primeira", "first", "primero", "primera", "um", "one", "uno"},
    {"2", "segundo", "segunda", "second", "dois", "two", "dos"},
    {"3", "terceiro", "terceira", "third", "tercero", "tercera", "tres", "three"},
    {"4", "quarto", "quarta", "fourth", "cuarto", "cuarta", "quatro", "four", "cuatro"},
)


def chosen(reply: str, readings: Sequence[MetricQuery], model: SemanticModel) -> MetricQuery | None:
    """The reading that a short reply picks; None when it picks none, or says something else."""
    said = {word.strip(".,!?)") for word in folded(reply).split()}
    if not said or len(said) > _LONGEST:
        return None
    named = [reading for reading in readings if said & _telling(reading, readings, model)]
    if len(named) == 1:
        return named[0]
    numbered = [
        reading for reading, words in zip(readings, _ORDINALS, strict=False) if said & words
    ]
    return numbered[0] if len(numbered) == 1 and not named else None


def _telling(
    reading: MetricQuery, readings: Sequence[MetricQuery], model: SemanticModel
) -> set[str]:
    """The names of what this reading narrows and not every other does too."""
    shared = set.intersection(*({*each.filters, *each.exclude} for each in readings))
    own = {*reading.filters, *reading.exclude} - shared
    words: set[str] = set()
    for name in own:
        dimension = model.dimensions[name]
        for language, label in dimension.labels.items():
            for text in (label.singular, label.plural, *dimension.synonyms.get(language, ())):
                words.update(folded(text).split())
    return words
