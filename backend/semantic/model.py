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
#: `timestamp` is a moment with its offset; its day is taken in the model's time zone. `datetime` has
#: none: it is what a clock on the company's wall showed. `real` and
#: `double` are binary fractions, added up as the decimals that they stand for: of four and of six
#: places.
ColumnType = Literal[
    "text", "integer", "number", "real", "double", "date", "datetime", "timestamp", "boolean"
]
Gender = Literal["m", "f"]
WeekStart = Literal["monday", "sunday", "saturday"]
#: Where a running total begins anew; `always` never does.
Since = Literal["month", "quarter", "year", "fiscal_year", "always"]
Cardinality = Literal["many_to_one", "one_to_one"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A name to write in a sentence: "o pedido", "os pedidos", "the orders"."""

    singular: str
    plural: str
    #: None where the language has none (English).
    gender: Gender | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A column that the database does not have: made of the others of its row."""

    type: ColumnType
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table of the client's database, with the only columns that may be read."""

    name: str
    #: As the database calls it; `name` is the model's own name and the alias in SQL.
    relation: str
    columns: Mapping[str, ColumnType]
    #: None where the database has no schemas, or the model trusts the login's own.
    schema: str | None = None
    #: The column that names a row; joins point at it. Only a table that is joined to needs one.
    key: str | None = None
    #: What one row is, in a sentence, for people who read the model.
    description: Mapping[Language, str] = field(default_factory=dict)
    #: "first_name || ' ' || last_name", "upper(trim(code))".
    computed: Mapping[str, Computed] = field(default_factory=dict)

    def type_of(self, column: str) -> ColumnType | None:
        """None for a column that is not declared."""
        found = self.computed.get(column)
        return found.type if found is not None else self.columns.get(column)


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """Rows of `table` belong to one row of `to`: `table.column = to.<its key>`.

    There is no join from one row to many: it would count the one as often as it has many.
    """

    table: str
    column: str
    to: str
    cardinality: Cardinality = "many_to_one"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """A certified figure, of one of four kinds.

    An aggregate over one table; the ratio of two other metrics; a formula of several; or another
    metric added up since the beginning of a year.
    """

    name: str
    format: Format
    labels: Mapping[Language, Label]
    #: What people call it besides its labels.
    synonyms: Mapping[Language, tuple[str, ...]]
    definition: Mapping[Language, str]
    #: Who answers for it; empty where nobody is named.
    owner: str
    #: One that is not is never told.
    certified: bool
    #: Of an aggregate. `filter` belongs to it wherever it is used: "won deals".
    table: str | None = None
    sql: str | None = None
    filter: str | None = None
    #: "table.column" that places a row in time.
    date: str | None = None
    #: Of a ratio: names of metrics.
    numerator: str | None = None
    denominator: str | None = None
    #: Arithmetic over names of metrics: "revenue - returns_amount".
    formula: str | None = None
    #: The name of the metric that is added up, and since when.
    cumulative: str | None = None
    since: Since = "year"

    @property
    def is_ratio(self) -> bool:
        return self.numerator is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """Something to group and filter by: one column, of the database or computed."""

    name: str
    table: str
    column: str
    labels: Mapping[Language, Label]
    synonyms: Mapping[Language, tuple[str, ...]]
    #: True when its distinct values are words that a question may use.
    members: bool = False
    #: Member, as the database writes it -> other words for it ("São Paulo": ("SP",)).
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: What it is, in a sentence.
    description: Mapping[Language, str] = field(default_factory=dict)


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
    #: What an asker of that role without the attribute sees: nothing, unless the model says so.
    when_absent: Literal["all", "none"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """How to ask whether the data is still what it was: the highest value of some columns."""

    #: "table.column": a moment of the last load or change, or a number that only grows.
    probe: str


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
    week_start: WeekStart = "monday"
    #: The month that a fiscal year begins in, 1 to 12.
    fiscal_year_start: int = 1
    #: ISO 3166-1, two letters: whose public holidays are no business days. None: only weekends are.
    country: str | None = None
    freshness: Freshness | None = None

    def type_of(self, dimension: str) -> ColumnType:
        """What a member of the dimension is, in the database."""
        found = self.dimensions[dimension]
        kind = self.tables[found.table].type_of(found.column)
        if kind is None:
            raise KeyError(dimension)
        return kind
