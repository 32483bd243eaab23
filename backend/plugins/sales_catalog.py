"""The names of a tenant's model as a model reads them: short, in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any

from backend.domain.errors import SalesQueryInvalid
from backend.domain.language import Language
from backend.domain.trace import ToolOutcome
from backend.plugins.outcomes import as_json
from backend.plugins.words import say
from backend.semantic.model import Dimension, Metric, SemanticModel
from backend.semantic.phrasebook import phrasebook
from backend.semantic.query_words import metric_name

#: Other words listed for a name. They help to choose; a long list only costs.
_MOST_SYNONYMS = 2


def catalog_of(model: SemanticModel, language: Language) -> ToolOutcome:
    """Every metric and dimension, and the groups whose word means several metrics.

    The summary names them for a reader; what they mean is for whoever chooses.
    """
    summary = _summary(model, language)
    metrics = [
        {**_named(metric, language), "means": metric.definition.get(language, "")}
        for metric in model.metrics.values()
    ]
    content = {
        "status": "ok",
        "summary": summary,
        "metrics": metrics,
        "dimensions": [_named(dimension, language) for dimension in model.dimensions.values()],
        "groups": [
            {"called": _few(group.words.get(language, ())), "metrics": list(group.metrics)}
            for group in model.groups.values()
        ],
        "source": model.title.get(language, model.name),
    }
    return ToolOutcome(
        content=as_json(content),
        ok=True,
        summary=summary,
        rows=len(model.metrics) + len(model.dimensions),
    )


def explained(model: SemanticModel, name: str, language: Language) -> ToolOutcome:
    """One metric: what it means, what it is made of, whose it is. Raises SalesQueryInvalid."""
    metric = model.metrics.get(name)
    if metric is None:
        raise SalesQueryInvalid(f"no metric is called {name!r}")
    definition = metric.definition.get(language) or next(iter(metric.definition.values()), "")
    summary = say(
        language,
        "explained.certified" if metric.certified else "explained.plain",
        label=metric_name(model, name, language),
        definition=definition.rstrip("."),
        owner=metric.owner,
    )
    content = {
        "status": "ok",
        "summary": summary,
        **_named(metric, language),
        "means": definition,
        "made_of": _made_of(metric),
        "only_where": metric.filter,
        "format": metric.format,
        "owner": metric.owner,
        "certified": metric.certified,
        "source": model.title.get(language, model.name),
    }
    return ToolOutcome(
        content=as_json({name: value for name, value in content.items() if value is not None}),
        ok=True,
        summary=summary,
        rows=1,
    )


def values_found(
    model: SemanticModel, dimension: str, text: str, found: Sequence[str], language: Language
) -> ToolOutcome:
    """The members that were found for a text; none is an answer, too."""
    label = model.dimensions[dimension].labels[language].singular
    joined = phrasebook(language).joined
    key = "values.found" if found else "values.none"
    members = joined(list(found), last="or") if found else ""
    summary = say(language, key, dimension=label, text=text, members=members)
    content = {"status": "ok", "summary": summary, "dimension": dimension, "members": list(found)}
    return ToolOutcome(content=as_json(content), ok=True, summary=summary, rows=len(found))


def _made_of(metric: Metric) -> str | None:
    if metric.is_ratio:
        return f"{metric.numerator} / {metric.denominator}"
    if metric.cumulative is not None:
        return f"running total of {metric.cumulative} since the beginning of the {metric.since}"
    return metric.formula


def _summary(model: SemanticModel, language: Language) -> str:
    joined = phrasebook(language).joined
    dimensions = [each.labels[language].singular for each in model.dimensions.values()]
    return say(
        language,
        "catalog",
        metrics=joined([metric_name(model, name, language) for name in model.metrics]),
        dimensions=joined(dimensions, last="or"),
    )


def _named(entry: Metric | Dimension, language: Language) -> dict[str, Any]:
    label = entry.labels.get(language)
    return {
        "name": entry.name,
        "label": label.singular if label else entry.name,
        "called": _few(entry.synonyms.get(language, ())),
    }


def _few(words: Iterable[str]) -> list[str]:
    return list(words)[:_MOST_SYNONYMS]
