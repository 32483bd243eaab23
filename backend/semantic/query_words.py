"""A query in words: the names of what it asks, as sentences and headings use them."""

from collections.abc import Sequence

from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.semantic.echo import echo
from backend.semantic.model import SemanticModel
from backend.semantic.names import dimension_names, filters_in_words, metric_names
from backend.semantic.period_words import when
from backend.semantic.phrasebook import phrasebook
from backend.semantic.refinements import refinements


def query_in_words(model: SemanticModel, query: MetricQuery, language: Language) -> str:
    """As in "faturamento por região em outubro de 2026 (01/10/2026 a 31/10/2026), canal: Portal"."""
    words = phrasebook(language)
    said = metric_names(model, query, language)
    if query.dimensions:
        said += words.say("understood.by", dimensions=dimension_names(model, query, language))
    if query.grain:
        said += words.say(f"understood.grain.{query.grain}")
    if query.from_date or query.to_date:
        said += f" {when(query.from_date, query.to_date, words)}"
    if query.filters or query.exclude or query.having:
        filters = filters_in_words(model, query, language)
        said += words.say("understood.filters", filters=filters)
    return words.say("list").join((said, *refinements(model, query, language)))


def differences(
    model: SemanticModel, readings: Sequence[MetricQuery], language: Language
) -> tuple[str, ...]:
    """Each reading in words that no other has: the readings in full, where they differ in more."""
    words = phrasebook(language)
    told = []
    for reading in readings:
        own = {
            name: members
            for name, members in {**reading.filters, **reading.exclude}.items()
            if any({**other.filters, **other.exclude}.get(name) != members for other in readings)
        }
        told.append(
            "; ".join(
                words.say(
                    "filter",
                    dimension=model.dimensions[name].labels[language].singular,
                    members=words.joined(members, last="or"),
                )
                for name, members in own.items()
            )
        )
    if len(set(told)) == len(told) and all(told):
        return tuple(told)
    return tuple(echo(model, each, language) for each in readings)
