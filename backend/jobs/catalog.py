"""What may be asked of a source: its certified metrics and dimensions, as the contract lists them."""

from collections.abc import Mapping
from typing import Any

from backend.semantic.model import Dimension, Metric, SemanticModel


def catalog_of(model: SemanticModel) -> Mapping[str, Any]:
    """Names with what they mean, in each language that the model speaks."""
    return {
        "name": model.name,
        "title": dict(model.title),
        "model_version": model.version,
        "currency": model.currency,
        "time_zone": model.time_zone,
        "metrics": [_metric(each) for each in model.metrics.values()],
        "dimensions": [_dimension(model, each) for each in model.dimensions.values()],
    }


def _metric(metric: Metric) -> Mapping[str, Any]:
    return {
        **_named(metric),
        "definition": dict(metric.definition),
        "format": metric.format,
        "owner": metric.owner,
        "certified": metric.certified,
    }


def _dimension(model: SemanticModel, dimension: Dimension) -> Mapping[str, Any]:
    """As a metric's, so that both are read alike: whoever answers for the model, for all of it."""
    return {
        **_named(dimension),
        "definition": dict(dimension.description),
        "format": model.type_of(dimension.name),
        "owner": "",
        "certified": True,
        "has_members": dimension.members,
    }


def _named(entry: Metric | Dimension) -> Mapping[str, Any]:
    return {
        "name": entry.name,
        "label": {language: label.singular for language, label in entry.labels.items()},
        "synonyms": {language: list(words) for language, words in entry.synonyms.items()},
    }
