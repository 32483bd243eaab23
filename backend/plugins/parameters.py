"""The JSON Schema of a kernel function's parameters, as a model is shown it."""

from collections.abc import Sequence
from typing import Any

from semantic_kernel.functions import KernelFunction, KernelParameterMetadata


def schema_of(function: KernelFunction) -> dict[str, Any]:
    """An object schema of the parameters a model may give.

    Hidden ones (`include_in_function_choices` false) are left out. Optional ones are not
    required, and a parameter whose name is a Python keyword loses its underscore: `from_`.
    """
    shown = [each for each in function.parameters if each.include_in_function_choices]
    return {
        "type": "object",
        "properties": {public_name(each): dict(each.schema_data or {}) for each in shown},
        "required": [public_name(each) for each in shown if each.is_required],
        "additionalProperties": False,
    }


def public_name(parameter: KernelParameterMetadata) -> str:
    """The parameter's name without the underscore that keeps it from being a keyword."""
    return (parameter.name or "").removesuffix("_")


def one_of(values: Sequence[str], description: str) -> dict[str, Any]:
    """For `Annotated`: text out of a closed set."""
    return _schema({"type": "string", "enum": [str(value) for value in values]}, description)


def some_day(description: str) -> dict[str, Any]:
    """For `Annotated`: a calendar day."""
    return _schema({"type": "string", "format": "date"}, description)


def whole_number(smallest: int, largest: int, description: str) -> dict[str, Any]:
    """For `Annotated`: an integer within bounds."""
    return _schema({"type": "integer", "minimum": smallest, "maximum": largest}, description)


def bounds(operators: Sequence[str], description: str) -> dict[str, Any]:
    """For `Annotated`: a list of bounds on metrics."""
    bound = {
        "type": "object",
        "properties": {
            "metric": {"type": "string"},
            "op": {"type": "string", "enum": [str(each) for each in operators]},
            "value": {"type": "number"},
        },
        "required": ["metric", "op", "value"],
    }
    return _schema({"type": "array", "items": bound}, description)


def _schema(schema: dict[str, Any], description: str) -> dict[str, Any]:
    # Semantic Kernel takes a parameter's `schema_data` as it is, instead of guessing from types.
    return {"schema_data": {**schema, "description": description}}
