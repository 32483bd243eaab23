"""Each word of a semantic model has one meaning in each language."""

from collections.abc import Iterator

from backend.domain.language import Language
from backend.semantic.folding import folded
from backend.semantic.model import Dimension, Metric, SemanticModel


def problems_of_words(model: SemanticModel) -> Iterator[str]:
    """One sentence for each problem, beginning with its place in the text."""
    yield from _shared_words(model)
    yield from _shared_aliases(model)


def _shared_words(model: SemanticModel) -> Iterator[str]:
    """A word with two meanings has none: a reader could only guess."""
    owners: dict[tuple[Language, str], str] = {}
    for place, language, word in _words(model):
        if not folded(word):
            yield f"{place}: an empty word ({language.value}); remove it"
            continue
        owner = owners.setdefault((language, folded(word)), place)
        if owner != place:
            yield (
                f"{place}: {word!r} ({language.value}) already means {owner};"
                " give each its own words, or make a group of two metrics"
            )


def _shared_aliases(model: SemanticModel) -> Iterator[str]:
    for dimension in model.dimensions.values():
        owners: dict[str, str] = {}
        for member, words in dimension.aliases.items():
            for word in (member, *words):
                owner = owners.setdefault(folded(word), member)
                if owner != member:
                    yield (
                        f"dimensions.{dimension.name}.aliases: {word!r} already means {owner!r};"
                        " remove it from one of them"
                    )


def _words(model: SemanticModel) -> Iterator[tuple[str, Language, str]]:
    """Every word, with the place that gives it a meaning."""
    for section, entries in (("metrics", model.metrics), ("dimensions", model.dimensions)):
        entry: Metric | Dimension
        for entry in entries.values():
            place = f"{section}.{entry.name}"
            for language, label in entry.labels.items():
                yield place, language, label.singular
                yield place, language, label.plural
            for language, words in entry.synonyms.items():
                yield from ((place, language, word) for word in words)
    for group in model.groups.values():
        for language, words in group.words.items():
            yield from ((f"groups.{group.name}", language, word) for word in words)
