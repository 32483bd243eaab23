"""What a model says of tables and joins: names that exist, one way between two tables."""

from collections.abc import Iterator

from backend.semantic.expression import ExpressionRefused, computed
from backend.semantic.joins import reached_twice
from backend.semantic.model import SemanticModel, Table
from backend.semantic.nearest import among
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
            known = among(table.key, (*table.columns, *table.computed))
            yield f"{place}.key: {table.key!r} is not among its columns; declare it there; {known}"
        physical = (table.relation, *table.columns)
        for name in physical if table.schema is None else (table.schema, *physical):
            if not name or len(name.encode()) > 63 or set("\0" + BEGIN + END) & set(name):
                yield (
                    f"{place}: {name!r} cannot be a name in a database; write it as the database"
                    " does, in 63 bytes or less"
                )
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
                yield f"{place}: {_unknown_table(table, model)}"
        if join.table in model.tables and model.tables[join.table].type_of(join.column) is None:
            known = model.tables[join.table]
            declared = among(join.column, (*known.columns, *known.computed))
            yield f"{place}: {join.table!r} declares no column {join.column!r}; {declared}"
        if join.to in model.tables and model.tables[join.to].key is None:
            yield f"{place}: {join.to!r} has no key to join at; give it one"
        if join.table == join.to:
            yield f"{place}: a table cannot join itself; declare it under a second name"


def _unknown_table(table: str, model: SemanticModel) -> str:
    name, _, column = table.partition(".")
    if column and name in model.tables:
        key = model.tables[name].key
        return (
            f"a join ends at the key of a table, which {name!r} says is {key!r}, not {column!r};"
            f" make that its key, or declare the table once more under a second name"
        )
    return f"unknown table {table!r}; {among(table, model.tables)}"
