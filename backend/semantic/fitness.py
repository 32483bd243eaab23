"""Whether a database is as its model says: tables and columns that can be read, keys that name one row.

Asked when a source is registered or tested. A key that names two rows would count each row that
joins it twice, in figures that look certified.
"""

from collections.abc import Iterator
from typing import Protocol

from backend.domain.errors import SourceUnavailable
from backend.semantic.compile import Compiled, Compiler
from backend.semantic.model import SemanticModel, Table
from backend.semantic.source import Result


class Database(Protocol):
    def run(self, compiled: Compiled) -> Result: ...


def misfits(model: SemanticModel, database: Database, compiler: Compiler) -> Iterator[str]:
    """One sentence for each, beginning with its place in the model; none when it fits.

    Raises SourceUnavailable when nothing at all can be read.
    """
    tables = list(model.tables.values())
    unreadable = [each for each in tables if not _reads(database, compiler, each.name)]
    if len(unreadable) == len(tables):
        raise SourceUnavailable
    for table in unreadable:
        yield from _unreadable(database, compiler, table)
    joined = {join.to for join in model.joins}
    for table in tables:
        if table.name in joined and table not in unreadable:
            yield from _repeated(database, compiler, table)


def _unreadable(database: Database, compiler: Compiler, table: Table) -> Iterator[str]:
    names = (*table.columns, *table.computed)
    wrong = [name for name in names if not _reads(database, compiler, table.name, name)]
    if len(wrong) == len(names):
        where = f"{table.schema}.{table.relation}" if table.schema else table.relation
        yield f"tables.{table.name}: {where!r} cannot be read; check its name and the login's rights"
        return
    for name in wrong:
        yield f"tables.{table.name}.columns.{name}: cannot be read; check its name and type"


def _repeated(database: Database, compiler: Compiler, table: Table) -> Iterator[str]:
    [(named, different)] = database.run(compiler.keys(table.name)).rows
    if named != different:
        yield (
            f"tables.{table.name}.key: {table.key!r} names {named - different} rows more than once;"
            " a join to it would count rows twice. Join at a column that is unique"
        )


def _reads(database: Database, compiler: Compiler, table: str, *columns: str) -> bool:
    try:
        database.run(compiler.sample(table, columns))
    except SourceUnavailable:
        return False
    return True
