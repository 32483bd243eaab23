"""From the YAML of a semantic model to a SemanticModel, or to every problem that it has.

A key that is not known is a problem, never ignored: a misspelt `filter` would otherwise be a
wrong figure that looks certified.
"""

import hashlib
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from typing import Any, ClassVar, TypeVar

import msgspec
import yaml

from backend.domain.errors import SalesCrewError
from backend.domain.language import Language
from backend.semantic.consistency import problems_of
from backend.semantic.meanings import problems_of_words
from backend.semantic.model import (
    Computed,
    Dimension,
    Freshness,
    Group,
    Join,
    Label,
    Metric,
    RowScope,
    SemanticModel,
    Table,
    WeekStart,
)
from backend.semantic.places import Places

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
    "week_start": WeekStart,
    "fiscal_year_start": int,
    "freshness": Freshness,
}
_KEYS = frozenset({*_HEAD, "joins", *(section for section, _, _ in _SECTIONS)})
#: Sections that a model may do without.
_OPTIONAL = frozenset(
    {"joins", "groups", "row_scope", "week_start", "fiscal_year_start", "freshness"}
)


class ModelInvalid(SalesCrewError):
    """The semantic model cannot be used."""

    code: ClassVar[str] = "model_invalid"

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("The semantic model has problems: " + "; ".join(problems))
        #: One sentence each: file, line, place, what is wrong and what would be right.
        self.problems = problems


def load_model(text: str, file: str = "model") -> SemanticModel:
    """Read and check a model. Raises ModelInvalid with all the problems that were found.

    `file` is what problems call the text; each begins with it and a line: "sales.yaml:12: …".
    """
    try:
        return _read(text)
    except ModelInvalid as error:
        problems = tuple(map(Places(text, file).located, error.problems))
    raise ModelInvalid(problems)


def _read(text: str) -> SemanticModel:
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


# Written in C where the wheel has it: ten times as fast, and opening a source waits for it.
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _StrictLoader(_Loader):  # type: ignore[valid-type, misc]
    """YAML that refuses a key written twice, where the second would silently win."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key, count in Counter(keys).items():
            if count > 1:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key!r} is written twice", problem_mark=node.start_mark
                )
        read: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return read


def _mapping(text: str) -> dict[str, Any]:
    try:
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - it is a SafeLoader
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or error
        raise ModelInvalid((f"{line}the text is not YAML: {problem}",)) from error
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
            near = get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
            yield f"unknown key {key!r}; {hint}"
    for name, field in known.items():
        if name not in data and field.default is MISSING and field.default_factory is MISSING:
            yield f"missing {name!r}"
    for part, inner in (("labels", Label), ("computed", Computed)):
        entries = data.get(part)
        for name, entry in entries.items() if isinstance(entries, dict) else ():
            for problem in _key_problems(entry, inner):
                yield f"{part}.{name}: {problem}"
