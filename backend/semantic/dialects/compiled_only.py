"""MySQL and SQL Server: compiled and compared with golden statements, not executed yet."""

from typing import ClassVar

from sqlglot import exp

from backend.semantic.dialects.dialect import RATIO_PLACES, Dialect
from backend.semantic.engine import Engine
from backend.semantic.values import Value

# 1900-01-01 was a Monday.
_MONDAY_BEFORE = "DATEADD(DAY, -((DATEDIFF(DAY, '19000101', {day}) + %d) %% 7), {day})"


class MySql(Dialect):
    engine = Engine.MYSQL
    name = "mysql"
    collation = "utf8mb4_bin"
    orders_nulls = False
    pieces: ClassVar = {
        # A moment is kept in UTC, as TIMESTAMP columns are by a session in UTC.
        "moment": "CAST(CONVERT_TZ({day}, 'UTC', {zone}) AS DATE)",
        "datetime": "CAST({day} AS DATE)",
        "month": "CAST(DATE_FORMAT({day}, '%Y-%m-01') AS DATE)",
        "quarter": "MAKEDATE(YEAR({day}), 1) + INTERVAL (QUARTER({day}) - 1) QUARTER",
        "year": "MAKEDATE(YEAR({day}), 1)",
        "week_monday": "DATE_SUB({day}, INTERVAL WEEKDAY({day}) DAY)",
        "week_sunday": "DATE_SUB({day}, INTERVAL ((WEEKDAY({day}) + 1) % 7) DAY)",
        "week_saturday": "DATE_SUB({day}, INTERVAL ((WEEKDAY({day}) + 2) % 7) DAY)",
        "add_months": "DATE_ADD({day}, INTERVAL {count} MONTH)",
        "add_days": "DATE_ADD({day}, INTERVAL {count} DAY)",
        "divided": f"ROUND(CAST({{dividend}} AS DECIMAL(38, 10)) / NULLIF({{divisor}}, 0),"
        f" {RATIO_PLACES})",
    }


class SqlServer(Dialect):
    engine = Engine.MSSQL
    name = "tsql"
    also_says = frozenset({exp.National})
    collation = "Latin1_General_BIN2"
    groups_by_position = False
    orders_nulls = False
    pieces: ClassVar = {
        "datetime": "CAST({day} AS DATE)",
        "month": "DATEFROMPARTS(YEAR({day}), MONTH({day}), 1)",
        "quarter": "DATEFROMPARTS(YEAR({day}), ((MONTH({day}) - 1) / 3) * 3 + 1, 1)",
        "year": "DATEFROMPARTS(YEAR({day}), 1, 1)",
        "week_monday": _MONDAY_BEFORE % 0,
        "week_sunday": _MONDAY_BEFORE % 1,
        "week_saturday": _MONDAY_BEFORE % 2,
        "add_months": "DATEADD(MONTH, {count}, {day})",
        "add_days": "DATEADD(DAY, {count}, {day})",
        "divided": f"ROUND(CAST({{dividend}} AS DECIMAL(38, 10)) / NULLIF({{divisor}}, 0),"
        f" {RATIO_PLACES})",
    }

    def literal(self, value: Value) -> str:
        # Without the N its letters would be those of the server's code page.
        text = super().literal(value)
        return f"N{text}" if isinstance(value, str) else text
