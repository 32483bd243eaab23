"""A query in words: the names of what it asks, as sentences and headings use them."""

from collections.abc import Mapping, Sequence

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Operator
from backend.semantic.model import SemanticModel
from backend.semantic.number_format import written_number
from backend.semantic.period_words import when
from backend.semantic.phrasebook import phrasebook

_COUNTED = ("count", "quantity")
_BOUNDS: Mapping[Operator, str] = {
    ">": "over",
    ">=": "at_least",
    "<": "under",
    "<=": "at_most",
}


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
    return said


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
    return tuple(query_in_words(model, each, language) for each in readings)


def metric_names(model: SemanticModel, query: MetricQuery, language: Language) -> str:
    """As in "faturamento e contratos fechados"."""
    names = [metric_name(model, name, language) for name in query.metrics]
    return phrasebook(language).joined(names)


def metric_name(model: SemanticModel, name: str, language: Language) -> str:
    """What is counted stands in the plural, amounts do not."""
    metric = model.metrics[name]
    label = metric.labels[language]
    return label.plural if metric.format in _COUNTED else label.singular


def dimension_names(model: SemanticModel, query: MetricQuery, language: Language) -> str:
    names = [model.dimensions[name].labels[language].singular for name in query.dimensions]
    return phrasebook(language).joined(names) if names else ""


def filters_in_words(model: SemanticModel, query: MetricQuery, language: Language) -> str:
    """As in "região: Norte ou Sul; exceto canal: Portal; faturamento acima de R$ 1.000,00"."""
    words = phrasebook(language)

    def members_of(key: str, chosen: Mapping[str, tuple[str, ...]]) -> list[str]:
        return [
            words.say(
                key,
                dimension=model.dimensions[name].labels[language].singular,
                members=words.joined(members, last="or"),
            )
            for name, members in chosen.items()
        ]

    bounds = [
        words.say(
            f"bound.{_BOUNDS[each.op]}",
            metric=metric_name(model, each.metric, language),
            value=written_number(
                each.value, model.metrics[each.metric].format, model.currency, words
            ),
        )
        for each in query.having
    ]
    told = (*members_of("filter", query.filters), *members_of("excluded", query.exclude), *bounds)
    return "; ".join(told)
