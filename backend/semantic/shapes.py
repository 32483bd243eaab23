"""From what YAML holds to the shapes of a model, or everything that is wrong with it.

A key that is not known is a problem, never ignored. Each problem begins with the key it is about.
"""

import reprlib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import EnumType
from functools import cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from backend.semantic.nearest import among

#: What is wrong in msgspec's words -> what would be right.
_REMEDIES = (
    ("Expected str, got null", "write something, or leave the key out"),
    ("Expected str, got", "write text, in quotes if it looks like something else"),
    ("Expected array", "write a list: [one, another]"),
    ("Expected object", "write a mapping: {key: value}"),
    ("Expected bool", "write true or false"),
    ("Expected int", "write a whole number"),
)
_LOOK = "see the model's format"
#: The keys that lead to a value, and what is wrong with it.
_Problem = tuple[tuple[str, ...], str]


def shaped(data: Any, shape: Any) -> tuple[Any, tuple[str, ...]]:
    """The value in its shape, and no problems; or nothing, and one sentence for each."""
    found = tuple(_problems(data, shape, ()))
    if found:
        return None, tuple(f"{'.'.join(keys)}: {said}" if keys else said for keys, said in found)
    try:
        return msgspec.convert(data, shape, strict=True), ()
    except msgspec.ValidationError as error:
        return None, (_said(error),)


def _problems(data: Any, shape: Any, keys: tuple[str, ...]) -> Iterator[_Problem]:
    shape = _given(shape, data)
    if is_dataclass(shape):
        yield from _parts(data, shape, keys)
    elif get_origin(shape) is Literal:
        if data not in get_args(shape):
            # Not all of what may be a list of lists of lists of the same.
            yield (
                keys,
                f"{reprlib.repr(data)} is not known; {among(data, get_args(shape), 'known')}",
            )
    elif _is_mapping(shape) and isinstance(data, dict):
        yield from _entries(data, shape, keys)
    else:
        try:
            msgspec.convert(data, shape, strict=True)
        except msgspec.ValidationError as error:
            yield keys, _said(error)


def _given(shape: Any, data: Any) -> Any:
    """The part of "this or nothing" that the value has to be."""
    if get_origin(shape) not in (Union, UnionType):
        return shape
    inner = [each for each in get_args(shape) if each is not NoneType]
    return NoneType if data is None else inner[0] if len(inner) == 1 else shape


def _parts(data: Any, shape: Any, keys: tuple[str, ...]) -> Iterator[_Problem]:
    known, hints = _fields(shape), _hints(shape)
    if not isinstance(data, dict):
        yield keys, f"must be a mapping of {', '.join(known)}"
        return
    for key in data:
        if key not in known:
            yield keys, f"unknown key {str(key)!r}; {among(key, known, 'known')}"
    for name, field in known.items():
        if name in data:
            yield from _problems(data[name], hints[name], (*keys, name))
        elif field.default is MISSING and field.default_factory is MISSING:
            yield keys, f"missing {name!r}; add it"


def _entries(data: Mapping[Any, Any], shape: Any, keys: tuple[str, ...]) -> Iterator[_Problem]:
    key_shape, value_shape = get_args(shape)
    names: list[str] | None = None
    if isinstance(key_shape, EnumType):
        names = list(map(str, key_shape))
    for key, value in data.items():
        here = (*keys, str(key))
        if not isinstance(key, str):
            yield here, "a name must be text; write it in quotes"
        elif names is not None and key not in names:
            yield here, f"unknown {key_shape.__name__.lower()}; {among(key, names, 'known')}"
        else:
            yield from _problems(value, value_shape, here)


def _is_mapping(shape: Any) -> bool:
    origin = get_origin(shape)
    return isinstance(origin, type) and issubclass(origin, Mapping)


@cache
def _fields(shape: Any) -> Mapping[str, Any]:
    return {each.name: each for each in fields(shape)}


@cache
def _hints(shape: Any) -> Mapping[str, Any]:
    return get_type_hints(shape)


def _said(error: msgspec.ValidationError) -> str:
    """Without the place within the value, which the keys before it tell."""
    text, _, path = str(error).partition(" - at ")
    inner = f" at {path.strip('`').removeprefix('$')}" if path.strip("`") not in ("", "$") else ""
    plain = text.replace("`", "")
    return f"{plain}{inner}; {next((right for wrong, right in _REMEDIES if wrong in plain), _LOOK)}"
