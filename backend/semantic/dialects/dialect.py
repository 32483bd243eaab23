"""What engines say differently, decided once: days, division, exact sums, order of text.

A statement is built of nodes that mean the same everywhere; for the rest the compiler asks its
dialect. Each trap that silently gives another figure on another engine has its answer here.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import ClassVar

from sqlglot import exp

from backend.domain.errors import SalesQueryInvalid
from backend.domain.sales import Grain
from backend.semantic.dialects.template import Template
from backend.semantic.engine import Engine
from backend.semantic.model import ColumnType, WeekStart
from backend.semantic.values import Value

#: Digits after the point that a division keeps: the same on every engine, so that equal ratios
#: are equal, ties are ties, and a threshold cuts where it cuts everywhere.
RATIO_PLACES = 10
#: Digits after the point that a binary fraction stands for: 65.83 in a `real` is 65.8300018.
FLOAT_PLACES: Mapping[ColumnType, int] = {"real": 4, "double": 6}


class Dialect:
    """One engine's ways. The base holds what most of them share."""

    engine: ClassVar[Engine]
    #: sqlglot's name for it.
    name: ClassVar[str]
    #: True: every name is quoted, so that no engine's reserved words matter.
    quotes_names: ClassVar[bool] = True
    #: A number with enough exact digits to divide.
    decimal: ClassVar[str] = "DECIMAL(38, 10)"
    #: How text is compared byte by byte, or None where it is already so.
    collation: ClassVar[str | None] = None
    #: True where GROUP BY 1 means the first column.
    groups_by_position: ClassVar[bool] = True
    #: True where "NULLS LAST" can be said.
    orders_nulls: ClassVar[bool] = True
    #: Where tables are that the model gives no schema.
    schema: ClassVar[str | None] = None
    #: Kinds of nodes that its rewritten expressions are made of, beside those of the pieces.
    also_says: ClassVar[frozenset[type[exp.Expr]]] = frozenset()
    pieces: ClassVar[Mapping[str, str]]

    @cached_property
    def templates(self) -> Mapping[str, Template]:
        return {key: Template(text, self.name) for key, text in self.pieces.items()}

    def piece(self, key: str, **parts: exp.Expr) -> exp.Expr:
        return self.templates[key].of(**parts)

    def day(self, source: exp.Expr, kind: ColumnType, zone: str) -> exp.Expr:
        """The day of a date, of a moment where the company is, or of a clock on its wall."""
        if kind == "timestamp":
            if "moment" not in self.pieces:
                raise SalesQueryInvalid(f"{self.engine} knows no time zones: declare a datetime")
            return self.piece("moment", day=source, zone=exp.Literal.string(zone))
        return self.piece("datetime", day=source) if kind == "datetime" else source

    def first_day(self, grain: Grain, day: exp.Expr, week_start: WeekStart) -> exp.Expr:
        """The first day of the period that a day lies in."""
        if grain == "day":
            return day
        return self.piece(f"week_{week_start}" if grain == "week" else grain, day=day)

    def moved(self, day: exp.Expr, *, months: int = 0, days: int = 0) -> exp.Expr:
        """So many months or days later; a month that is too short ends on its last day."""
        if not months and not days:
            return day
        unit, count = ("months", months) if months else ("days", days)
        return self.piece(f"add_{unit}", day=day, count=exp.Literal.number(count))

    def divided(self, dividend: exp.Expr, divisor: exp.Expr) -> exp.Expr:
        """Never of integers, where some engines drop the fraction; by zero it is unknown."""
        return self.piece("divided", dividend=_paren(dividend), divisor=divisor)

    def rounded(self, number: exp.Expr) -> exp.Expr:
        """An average, to as many digits as a ratio."""
        return exp.Round(this=number, decimals=exp.Literal.number(RATIO_PLACES))

    def exact(self, column: exp.Expr, kind: ColumnType) -> exp.Expr:
        """A column within a sum, as a number whose sum does not depend on the order of rows."""
        if kind not in FLOAT_PLACES or "exact" not in self.pieces:
            return column
        places = exp.Literal.number(FLOAT_PLACES[kind])
        return self.piece("exact", number=column, places=places)

    def summed(self, aggregate: exp.Sum, *, whole: bool) -> exp.Expr:
        """A sum; `whole` when it can only be an integer."""
        return aggregate

    def like(self, node: exp.Like) -> exp.Expr:
        """A comparison that tells capitals from small letters."""
        return node

    def cast(self, node: exp.Cast) -> exp.Expr:
        """A cast; to an integer it rounds."""
        return node

    def nothing(self, *, whole: bool) -> exp.Expr:
        """NULL in the place of a figure."""
        return exp.Null()

    def in_order(self, text: exp.Expr) -> exp.Expr:
        """Text as it is sorted: by its bytes, which every engine can do alike."""
        if self.collation is None:
            return text
        return exp.Collate(this=text, expression=exp.Var(this=self.collation))

    def parameter(self, value: Value) -> object:
        """What the driver is given."""
        return value

    def placeholder(self, name: str) -> str:
        return f":{name}"

    def escaped(self, text: str) -> str:
        """Statement text between placeholders, as the driver wants it."""
        return text

    def literal(self, value: Value) -> str:
        """The value as it is written in a statement to be read."""
        if isinstance(value, bool | date | Decimal):
            value = self.literal_of(value)
        return exp.convert(value).sql(dialect=self.name)

    def literal_of(self, value: bool | date | Decimal) -> bool | date | Decimal | str:
        return value

    def sql(self, tree: exp.Expr, *, pretty: bool = False) -> str:
        return tree.sql(dialect=self.name, identify=self.quotes_names, pretty=pretty)

    def own_nodes(self) -> Iterator[exp.Expr]:
        """Every node of this dialect's own pieces, for the gate's allow-list."""
        for template in self.templates.values():
            yield from template.nodes()


def _paren(tree: exp.Expr) -> exp.Expr:
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary) else tree
