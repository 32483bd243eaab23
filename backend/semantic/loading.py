"""From the YAML of a semantic model to a SemanticModel, or to every problem that it has.

A key that is not known is a problem, never ignored: a misspelt `filter` would otherwise be a
wrong figure that looks certified.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar

import yaml

from backend.domain.errors import SalesCrewError
from backend.domain.language import Language
from backend.semantic.consistency import problems_of
from backend.semantic.meanings import problems_of_words
from backend.semantic.model import (
    Dimension,
    Freshness,
    Group,
    Join,
    Metric,
    RowScope,
    SemanticModel,
    Table,
    WeekStart,
)
from backend.semantic.nearest import among
from backend.semantic.places import Places
from backend.semantic.shapes import shaped
from backend.semantic.short_forms import written_out

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
    "country": str | None,
}
_KEYS = frozenset({*_HEAD, "joins", *(section for section, _, _ in _SECTIONS)})
#: Sections that a model may do without.
_OPTIONAL = frozenset(
    {
        "joins",
        "groups",
        "row_scope",
        "week_start",
        "fiscal_year_start",
        "freshness",
        "country",
        "title",
    }
)
#: What to write where one of the others is missing.
_REMEDIES: Mapping[str, str] = {
    "name": "add a name for the model, such as 'name: sales'",
    "currency": "add the ISO 4217 code of its money, such as 'currency: BRL'",
    "tables": "declare the tables and columns that may be read",
    "metrics": "declare the figures that may be asked for",
    "dimensions": "declare what figures may be grouped and filtered by",
}


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
    problems = [
        f"{key}: unknown key; {among(key, sorted(_KEYS), 'known')}"
        for key in data
        if key not in _KEYS
    ]
    data = written_out(data)
    problems += [
        f"{key}: missing; {_REMEDIES[key]}" for key in sorted(_KEYS - _OPTIONAL - data.keys())
    ]
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


#: A model's deepest is a label's gender, or an alias: five or six.
_DEEPEST = 20
#: What YAML 1.1 takes words and dates for, unasked.
_GUESSED = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")


class _StrictLoader(_Loader):  # type: ignore[valid-type, misc]
    """YAML that refuses a key written twice, where the second would silently win.

    Only true and false are truth values: "no" is a word, and NO the code of a country.
    """

    yaml_implicit_resolvers: ClassVar = {
        first: [each for each in resolvers if each[0] not in _GUESSED]
        for first, resolvers in _Loader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key, count in Counter(keys).items():
            if count > 1:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key!r} is written twice", problem_mark=node.start_mark
                )
        read: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return read


_StrictLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _mapping(text: str) -> dict[str, Any]:
    try:
        _check_depth(text)
        data = yaml.load(text, Loader=_StrictLoader)  # noqa: S506 - it is a SafeLoader
    # PyYAML lets a few through: "!!bool maybe" is a KeyError, a list for a key a TypeError.
    except (yaml.YAMLError, ValueError, KeyError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f"line {mark.line + 1}: " if mark is not None else ""
        problem = getattr(error, "problem", None) or error
        raise ModelInvalid((f"{line}the text is not YAML: {problem}",)) from error
    if not isinstance(data, dict):
        raise ModelInvalid(("the text is not a mapping of sections",))
    return data


def _check_depth(text: str) -> None:
    """The parser written in C goes as deep as it is led, and ends the process with its stack."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                line = event.start_mark.line + 1 if event.start_mark else 1
                problem = "brackets and lists within each other are deeper than a model's"
                raise ModelInvalid((f"line {line}: {problem}; remove those that are not closed",))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _entries(
    data: Any, shape: type[_Shape], section: str, key_field: str, problems: list[str]
) -> Iterator[tuple[str, _Shape]]:
    if data is None:
        return
    if not isinstance(data, dict):
        problems.append(f"{section}: must be a mapping: each name with its properties below it")
        return
    for key, value in data.items():
        place = f"{section}.{key}"
        if not isinstance(key, str) or not isinstance(value, dict):
            problems.append(
                f"{place}: must be a name with its properties, such as"
                f" '{section}: {{a_name: {{…}}}}'; a name like no or 7 needs quotes"
            )
            continue
        if key_field in value:
            problems.append(f"{place}: unknown key {key_field!r}; remove it: {key!r} is its name")
        entry = _converted({**value, key_field: key}, shape, place, problems)
        if entry is not None:
            yield key, entry


def _joins(data: Any, problems: list[str]) -> Iterator[Join]:
    if data is None:
        return
    if not isinstance(data, list):
        problems.append("joins: must be a list, such as '- orders.customer_id -> customers'")
        return
    for number, value in enumerate(data):
        entry = _converted(value, Join, f"joins[{number}]", problems)
        if entry is not None:
            yield entry


def _converted(data: Any, shape: Any, place: str, problems: list[str]) -> Any:
    """The value in its shape, or None and what is wrong with it."""
    value, found = shaped(data, shape)
    problems.extend(f"{place}: {problem}" for problem in found)
    return None if found else value
