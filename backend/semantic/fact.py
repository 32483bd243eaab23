"""One aggregated pass over one table: the rows that some metrics add up, and how they are told apart.

Joined tables are only ever on the one side of many-to-one, so no row is added twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from backend.domain.sales import MetricQuery
from backend.semantic.comparison import distance
from backend.semantic.dialects.dialect import Dialect
from backend.semantic.exactness import spoken
from backend.semantic.expression import condition, day_column, source_column, tables_of
from backend.semantic.identifier import identifier
from backend.semantic.joins import path
from backend.semantic.model import Join, SemanticModel
from backend.semantic.parts import Part
from backend.semantic.placeholder import slot
from backend.semantic.slots import day_slots, member_slots
from backend.semantic.validity import PERIOD, key_columns
from backend.semantic.values import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The rows of a table that pass a filter, each on the day of its `date` column."""

    table: str
    filter: str | None = None
    #: None: rows that have no day, such as all customers.
    date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a statement is compiled from."""

    model: SemanticModel
    query: MetricQuery
    dialect: Dialect
    #: Slot -> value; see `slots.py`.
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """A fact over some days. Parts of the same pass are added up together."""

    fact: Fact
    #: Its `since` and `previous` say which days; its metric is one of several.
    days: Part


def pass_of(model: SemanticModel, part: Part) -> Pass:
    metric = model.metrics[part.metric]
    fact = Fact(table=metric.table or "", filter=metric.filter, date=metric.date)
    return Pass(fact=fact, days=replace(part, metric=""))


def aggregated(asked: Asked, each: Pass, values: Mapping[str, exp.Expr]) -> exp.Select:
    """The rows of the pass that the query asks for, one row for each combination of its keys."""
    keys = dict(_keys(asked, each))
    select = _selected(asked, each, {**keys, **values})
    return grouped(select, asked.dialect, len(keys))


def total(asked: Asked, each: Pass, value: exp.Expr) -> exp.Expr:
    """The value over all rows of the pass: what a share is a share of."""
    return _selected(asked, each, {"total": value}).subquery(copy=False)


def table_source(model: SemanticModel, name: str, dialect: Dialect) -> exp.Table:
    """A table as the database calls it, under the model's own name."""
    table = model.tables[name]
    schema = table.schema or dialect.schema
    return exp.Table(
        this=identifier(table.relation),
        db=identifier(schema) if schema else None,
        alias=exp.TableAlias(this=identifier(name)),
    )


def join_condition(model: SemanticModel, join: Join) -> exp.Expr:
    """Both sides as the database reads them: a dirty key may be cleaned in a computed column."""
    key = model.tables[join.to].key or ""
    return exp.EQ(
        this=source_column(model.tables, join.table, join.column),
        expression=source_column(model.tables, join.to, key),
    )


def grouped(select: exp.Select, dialect: Dialect, keys: int) -> exp.Select:
    """Grouped by the first columns.

    By position: in Postgres a bare name there would mean an input column first.
    """
    if dialect.groups_by_position:
        positions = (exp.Literal.number(each + 1) for each in range(keys))
        return select.group_by(*positions, copy=False)
    return select.group_by(
        *(each.unalias().copy() for each in select.expressions[:keys]), copy=False
    )


def dimension_source(model: SemanticModel, name: str, dialect: Dialect) -> exp.Expr:
    """The dimension's value in a row: text, number, or day."""
    dimension = model.dimensions[name]
    source = source_column(model.tables, dimension.table, dimension.column)
    tree = spoken(source, dialect, model.tables)
    kind = model.type_of(name)
    if kind not in ("date", "datetime", "timestamp"):
        return tree
    return dialect.day(tree, kind, model.time_zone)


def _selected(asked: Asked, each: Pass, selected: Mapping[str, exp.Expr]) -> exp.Select:
    model, fact = asked.model, each.fact
    conditions = list(_conditions(asked, each))
    # Nothing is used twice, so nothing needs to be copied: half of the time went into it.
    named = (tree.as_(identifier(name), copy=False) for name, tree in selected.items())
    select = exp.select(*named, copy=False)
    select.from_(table_source(model, fact.table, asked.dialect), copy=False)
    for join in _needed_joins(model, fact.table, (*selected.values(), *conditions)):
        # LEFT: a row that belongs to nobody still counts, or the parts would not make the whole.
        on = spoken(join_condition(model, join), asked.dialect, model.tables)
        source = table_source(model, join.to, asked.dialect)
        select.join(source, on=on, join_type="left", copy=False)
    return select.where(*conditions, copy=False)


def _keys(asked: Asked, each: Pass) -> Iterator[tuple[str, exp.Expr]]:
    grain = asked.query.grain
    if grain is not None:
        period = asked.dialect.first_day(grain, _day(asked, each), asked.model.week_start)
        if each.days.previous:
            ago = distance(asked.query)
            # On the row that it is compared with.
            period = asked.dialect.moved(period, months=ago.months, days=ago.days)
        yield PERIOD, period
    for name in key_columns(asked.query):
        if name != PERIOD:
            yield name, dimension_source(asked.model, name, asked.dialect)


def _conditions(asked: Asked, each: Pass) -> Iterator[exp.Expr]:
    model, fact = asked.model, each.fact
    if fact.filter is not None:
        tree = condition(fact.filter, fact.table, model.tables)
        tree = spoken(tree, asked.dialect, model.tables)
        yield exp.Paren(this=tree) if isinstance(tree, exp.Or) else tree
    if fact.date is not None:
        first, last = day_slots(since=each.days.since, previous=each.days.previous)
        if first in asked.values:
            yield exp.GTE(this=_day(asked, each), expression=slot(first))
        if last in asked.values:
            yield exp.LTE(this=_day(asked, each), expression=slot(last))
    yield from _members(asked, fact)


def _members(asked: Asked, fact: Fact) -> Iterator[exp.Expr]:
    model, query = asked.model, asked.query
    for name in query.filters:
        if _reaches(model, fact, name):
            slots = [slot(each) for each in member_slots(query, name, excluded=False)]
            yield _among(dimension_source(model, name, asked.dialect), slots)
    for name in query.exclude:
        if _reaches(model, fact, name):
            slots = [slot(each) for each in member_slots(query, name, excluded=True)]
            source = dimension_source(model, name, asked.dialect)
            # What belongs to nobody belongs to none of those that are left out.
            unknown = exp.Is(this=source.copy(), expression=exp.Null())
            yield exp.Paren(this=exp.Or(this=unknown, expression=_other_than(source, slots)))


def _among(source: exp.Expr, slots: list[exp.Expr]) -> exp.Expr:
    if len(slots) == 1:
        return exp.EQ(this=source, expression=slots[0])
    return exp.In(this=source, expressions=slots)


def _other_than(source: exp.Expr, slots: list[exp.Expr]) -> exp.Expr:
    if len(slots) == 1:
        return exp.NEQ(this=source, expression=slots[0])
    return exp.Not(this=exp.In(this=source, expressions=slots))


def _reaches(model: SemanticModel, fact: Fact, dimension: str) -> bool:
    """Every metric's fact does (`validity.py`); a list of members may know less."""
    return path(model, fact.table, model.dimensions[dimension].table) is not None


def _needed_joins(model: SemanticModel, home: str, trees: tuple[exp.Expr, ...]) -> tuple[Join, ...]:
    """The joins that lead to the tables of these expressions, nearest first, each once."""
    needed = tables_of(trees)
    ways = (path(model, home, table) for table in model.tables if table in needed)
    return tuple(dict.fromkeys(join for way in ways for join in way or ()))


def _day(asked: Asked, each: Pass) -> exp.Expr:
    model = asked.model
    table, name = day_column(each.fact.date or "", model.tables)
    kind = model.tables[table].type_of(name) or "date"
    tree = spoken(source_column(model.tables, table, name), asked.dialect, model.tables)
    return asked.dialect.day(tree, kind, model.time_zone)
