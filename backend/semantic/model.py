"""What a semantic model declares: tables, joins, metrics, dimensions and who sees which rows.

The shapes only. They are built by `load_model` (`loading.py`), which refuses a text that
contradicts itself, so whoever holds a SemanticModel may rely on every name in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from backend.domain.language import Language

#: How a figure is shown. `percent` and `ratio` are fractions: 0.05 is shown as 5%.
Format = Literal["money", "count", "percent", "ratio", "quantity"]
#: `timestamp` is a moment with its offset; its day is taken in the model's time zone.
ColumnType = Literal["text", "integer", "number", "date", "timestamp", "boolean"]
Gender = Literal["m", "f"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name to write in a sentence: "o pedido", "os pedidos", "the orders"."""

    singular: str
    plural: str
    #: None where the language has none (English).
    gender: Gender | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the client's database, with the only columns that may be read."""

    name: str
    #: As the database calls it; `name` is the model's own name and the alias in SQL.
    schema: str
    relation: str
    #: The column that names a row; joins point at it.
    key: str
    columns: Mapping[str, ColumnType]


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Many rows of `table` belong to one row of `to`: `table.column = to.<its key>`."""

    table: str
    column: str
    to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A certified figure: an aggregate over one table, or the ratio of two other metrics."""

    name: str
    format: Format
    labels: Mapping[Language, Label]
    #: What people call it besides its labels.
    synonyms: Mapping[Language, tuple[str, ...]]
    definition: Mapping[Language, str]
    owner: str
    certified: bool
    #: Of an aggregate; None for a ratio. `filter` may be None for both.
    table: str | None = None
    sql: str | None = None
    filter: str | None = None
    #: "table.column" that places a row in time.
    date: str | None = None
    #: Of a ratio: names of aggregate metrics.
    numerator: str | None = None
    denominator: str | None = None

    @property
    def is_ratio(self) -> bool:
        return self.numerator is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Something to group and filter by: one column."""

    name: str
    table: str
    column: str
    labels: Mapping[Language, Label]
    synonyms: Mapping[Language, tuple[str, ...]]
    #: True when its distinct values are words that a question may use.
    members: bool = False
    #: Member, as the database writes it -> other words for it ("São Paulo": ("SP",)).
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Words that mean several metrics at once: "vendas" is revenue and contracts closed."""

    name: str
    metrics: tuple[str, ...]
    words: Mapping[Language, tuple[str, ...]]
    #: A name to write in a sentence, for languages in which the group has one.
    labels: Mapping[Language, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowScope:
    """Which rows a role sees: those whose `dimension` is the asker's own `attribute`."""

    role: str
    dimension: str
    attribute: str
    #: What an asker of that role without the attribute sees.
    when_absent: Literal["all", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SemanticModel:
    """One company's certified words for its own figures. Mappings keep the order of the text."""

    name: str
    #: A prefix of the SHA-256 of the text: the same text is the same version everywhere.
    version: str
    title: Mapping[Language, str]
    #: ISO 4217.
    currency: str
    #: IANA name.
    time_zone: str
    tables: Mapping[str, Table]
    joins: tuple[Join, ...]
    metrics: Mapping[str, Metric]
    dimensions: Mapping[str, Dimension]
    groups: Mapping[str, Group]
    #: Role -> its scope. A role without an entry sees every row.
    row_scope: Mapping[str, RowScope]

    def type_of(self, dimension: str) -> ColumnType:
        """What a member of the dimension is, in the database."""
        found = self.dimensions[dimension]
        return self.tables[found.table].columns[found.column]
