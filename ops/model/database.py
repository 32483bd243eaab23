"""A live database as far as a draft needs it: tables, columns, keys, and some rows of each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.semantic.model import ColumnType


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    #: As the database calls its type.
    written: str
    #: None for a type that a model has no word for.
    type: ColumnType | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A foreign key of one column, or a guess at one."""

    column: str
    #: The name of the relation it points at, with its schema, and the column there.
    to: tuple[str | None, str]
    to_column: str
    #: True when only the names say so.
    guessed: bool = False
    #: True when no two rows point at the same one.
    unique: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    schema: str | None
    name: str
    columns: tuple[Column, ...]
    #: Of one column, or None.
    key: str | None
    links: tuple[Link, ...]
    #: True when the database does not say that the key is one, but its values do.
    key_guessed: bool = False
    #: Column -> its values in some rows, without NULLs.
    samples: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def id(self) -> tuple[str | None, str]:
        return self.schema, self.name

    def column(self, name: str) -> Column | None:
        return next((each for each in self.columns if each.name == name), None)
