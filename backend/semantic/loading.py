"""From the YAML of a semantic model to a SemanticModel, or to every problem that it has.

A key that is not known is a problem, never ignored: a misspelt `filter` would otherwise be a
wrong figure that looks certified.
"""

import hashlib
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, ClassVar, TypeVar

import msgspec
import yaml

from backend.domain.errors import SalesCrewError
from backend.domain.language import Language
from backend.semantic.consistency import problems_of
from backend.semantic.meanings import problems_of_words
from backend.semantic.model import (
    Dimension,
    Group,
    Join,
    Label,
    Metric,
    RowScope,
    SemanticModel,
    Table,
)

_Shape = TypeVar("_Shape")

_SECTIONS: tuple[tuple[str, type, str], ...] = (
    # Section, what each entry is, and the field that takes the entry's key.
    ("tables", Table, "name"),
    ("metrics", Metric, "name"),
    ("dimensions", Dimension, "name"),
    ("groups", Group, "name"),
    ("row_scope", RowScope, "role"),
)
_HEAD: Mapping[str, Any] = {
    "name": str,
    "title": Mapping[Language, str],
    "currency": str,
    "time_zone": str,
}
_KEYS = frozenset({*_HEAD, "joins", *(section for section, _, _ in _SECTIONS)})
#: Sections that a model may do without.
_OPTIONAL = frozenset({"joins", "groups", "row_scope"})


class ModelInvalid(SalesCrewError):
    """The semantic model cannot be used."""

    code: ClassVar[str] = "model_invalid"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("The semantic model has problems: " + "; ".join(problems))
        #: One sentence each, beginning with the place in the text.
        self.problems = problems


def load_model(text: str) -> SemanticModel:
    """Read and check a model. Raises ModelInvalid with all the problems that were found."""
    data = _mapping(text)
    problems = [f"{key}: unknown key" for key in data if key not in _KEYS]
    problems += [f"{key}: missing" for key in sorted(_KEYS - _OPTIONAL - data.keys())]
    head: dict[str, Any] = {
        key: _converted(data[key], shape, key, problems)
        for key, shape in _HEAD.items()
        if key in data
    }
    sections: dict[str, Any] = {
        section: dict(_entries(data.get(section), shape, section, key_field, problems))
        for section, shape, key_field in _SECTIONS
    }
    joins = tuple(_joins(data.get("joins"), problems))
    if problems:
        # What the parts say about each other is only worth checking when each part stands.
        raise ModelInvalid(tuple(problems))
    version = hashlib.sha256(text.encode()).hexdigest()[:12]
    model = SemanticModel(version=version, joins=joins, **head, **sections)
    if contradictions := (*problems_of(model), *problems_of_words(model)):
        raise ModelInvalid(contradictions)
    return model


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key written twice, where the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key!r} is written twice", problem_mark=node.start_mark
                )
        return super().construct_mapping(node, deep)


def _mapping(text: str) -> dict[str, Any]:
    try:
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, ValueError) as error:
        raise ModelInvalid((f"the text is not YAML: {error}",)) from error
    if not isinstance(data, dict):
        raise ModelInvalid(("the text is not a mapping of sections",))
    return data


def _entries(
    data: Any, shape: type[_Shape], section: str, key_field: str, problems: list[str]
) -> Iterator[tuple[str, _Shape]]:
    if data is None:
        return
    if not isinstance(data, dict):
        problems.append(f"{section}: must be a mapping of names")
        return
    for key, value in data.items():
        place = f"{section}.{key}"
        if not isinstance(key, str) or not isinstance(value, dict):
            problems.append(f"{place}: must be a name with its properties")
            continue
        if key_field in value:
            problems.append(f"{place}: unknown key {key_field!r}")
        entry = _converted({**value, key_field: key}, shape, place, problems)
        if entry is not None:
            yield key, entry


def _joins(data: Any, problems: list[str]) -> Iterator[Join]:
    if data is None:
        return
    if not isinstance(data, list):
        problems.append("joins: must be a list")
        return
    for number, value in enumerate(data):
        entry = _converted(value, Join, f"joins[{number}]", problems)
        if entry is not None:
            yield entry


def _converted(data: Any, shape: Any, place: str, problems: list[str]) -> Any:
    """The value in its shape, or None and what is wrong with it."""
    found = list(_key_problems(data, shape))
    if not found:
        try:
            return msgspec.convert(data, shape, strict=True)
        except msgspec.ValidationError as error:
            found.append(str(error))
    problems.extend(f"{place}: {problem}" for problem in found)
    return None


def _key_problems(data: Any, shape: Any) -> Iterator[str]:
    """Unknown and missing keys, all of them: msgspec stops at the first and ignores the unknown."""
    if not isinstance(data, dict) or not is_dataclass(shape):
        return
    known = {field.name: field for field in fields(shape)}
    for key in data:
        if key not in known:
            yield f"unknown key {key!r}"
    for name, field in known.items():
        if name not in data and field.default is MISSING and field.default_factory is MISSING:
            yield f"missing {name!r}"
    labels = data.get("labels")
    for language, label in labels.items() if isinstance(labels, dict) else ():
        for problem in _key_problems(label, Label):
            yield f"labels.{language}: {problem}"
