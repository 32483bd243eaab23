"""PostgreSQL. Sums are exact in `numeric`; a day is a `date`."""

from typing import ClassVar

from sqlglot import exp

from backend.semantic.dialects.dialect import RATIO_PLACES, Dialect
from backend.semantic.engine import Engine

# It takes accents off only with an extension. These are those of the languages that we speak; both
# cases, because a database in the locale C knows the small letters of English only.
_ACCENTED = "áàâãäåçéèêëíìîïñóòôõöúùûüýÿÁÀÂÃÄÅÇÉÈÊËÍÌÎÏÑÓÒÔÕÖÚÙÛÜÝ"
_BARE = "aaaaaaceeeeiiiinooooouuuuyyaaaaaaceeeeiiiinooooouuuuy"


class PostgreSql(Dialect):
    engine = Engine.POSTGRESQL
    name = "postgres"
    schema = "public"
    # Its reserved words are known (`identifier.py`), and plain names are read more easily.
    quotes_names = False
    decimal = "DECIMAL"
    # A database's own order of letters depends on its operating system.
    collation: ClassVar[str | None] = '"C"'
    pieces: ClassVar = {
        "moment": "CAST({day} AT TIME ZONE {zone} AS DATE)",
        "datetime": "CAST({day} AS DATE)",
        # From a timestamp without a zone, so that the session's own zone moves nothing.
        "month": "CAST(DATE_TRUNC('MONTH', CAST({day} AS TIMESTAMP)) AS DATE)",
        "quarter": "CAST(DATE_TRUNC('QUARTER', CAST({day} AS TIMESTAMP)) AS DATE)",
        "year": "CAST(DATE_TRUNC('YEAR', CAST({day} AS TIMESTAMP)) AS DATE)",
        "week_monday": "CAST(DATE_TRUNC('WEEK', CAST({day} AS TIMESTAMP)) AS DATE)",
        "week_sunday": "CAST(DATE_TRUNC('WEEK', {day} + INTERVAL '1 DAY')"
        " - INTERVAL '1 DAY' AS DATE)",
        "week_saturday": "CAST(DATE_TRUNC('WEEK', {day} + INTERVAL '2 DAY')"
        " - INTERVAL '2 DAY' AS DATE)",
        "add_months": "CAST({day} + {count} * INTERVAL '1 MONTH' AS DATE)",
        "add_days": "CAST({day} + {count} * INTERVAL '1 DAY' AS DATE)",
        # Within the brackets of LOWER and TRANSLATE an index is of no use; it is asked seldom.
        "holds": f"STRPOS(TRANSLATE(LOWER({{text}}), '{_ACCENTED}', '{_BARE}'), {{part}}) > 0",
        # Not straight from `real`, which would keep six digits of it before and after the point.
        "exact": "ROUND(CAST(CAST({number} AS DOUBLE PRECISION) AS DECIMAL), {places})",
        "divided": f"ROUND(CAST({{dividend}} AS DECIMAL) / NULLIF({{divisor}}, 0), {RATIO_PLACES})",
    }

    def rounded(self, number: exp.Expr) -> exp.Expr:
        # ROUND(double, digits) does not exist.
        return super().rounded(exp.cast(number, exp.DType.DECIMAL))

    def nothing(self, *, whole: bool) -> exp.Expr:
        # Two NULLs without a type are text to a UNION.
        return exp.cast(exp.Null(), exp.DType.BIGINT if whole else exp.DType.DECIMAL)

    def placeholder(self, name: str) -> str:
        return f"%({name})s"

    def escaped(self, text: str) -> str:
        return text.replace("%", "%%")
