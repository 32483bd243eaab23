"""What the parts of a semantic model must agree on, checked once when it is loaded."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from zoneinfo import ZoneInfo

from sqlglot import exp

from backend.domain.identity import Role
from backend.semantic.expression import (
    ExpressionRefused,
    aggregate,
    condition,
    day_column,
    tables_of,
)
from backend.semantic.joins import path, reached_twice
from backend.semantic.model import Metric, SemanticModel
from backend.semantic.validity import PERIOD

# Names become SQL aliases and JSON keys. Postgres cuts an identifier at 63 bytes.
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def problems_of(model: SemanticModel) -> Iterator[str]:
    """One sentence for each contradiction, beginning with its place in the text."""
    yield from _head(model)
    yield from _names(model)
    yield from _tables(model)
    joins = list(_joins(model)) or list(_ambiguous_paths(model))
    yield from joins
    if not joins:  # The rest walks the joins.
        for metric in model.metrics.values():
            yield from _ratio(model, metric) if metric.is_ratio else _aggregate(model, metric)
        yield from _dimensions(model)
    yield from _groups_and_scope(model)


def _head(model: SemanticModel) -> Iterator[str]:
    if re.fullmatch(r"[A-Z]{3}", model.currency) is None:
        yield f"currency: {model.currency!r} is not an ISO 4217 code"
    try:
        ZoneInfo(model.time_zone)
    except (KeyError, ValueError, OSError):
        yield f"time_zone: {model.time_zone!r} is not a known zone"
    for section in ("tables", "metrics", "dimensions"):
        if not getattr(model, section):
            yield f"{section}: there is none"


def _names(model: SemanticModel) -> Iterator[str]:
    for section in ("tables", "metrics", "dimensions", "groups"):
        for name in getattr(model, section):
            if _NAME.fullmatch(name) is None:
                yield f"{section}.{name}: a name is lower-case letters, digits and _, up to 63"
    for name in model.metrics.keys() & model.dimensions.keys():
        yield f"dimensions.{name}: is also the name of a metric"
    for name in {*model.metrics, *model.dimensions} & {PERIOD}:
        yield f"{name}: this name is the grain's"


def _tables(model: SemanticModel) -> Iterator[str]:
    for table in model.tables.values():
        if table.key not in table.columns:
            yield f"tables.{table.name}: its key {table.key!r} is not among its columns"
        for physical in (table.schema, table.relation, *table.columns):
            if not physical or len(physical.encode()) > 63 or "\0" in physical:
                yield f"tables.{table.name}: {physical!r} cannot be a name in Postgres"


def _joins(model: SemanticModel) -> Iterator[str]:
    for number, join in enumerate(model.joins):
        for table in (join.table, join.to):
            if table not in model.tables:
                yield f"joins[{number}]: unknown table {table!r}"
        if join.table in model.tables and join.column not in model.tables[join.table].columns:
            yield f"joins[{number}]: {join.table!r} declares no column {join.column!r}"
        if join.table == join.to:
            yield f"joins[{number}]: a table cannot join itself; declare it under a second name"


def _ambiguous_paths(model: SemanticModel) -> Iterator[str]:
    """Two ways to a table would be two meanings of one dimension ("whose seller?")."""
    for start in model.tables:
        end = reached_twice(model.joins, start)
        if end is not None:
            yield (
                f"joins: more than one way from {start!r} to {end!r};"
                " declare the table once for each meaning"
            )


def _aggregate(model: SemanticModel, metric: Metric) -> Iterator[str]:
    place = f"metrics.{metric.name}"
    if metric.numerator is not None or metric.denominator is not None:
        yield f"{place}: a ratio has both numerator and denominator, and nothing else"
        return
    if metric.table is None or metric.sql is None or metric.date is None:
        yield f"{place}: needs table, sql and date, or numerator and denominator"
        return
    if metric.table not in model.tables:
        yield f"{place}: unknown table {metric.table!r}"
        return
    home, tables = metric.table, model.tables
    trees: list[exp.Expr] = []
    readings: tuple[tuple[str, Callable[[], exp.Expr]], ...] = (
        ("sql", partial(aggregate, metric.sql, home, tables)),
        ("date", partial(day_column, metric.date, tables)),
    )
    if metric.filter is not None:
        readings += (("filter", partial(condition, metric.filter, home, tables)),)
    for part, read in readings:
        try:
            trees.append(read())
        except ExpressionRefused as error:
            yield f"{place}.{part}: {error}"
    for table in sorted(tables_of(trees)):
        if path(model, home, table) is None:
            yield f"{place}: no joins lead from {home!r} to {table!r}"


def _ratio(model: SemanticModel, metric: Metric) -> Iterator[str]:
    place = f"metrics.{metric.name}"
    parts = (metric.numerator, metric.denominator)
    if any((metric.table, metric.sql, metric.filter, metric.date)) or None in parts:
        yield f"{place}: a ratio has both numerator and denominator, and nothing else"
        return
    for part in filter(None, parts):
        if part not in model.metrics:
            yield f"{place}: unknown metric {part!r}"
        elif model.metrics[part].is_ratio:
            yield f"{place}: {part!r} is a ratio itself"


def _dimensions(model: SemanticModel) -> Iterator[str]:
    for dimension in model.dimensions.values():
        place = f"dimensions.{dimension.name}"
        table = model.tables.get(dimension.table)
        if table is None:
            yield f"{place}: unknown table {dimension.table!r}"
        elif dimension.column not in table.columns:
            yield f"{place}: {dimension.table!r} declares no column {dimension.column!r}"
        elif dimension.members and table.columns[dimension.column] != "text":
            yield f"{place}: only text has members that a question can name"
        if dimension.aliases and not dimension.members:
            yield f"{place}: aliases are of members, and it has none"


def _groups_and_scope(model: SemanticModel) -> Iterator[str]:
    for group in model.groups.values():
        for metric in group.metrics:
            if metric not in model.metrics:
                yield f"groups.{group.name}: unknown metric {metric!r}"
        if len(set(group.metrics)) < 2:
            yield f"groups.{group.name}: a group means two metrics or more"
    for scope in model.row_scope.values():
        if scope.role not in set(Role):
            # A scope for a role that nobody has would narrow nobody.
            yield f"row_scope.{scope.role}: unknown role"
        if scope.dimension not in model.dimensions:
            yield f"row_scope.{scope.role}: unknown dimension {scope.dimension!r}"
