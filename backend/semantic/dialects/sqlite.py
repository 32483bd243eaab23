"""SQLite. It has neither dates nor decimals: days are text, and money is added up as integers."""

from datetime import date
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from backend.semantic.dialects.dialect import RATIO_PLACES, Dialect
from backend.semantic.engine import Engine
from backend.semantic.model import ColumnType
from backend.semantic.values import Value

#: What each row is multiplied by, to be added up without binary fractions. Six places hold prices,
#: rates and their products; 9 * 10^12 is the most that a sum can then hold, and past it SQLite
#: raises an error rather than round.
_SCALE = 1_000_000


class Sqlite(Dialect):
    engine = Engine.SQLITE
    name = "sqlite"
    also_says = frozenset({exp.Glob})
    pieces: ClassVar = {
        "date": "DATE({day})",
        "month": "DATE({day}, 'start of month')",
        "quarter": "DATE({day}, 'start of month',"
        " CAST(-((CAST(STRFTIME('%m', {day}) AS INTEGER) - 1) % 3) AS TEXT) || ' months')",
        "year": "DATE({day}, 'start of year')",
        # The next such day, or this one, and then six back.
        "week_monday": "DATE({day}, 'weekday 0', '-6 days')",
        "week_sunday": "DATE({day}, 'weekday 6', '-6 days')",
        "week_saturday": "DATE({day}, 'weekday 5', '-6 days')",
        # '+1 month' from 31 January would be 3 March.
        "add_months": "MIN(DATE({day}, {count} || ' months'), DATE({day}, 'start of month',"
        " {count} || ' months', '+1 month', '-1 day'))",
        "add_days": "DATE({day}, {count} || ' days')",
        "divided": f"ROUND(CAST({{dividend}} AS REAL) / NULLIF({{divisor}}, 0), {RATIO_PLACES})",
        # A function of the session's own: see the connector.
        "holds": "INSTR(FOLDED({text}), {part}) > 0",
        "exact": "ROUND({number}, {places})",
        "summed": f"SUM(CAST(ROUND({{number}} * {_SCALE}) AS INTEGER)) / {_SCALE}.0",
    }

    def day(self, source: exp.Expr, kind: ColumnType, zone: str) -> exp.Expr:
        # Whatever follows the day in the text, compared as text it would spoil both ends.
        return super().day(
            self.piece("date", day=source), "date" if kind != "timestamp" else kind, zone
        )

    def summed(self, aggregate: exp.Sum, *, whole: bool) -> exp.Expr:
        if whole or isinstance(aggregate.this, exp.Distinct):
            return aggregate
        return self.piece("summed", number=exp.Paren(this=aggregate.this))

    def like(self, node: exp.Like) -> exp.Expr:
        # Its LIKE takes A for a; GLOB does not.
        pattern = node.expression
        if not isinstance(pattern, exp.Literal):
            return node
        signs = {"%": "*", "_": "?", **{sign: f"[{sign}]" for sign in "*?["}}
        text = "".join(signs.get(sign, sign) for sign in pattern.name)
        return exp.Glob(this=node.this, expression=exp.Literal.string(text))

    def cast(self, node: exp.Cast) -> exp.Expr:
        # Its own cast to an integer cuts the fraction off.
        if node.to.this in (exp.DType.INT, exp.DType.BIGINT):
            node.set("this", exp.Round(this=node.this))
        return node

    def parameter(self, value: Value) -> object:
        if isinstance(value, bool):
            return int(value)
        if isinstance(value, Decimal):
            return float(value)
        return value.isoformat() if isinstance(value, date) else value

    def literal_of(self, value: bool | date | Decimal) -> bool | date | Decimal | str:
        return value.isoformat() if isinstance(value, date) else value
