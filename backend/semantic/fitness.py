"""Whether a database is as its model says: what can be read, of which types, keys that name one row.

Asked when a source is registered or tested. A key that names two rows would count each row that
joins it twice, and a moment read as a day would lose the evening, in figures that look certified.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol

from backend.domain.errors import SourceUnavailable
from backend.domain.sales import MetricQuery
from backend.semantic.compile import Compiled, Compiler
from backend.semantic.model import ColumnType, SemanticModel, Table
from backend.semantic.source import Result

#: A day without sales: a metric asked for it reads its rows and adds up none.
_LONG_AGO = date(1900, 1, 1)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}(?:$|[ T])")
_NUMBERS = (int, float, Decimal)


class Database(Protocol):
    def run(self, compiled: Compiled) -> Result: ...


def misfits(model: SemanticModel, database: Database, compiler: Compiler) -> Iterator[str]:
    """One sentence for each, beginning with its place in the model; none when it fits.

    Raises SourceUnavailable when nothing at all can be read.
    """
    tables = list(model.tables.values())
    rows = {each.name: _read(database, compiler, each.name) for each in tables}
    unreadable = [each for each in tables if rows[each.name] is None]
    if len(unreadable) == len(tables):
        raise SourceUnavailable
    for table in unreadable:
        yield from _unreadable(database, compiler, table)
    joined = {join.to for join in model.joins}
    found = False
    for table in tables:
        if table.name in joined and table not in unreadable:
            yield from _repeated(database, compiler, table)
        for problem in _unlike(table, rows[table.name] or ()):
            found = True
            yield problem
    if not unreadable and not found:
        yield from _uncountable(model, database, compiler)


def _unreadable(database: Database, compiler: Compiler, table: Table) -> Iterator[str]:
    names = (*table.columns, *table.computed)
    wrong = [name for name in names if _read(database, compiler, table.name, name) is None]
    if len(wrong) == len(names):
        where = f"{table.schema}.{table.relation}" if table.schema else table.relation
        yield f"tables.{table.name}: {where!r} cannot be read; check its name and the login's rights"
        return
    for name in wrong:
        part = "computed" if name in table.computed else "columns"
        yield f"tables.{table.name}.{part}.{name}: cannot be read; check its name and type"


def _repeated(database: Database, compiler: Compiler, table: Table) -> Iterator[str]:
    [(named, different)] = database.run(compiler.keys(table.name)).rows
    if named != different:
        yield (
            f"tables.{table.name}.key: {table.key!r} names {named - different} rows more than once;"
            " a join to it would count rows twice. Join at a column that is unique"
        )


def _unlike(table: Table, row: tuple[Any, ...]) -> Iterator[str]:
    """What a row shows to be of another type than was declared."""
    for name, value in zip((*table.columns, *table.computed), row, strict=False):
        kind = table.type_of(name)
        instead = None if value is None or kind is None else _instead(kind, value)
        if instead is not None:
            part = "computed" if name in table.computed else "columns"
            yield f"tables.{table.name}.{part}.{name}: is declared {kind}, but {instead}"


def _instead(kind: ColumnType, value: Any) -> str | None:
    """What is wrong with the value, and what would be right; None where it is as declared."""
    if kind in ("integer", "number", "real", "double"):
        if isinstance(value, _NUMBERS):
            return None
        return "holds no numbers; declare text and make a number of it in a computed column"
    if kind in ("date", "datetime", "timestamp"):
        return _no_day(kind, value)
    if kind == "boolean" and value not in (True, False):
        return "holds neither true nor false; declare what it holds"
    return None


def _no_day(kind: ColumnType, value: Any) -> str | None:
    if isinstance(value, datetime):
        right = "datetime" if value.tzinfo is None else "timestamp"
        has = "no offset" if value.tzinfo is None else "an offset"
        return None if kind == right else f"holds moments with {has}; declare {right}"
    if isinstance(value, date) or (isinstance(value, str) and _DAY.match(value)):
        return None
    return "holds no days such as 2026-01-31; make a day of it in a computed column"


def _uncountable(model: SemanticModel, database: Database, compiler: Compiler) -> Iterator[str]:
    """Metrics that the database refuses, over rows that it shows."""
    for metric in model.metrics.values():
        if metric.table is None or not metric.certified:
            continue
        query = MetricQuery(metrics=(metric.name,), from_date=_LONG_AGO, to_date=_LONG_AGO)
        try:
            database.run(compiler.query(query))
        except SourceUnavailable:
            yield (
                f"metrics.{metric.name}: the database refuses it, or takes too long for one day;"
                " check the types that its sql, filter and date rely on, and computed columns"
                " over rows that they cannot read"
            )


def _read(
    database: Database, compiler: Compiler, table: str, *columns: str
) -> tuple[Any, ...] | None:
    """One row, empty where there is none; None where it cannot be read."""
    try:
        rows = database.run(compiler.sample(table, columns)).rows
    except SourceUnavailable:
        return None
    return rows[0] if rows else ()
