"""The metric and dimension names of a tenant's model, laid into the sales tools' schemas."""

from collections.abc import Mapping
from typing import Any

from backend.plugins.scope import TurnScope
from backend.semantic.model import SemanticModel
from backend.semantic.nearest_names import certified

#: Names listed for a model on every call. A larger model's are left to `list_metrics`:
#: at some three tokens each, more would cost more than the question.
MOST_NAMES = 80


def with_names(schema: Mapping[str, Any], scope: TurnScope) -> Mapping[str, Any]:
    """`schema` with enums of this tenant's names, where it has parameters for them.

    An asker who may not see sales figures gets none: names can tell too.
    """
    if scope.sales is None or not scope.sees_sales:
        return schema
    metrics = list(certified(scope.sales.model))
    dimensions = list(scope.sales.model.dimensions)
    if len(metrics) + len(dimensions) > MOST_NAMES:
        return schema
    items = {"metrics": metrics, "dimensions": dimensions}
    properties = dict(schema["properties"])
    for parameter, names in items.items():
        if parameter in properties:
            listed = {"type": "string", "enum": names}
            properties[parameter] = {**properties[parameter], "items": listed}
    return {**schema, "properties": properties}


def undefined(model: SemanticModel, given: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in a query's arguments that the model does not define, in their order."""
    asked = [
        *(given.get("metrics") or ()),
        *(given.get("dimensions") or ()),
        *(given.get("filters") or {}),
        *(given.get("exclude") or {}),
        *([given["without"]] if given.get("without") else ()),
        *(each.get("metric") for each in given.get("having") or ()),
    ]
    known = {*certified(model), *model.dimensions}
    return tuple(
        dict.fromkeys(each for each in asked if isinstance(each, str) and each not in known)
    )
