"""Each word of a semantic model has one meaning, and each meaning has words in every language."""

from collections.abc import Iterator, Mapping

from backend.domain.language import Language
from backend.semantic.folding import folded
from backend.semantic.model import Dimension, Metric, SemanticModel


def problems_of_words(model: SemanticModel) -> Iterator[str]:
    """One sentence for each problem, beginning with its place in the text."""
    yield from _languages(model)
    yield from _shared_words(model)
    yield from _shared_aliases(model)


def _languages(model: SemanticModel) -> Iterator[str]:
    """Every language, everywhere: an answer must never fall back to another one."""
    spoken: list[tuple[str, Mapping[Language, object]]] = [("title", model.title)]
    for metric in model.metrics.values():
        spoken.append((f"metrics.{metric.name}.labels", metric.labels))
        spoken.append((f"metrics.{metric.name}.definition", metric.definition))
    spoken += [
        (f"dimensions.{each.name}.labels", each.labels) for each in model.dimensions.values()
    ]
    for place, texts in spoken:
        for language in Language:
            if language not in texts:
                yield f"{place}: nothing in {language.value!r}"


def _shared_words(model: SemanticModel) -> Iterator[str]:
    """A word with two meanings has none: a reader could only guess."""
    owners: dict[tuple[Language, str], str] = {}
    for place, language, word in _words(model):
        if not folded(word):
            yield f"{place}: an empty word ({language.value})"
            continue
        owner = owners.setdefault((language, folded(word)), place)
        if owner != place:
            yield f"{place}: {word!r} ({language.value}) already means {owner}"


def _shared_aliases(model: SemanticModel) -> Iterator[str]:
    for dimension in model.dimensions.values():
        owners: dict[str, str] = {}
        for member, words in dimension.aliases.items():
            for word in (member, *words):
                owner = owners.setdefault(folded(word), member)
                if owner != member:
                    yield f"dimensions.{dimension.name}.aliases: {word!r} already means {owner!r}"


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
