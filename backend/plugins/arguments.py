"""A model's arguments, read against the tool's JSON Schema before any code of ours sees them.

Knows the part of JSON Schema that our functions use: object, array, string, integer, number,
boolean, enum and the date format.
"""

from collections.abc import Callable, Mapping
from datetime import date
from math import isfinite
from typing import Any

from backend.domain.errors import InvalidRequest

#: Longer than any member of a dimension or any sensible search text; past it is abuse or noise.
LONGEST_TEXT = 500
#: More filter members or metrics than any question names.
MOST_ITEMS = 50


def read_arguments(schema: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments in the types that `schema` asks for.

    Two habits of models are forgiven because their meaning is not in doubt: null for what is
    left out, and a lone value where a list is due. Anything else raises InvalidRequest, whose
    message names the argument and what it should be, and never repeats a value.
    """
    known = schema["properties"]
    present = {name: value for name, value in given.items() if value is not None}
    unknown = sorted(set(present) - set(known))
    if unknown:
        raise InvalidRequest(
            f"Unknown argument {str(unknown[0])[:64]!r}. Allowed: {', '.join(known)}."
        )
    missing = [name for name in schema["required"] if name not in present]
    if missing:
        raise InvalidRequest(f"Argument {missing[0]!r} is missing.")
    return {name: _read(known[name], value, name) for name, value in present.items()}


def _read(schema: Mapping[str, Any], value: Any, where: str) -> Any:
    read = _READERS[schema["type"]](schema, value, where)
    if "enum" in schema and read not in schema["enum"]:
        raise InvalidRequest(f"Argument {where!r} must be one of: {', '.join(schema['enum'])}.")
    return read


def _text(schema: Mapping[str, Any], value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise _wrong(where, "text")
    if len(value) > LONGEST_TEXT:
        raise _wrong(where, f"text of at most {LONGEST_TEXT} characters")
    if schema.get("format") == "date":
        try:
            # Also refuses forms that fromisoformat takes but the contract does not ("20261031").
            if date.fromisoformat(value).isoformat() != value:
                raise ValueError
        except ValueError:
            raise _wrong(where, "a day as YYYY-MM-DD") from None
    return value


def _integer(schema: Mapping[str, Any], value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise _wrong(where, "a whole number")
    try:
        number = int(value)
        exact = float(value) == number
    except (ValueError, OverflowError):
        raise _wrong(where, "a whole number") from None
    smallest, largest = schema.get("minimum", number), schema.get("maximum", number)
    if not exact or not smallest <= number <= largest:
        raise _wrong(where, f"a whole number from {smallest} to {largest}")
    return number


def _number(schema: Mapping[str, Any], value: Any, where: str) -> int | float:
    del schema
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise _wrong(where, "a number")
    return value


def _boolean(schema: Mapping[str, Any], value: Any, where: str) -> bool:
    del schema
    if not isinstance(value, bool):
        raise _wrong(where, "true or false")
    return value


def _array(schema: Mapping[str, Any], value: Any, where: str) -> list[Any]:
    items = value if isinstance(value, list | tuple) else [value]
    if len(items) > MOST_ITEMS:
        raise _wrong(where, f"a list of at most {MOST_ITEMS}")
    return [_read(schema["items"], item, where) for item in items]


def _object(schema: Mapping[str, Any], value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _wrong(where, "an object")
    if len(value) > MOST_ITEMS:
        raise _wrong(where, f"an object of at most {MOST_ITEMS} keys")
    if "properties" in schema:
        return read_arguments(schema, value)
    return {
        _text({}, name, where): _read(schema["additionalProperties"], member, f"{where}.{name}")
        for name, member in value.items()
        if member is not None
    }


def _wrong(where: str, wanted: str) -> InvalidRequest:
    return InvalidRequest(f"Argument {where[:64]!r} must be {wanted}.")


_READERS: Mapping[str, Callable[[Mapping[str, Any], Any, str], Any]] = {
    "string": _text,
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "array": _array,
    "object": _object,
}
