"""The names of what a query asks, as sentences, headings and tables use them."""

from collections.abc import Mapping

from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Operator
from backend.semantic.model import SemanticModel
from backend.semantic.number_format import written_number
from backend.semantic.phrasebook import phrasebook

_COUNTED = ("count", "quantity")
_BOUNDS: Mapping[Operator, str] = {
    ">": "over",
    ">=": "at_least",
    "<": "under",
    "<=": "at_most",
}


def metric_names(model: SemanticModel, query: MetricQuery, language: Language) -> str:
    """As in "faturamento e contratos fechados"."""
    names = [metric_name(model, name, language) for name in query.metrics]
    return phrasebook(language).joined(names)


def metric_name(model: SemanticModel, name: str, language: Language) -> str:
    """What is counted stands in the plural, amounts do not."""
    metric = model.metrics[name]
    label = metric.labels[language]
    return label.plural if metric.format in _COUNTED else label.singular


def column_name(model: SemanticModel, column: str, language: Language) -> str:
    """A column of figures by its key in the rows: "revenue", "revenue_change"."""
    words = phrasebook(language)
    for kind in ("previous", "change", "share"):
        metric = column.removesuffix(f"_{kind}")
        if column not in model.metrics and metric != column and metric in model.metrics:
            return words.say(f"column.{kind}", metric=metric_name(model, metric, language))
    return metric_name(model, column, language)


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

    told = (
        *members_of("filter", query.filters),
        *members_of("excluded", query.exclude),
        *bounds_in_words(model, query, language),
    )
    return "; ".join(told)


def bounds_in_words(
    model: SemanticModel, query: MetricQuery, language: Language
) -> tuple[str, ...]:
    """As in "faturamento acima de R$ 1.000,00", each bound on a figure apart."""
    words = phrasebook(language)
    told = []
    for each in query.having:
        metric = named_metric(model, each.metric)
        is_part = each.metric.endswith(("_change", "_share")) and each.metric not in model.metrics
        form = "percent" if is_part else model.metrics[metric].format
        told.append(
            words.say(
                f"bound.{_BOUNDS[each.op]}",
                metric=column_name(model, each.metric, language),
                value=written_number(each.value, form, model.currency, words),
            )
        )
    return tuple(told)


def named_metric(model: SemanticModel, column: str) -> str:
    """The metric of a column of figures: "revenue" of "revenue_change"."""
    if column in model.metrics:
        return column
    return next(
        column.removesuffix(f"_{kind}")
        for kind in ("previous", "change", "share")
        if column.removesuffix(f"_{kind}") in model.metrics
    )
