"""The names of a tenant's model as a model reads them: short, in the reader's language."""

from collections.abc import Iterable
from typing import Any

from backend.domain.language import Language
from backend.domain.trace import ToolOutcome
from backend.plugins.outcomes import as_json
from backend.semantic.model import Dimension, Metric, SemanticModel

#: Other words listed for a name. They help to choose; a long list only costs.
_MOST_SYNONYMS = 2


def catalog_of(model: SemanticModel, language: Language) -> ToolOutcome:
    """Every metric and dimension, and the groups whose word means several metrics."""
    metrics = [
        {**_named(metric, language), "means": metric.definition.get(language, "")}
        for metric in model.metrics.values()
    ]
    content = {
        "status": "ok",
        "metrics": metrics,
        "dimensions": [_named(dimension, language) for dimension in model.dimensions.values()],
        "groups": [
            {"called": _few(group.words.get(language, ())), "metrics": list(group.metrics)}
            for group in model.groups.values()
        ],
        "source": model.title.get(language, model.name),
    }
    return ToolOutcome(
        content=as_json(content), ok=True, rows=len(model.metrics) + len(model.dimensions)
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
