"""DuckDB, for its own files and for folders of CSV or Parquet."""

from collections.abc import Mapping
from typing import ClassVar

from sqlglot import exp

from backend.semantic.dialects.dialect import FLOAT_PLACES, RATIO_PLACES
from backend.semantic.dialects.postgresql import PostgreSql
from backend.semantic.engine import Engine
from backend.semantic.model import ColumnType

# Its DECIMAL without digits is DECIMAL(18, 3): two prices in three would lose a cent. Six places
# hold what is written of prices and rates, and twelve digits before the point a row's money.
_PLACES: Mapping[ColumnType, int] = {**FLOAT_PLACES, "number": 6}


class DuckDb(PostgreSql):
    engine = Engine.DUCKDB
    name = "duckdb"
    schema = "main"
    quotes_names = True
    collation = None
    pieces: ClassVar = PostgreSql.pieces | {
        "holds": "STRPOS(STRIP_ACCENTS(LOWER({text})), {part}) > 0",
        # Its division of decimals is one of doubles in any case.
        "divided": f"ROUND(CAST({{dividend}} AS DOUBLE) / NULLIF({{divisor}}, 0), {RATIO_PLACES})",
    }

    def exact(self, column: exp.Expr, kind: ColumnType) -> exp.Expr:
        # Also of `number`: a CSV's prices are doubles, whose sum depends on the threads.
        if kind not in _PLACES:
            return column
        decimal = exp.DataType.build(f"DECIMAL(18, {_PLACES[kind]})", dialect=self.name)
        return exp.Cast(this=column, to=decimal)

    def rounded(self, number: exp.Expr) -> exp.Expr:
        return exp.Round(this=number, decimals=exp.Literal.number(RATIO_PLACES))

    def nothing(self, *, whole: bool) -> exp.Expr:
        return exp.Null()

    def placeholder(self, name: str) -> str:
        return f"${name}"

    def escaped(self, text: str) -> str:
        return text
