"""What a model says of tables and joins: names that exist, one way between two tables."""

from collections.abc import Iterator

from backend.semantic.expression import ExpressionRefused, computed
from backend.semantic.joins import reached_twice
from backend.semantic.model import SemanticModel, Table
from backend.semantic.placeholder import BEGIN, END

#: The passes of a statement; a table of that name would be read in their place.
_TAKEN = ("facts", "answer", "merged", "ranked")


def problems_of_tables(model: SemanticModel) -> Iterator[str]:
    """One sentence for each, beginning with its place in the text."""
    for table in model.tables.values():
        place = f"tables.{table.name}"
        if table.name in _TAKEN:
            yield f"{place}: this name is ours; choose another"
        if table.key is not None and table.type_of(table.key) is None:
            yield f"{place}.key: {table.key!r} is not among its columns; declare it there"
        physical = (table.relation, *table.columns)
        for name in physical if table.schema is None else (table.schema, *physical):
            if not name or len(name.encode()) > 63 or set("\0" + BEGIN + END) & set(name):
                yield f"{place}: {name!r} cannot be a name in a database"
        yield from _computed(table)


def problems_of_joins(model: SemanticModel) -> Iterator[str]:
    """One sentence for each, beginning with its place in the text."""
    problems = list(_unknown(model))
    yield from problems
    if problems:
        return
    for start in model.tables:
        # Two ways to a table would be two meanings of one dimension ("whose seller?").
        end = reached_twice(model.joins, start)
        if end is not None:
            yield (
                f"joins: more than one way from {start!r} to {end!r};"
                " declare the table once for each meaning"
            )


def _computed(table: Table) -> Iterator[str]:
    for name, column in table.computed.items():
        place = f"tables.{table.name}.computed.{name}"
        if name in table.columns:
            yield f"{place}: is also a column; give it another name"
        try:
            computed(column.sql, table)
        except ExpressionRefused as error:
            yield f"{place}: {error}"


def _unknown(model: SemanticModel) -> Iterator[str]:
    for number, join in enumerate(model.joins):
        place = f"joins[{number}]"
        for table in (join.table, join.to):
            if table not in model.tables:
                yield f"{place}: unknown table {table!r}; declared: {', '.join(model.tables)}"
        if join.table in model.tables and model.tables[join.table].type_of(join.column) is None:
            yield f"{place}: {join.table!r} declares no column {join.column!r}; declare it"
        if join.to in model.tables and model.tables[join.to].key is None:
            yield f"{place}: {join.to!r} has no key to join at; give it one"
        if join.table == join.to:
            yield f"{place}: a table cannot join itself; declare it under a second name"
