"""What the phrases of a language and of a semantic model mean, before they are put together."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend.domain.language import Language
from backend.semantic.folding import folded
from backend.semantic.kind import Kind
from backend.semantic.lexicon import Lexicon, Phrase
from backend.semantic.model import SemanticModel
from backend.semantic.span import Meaning
from backend.semantic.tokens import words

_VERBS = (Kind.SELLING, Kind.BILLING, Kind.BUYING)


def lexicon_phrases(spoken: Lexicon) -> Iterator[tuple[Phrase, Meaning]]:
    for phrase, (kind, value) in spoken.phrases.items():
        yield (
            phrase,
            Meaning(
                kind=kind,
                value=value,
                verb=kind if kind in _VERBS else None,
                plural=phrase[-1] in spoken.period.plural_units,
            ),
        )


def model_phrases(
    model: SemanticModel, language: Language, said: Mapping[Phrase, Meaning]
) -> Iterator[tuple[Phrase, Meaning]]:
    for metric in model.metrics.values():
        label = metric.labels[language]
        texts = (label.singular, label.plural, *metric.synonyms.get(language, ()))
        for phrase in map(words, texts):
            known = said.get(phrase)
            yield (
                phrase,
                Meaning(
                    kind=Kind.METRIC,
                    metrics=(metric.name,),
                    # "faturamos" may be both the model's word and a verb of the language.
                    verb=known.verb if known else None,
                ),
            )
    for group in model.groups.values():
        for phrase in map(words, group.words.get(language, ())):
            yield phrase, Meaning(kind=Kind.METRIC, metrics=group.metrics)
    for dimension in model.dimensions.values():
        label = dimension.labels[language]
        meaning = Meaning(kind=Kind.DIMENSION, dimension=dimension.name)
        for text in (*dimension.synonyms.get(language, ()), label.plural, label.singular):
            plural = folded(text) != folded(label.singular) and _looks_plural(text)
            yield words(text), replace(meaning, plural=plural)


def split_by(of_model: Mapping[Phrase, Meaning], said: Mapping[Phrase, Meaning]) -> list[Phrase]:
    """Phrases of the language that are a word of the model and empty ones: "ACCOUNT for" Acme."""
    empty = (Kind.FUNCTION, Kind.BY, Kind.FROM)
    return [
        phrase
        for phrase in said
        if len(phrase) > 1
        and phrase[:1] in of_model
        and all(_kind(said, word) in empty for word in phrase[1:])
    ]


def own_names(model: SemanticModel) -> Iterator[tuple[Phrase, Meaning]]:
    """What the model calls its own, for where its labels do not say so: "faixa" for `faixa etária`.

    Names of one word: `revenue_year_to_date` would take the words of a period.
    """
    for name in model.metrics:
        yield (name,), Meaning(kind=Kind.METRIC, metrics=(name,))
    for name in model.dimensions:
        yield (name,), Meaning(kind=Kind.DIMENSION, dimension=name)


def verbs(spoken: Lexicon, of_model: Mapping[Phrase, Meaning]) -> Iterator[tuple[Phrase, Meaning]]:
    """What customers do: "pediram" stands for the metric "pedidos", where the model has it."""
    for verb, noun in spoken.verbs_of.items():
        meaning = of_model.get(noun)
        if verb not in of_model and meaning is not None and meaning.kind is Kind.METRIC:
            yield verb, replace(meaning, verb=Kind.BUYING)


def placed_by_customers(spoken: Lexicon, of_model: Mapping[Phrase, Meaning]) -> str | None:
    """The one metric that the language's verbs of ordering stand for."""
    for noun in spoken.verbs_of.values():
        metrics = of_model[noun].metrics if noun in of_model else ()
        if len(metrics) == 1:
            return metrics[0]
    return None


def _looks_plural(text: str) -> bool:
    """In all three languages a plural ends in s; so does the first word of "tipos de cliente"."""
    return folded(text).endswith("s") or words(text)[0].endswith("s")


def doers(said: dict[Phrase, Meaning]) -> Mapping[Kind, str]:
    """Takes "quem vendeu", a dimension's synonym, apart: verb -> the dimension that does it."""
    askers = {phrase[0] for phrase, meaning in said.items() if meaning.kind is Kind.WHO}
    found: dict[Kind, str] = {}
    for phrase, meaning in list(said.items()):
        if meaning.kind is not Kind.DIMENSION or len(phrase) != 2 or phrase[0] not in askers:
            continue
        verb = said.get(phrase[1:])
        if verb is not None and verb.verb is not None:
            found[verb.verb] = meaning.dimension
            del said[phrase]
    if Kind.SELLING in found:
        found.setdefault(Kind.BILLING, found[Kind.SELLING])
        found.setdefault(Kind.CLOSING, found[Kind.SELLING])
    return found


def counts_of(said: Mapping[Phrase, Meaning]) -> Mapping[str, str]:
    """Reads a metric's "quantos clientes" as what it consists of: dimension -> the metric."""
    return {
        said[phrase[end:]].dimension: meaning.metrics[0]
        for phrase, meaning in said.items()
        for end in range(1, len(phrase))
        if meaning.kind is Kind.METRIC
        and _kind(said, *phrase[:end]) is Kind.COUNT
        and _kind(said, *phrase[end:]) is Kind.DIMENSION
    }


def _kind(said: Mapping[Phrase, Meaning], *phrase: str) -> Kind:
    meaning = said.get(phrase)
    return meaning.kind if meaning else Kind.UNKNOWN
