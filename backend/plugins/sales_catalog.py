"""The names of a tenant's model as a model reads them: short, in the reader's language."""

from collections.abc import Iterable, Sequence
from typing import Any

from backend.domain.language import Language
from backend.domain.trace import ToolOutcome
from backend.plugins.outcomes import as_json
from backend.plugins.words import say
from backend.semantic.model import Dimension, Metric, SemanticModel
from backend.semantic.names import metric_name
from backend.semantic.nearest_names import certified
from backend.semantic.phrasebook import phrasebook

#: Other words listed for a name. They help to choose; a long list only costs.
_MOST_SYNONYMS = 2


def catalog_of(model: SemanticModel, language: Language) -> ToolOutcome:
    """Every certified metric and every dimension, and the groups whose word means several metrics.

    The summary names them for a reader; what they mean is for whoever chooses.
    """
    summary = _summary(model, language)
    metrics = [
        {**named(metric, language), "means": metric.definition.get(language, "")}
        for metric in certified(model).values()
    ]
    content = {
        "status": "ok",
        "summary": summary,
        "metrics": metrics,
        "dimensions": [named(dimension, language) for dimension in model.dimensions.values()],
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


def named(entry: Metric | Dimension, language: Language) -> dict[str, Any]:
    """Its name in queries, what it is called, and a few other words for it."""
    label = entry.labels.get(language)
    return {
        "name": entry.name,
        "label": label.singular if label else entry.name,
        "called": _few(entry.synonyms.get(language, ())),
    }


def _summary(model: SemanticModel, language: Language) -> str:
    joined = phrasebook(language).joined
    dimensions = [each.labels[language].singular for each in model.dimensions.values()]
    return say(
        language,
        "catalog",
        metrics=joined([metric_name(model, name, language) for name in certified(model)]),
        dimensions=joined(dimensions, last="or"),
    )


def _few(words: Iterable[str]) -> list[str]:
    return list(words)[:_MOST_SYNONYMS]
