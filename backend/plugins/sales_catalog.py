"""The names of a tenant's model as a model reads them: short, in the reader's language."""

from collections.abc import Iterable
from typing import Any

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
