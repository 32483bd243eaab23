"""One aggregated pass over one table: the rows that some metrics add up, and how they are told apart.

Joined tables are only ever on the one side of many-to-one, so no row is added twice.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from backend.domain.sales import Grain, MetricQuery
from backend.semantic.binding import Binding
from backend.semantic.expression import aggregate, condition, day_column, tables_of
from backend.semantic.identifier import column, identifier
from backend.semantic.joins import path
from backend.semantic.model import Join, Metric, SemanticModel
from backend.semantic.validity import PERIOD, key_columns
from backend.semantic.values import filter_values


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The rows of a table that pass a filter, each on the day of its `date` column."""

    table: str
    filter: str | None
    date: str


def fact_of(model: SemanticModel, name: str) -> Fact:
    """What an aggregate metric adds up. Metrics of the same fact share a pass."""
    metric = model.metrics[name]
    table, _, date = _declared(metric)
    return Fact(table=table, filter=metric.filter, date=date)


def aggregate_of(model: SemanticModel, name: str) -> exp.Expr:
    table, sql, _ = _declared(model.metrics[name])
    return aggregate(sql, table, model.tables)


def aggregated(
    model: SemanticModel,
    query: MetricQuery,
    fact: Fact,
    values: Mapping[str, exp.Expr],
    binding: Binding,
) -> exp.Select:
    """The fact's rows that the query asks for, one row for each combination of its keys."""
    keys = dict(_keys(model, query, fact))
    conditions = list(_conditions(model, query, fact, binding))
    selected = {**keys, **values}
    select = exp.select(*(tree.as_(identifier(name)) for name, tree in selected.items()))
    select = select.from_(table_source(model, fact.table))
    for join in _needed_joins(model, fact.table, (*selected.values(), *conditions)):
        # LEFT: a row that belongs to nobody still counts, or the parts would not make the whole.
        on = exp.EQ(
            this=column(join.table, join.column),
            expression=column(join.to, model.tables[join.to].key),
        )
        select = select.join(table_source(model, join.to), on=on, join_type="left")
    return select.where(*conditions).group_by(*positions(query))


def table_source(model: SemanticModel, name: str) -> exp.Table:
    """A table as the database calls it, under the model's own name."""
    table = model.tables[name]
    return exp.Table(
        this=identifier(table.relation),
        db=identifier(table.schema),
        alias=exp.TableAlias(this=identifier(name)),
    )


def positions(query: MetricQuery) -> Iterator[exp.Expr]:
    """GROUP BY by position: in Postgres a bare name there would mean an input column first."""
    for position, _ in enumerate(key_columns(query), start=1):
        yield exp.Literal.number(position)


def _declared(metric: Metric) -> tuple[str, str, str]:
    if metric.table is None or metric.sql is None or metric.date is None:
        raise ValueError(f"{metric.name} is a ratio, which adds up no rows of its own")
    return metric.table, metric.sql, metric.date


def _keys(model: SemanticModel, query: MetricQuery, fact: Fact) -> Iterator[tuple[str, exp.Expr]]:
    if query.grain is not None:
        yield PERIOD, _first_day(query.grain, _day(model, fact))
    for name in query.dimensions:
        yield name, _dimension(model, name)


def _conditions(
    model: SemanticModel, query: MetricQuery, fact: Fact, binding: Binding
) -> Iterator[exp.Expr]:
    if fact.filter is not None:
        yield condition(fact.filter, fact.table, model.tables)
    if query.from_date is not None:
        yield exp.GTE(this=_day(model, fact), expression=binding.bind(query.from_date))
    if query.to_date is not None:
        yield exp.LTE(this=_day(model, fact), expression=binding.bind(query.to_date))
    for name, members in query.filters.items():
        bound = [binding.bind(value) for value in filter_values(model, name, members)]
        if len(bound) == 1:
            yield exp.EQ(this=_dimension(model, name), expression=bound[0])
        else:
            yield exp.In(this=_dimension(model, name), expressions=bound)


def _needed_joins(model: SemanticModel, home: str, trees: tuple[exp.Expr, ...]) -> tuple[Join, ...]:
    """The joins that lead to the tables of these expressions, nearest first, each once."""
    needed = tables_of(trees)
    ways = (path(model, home, table) for table in model.tables if table in needed)
    return tuple(dict.fromkeys(join for way in ways for join in way or ()))


def _day(model: SemanticModel, fact: Fact) -> exp.Expr:
    source = day_column(fact.date, model.tables)
    return _as_day(model, source)


def _dimension(model: SemanticModel, name: str) -> exp.Expr:
    dimension = model.dimensions[name]
    return _as_day(model, column(dimension.table, dimension.column))


def _as_day(model: SemanticModel, source: exp.Column) -> exp.Expr:
    """A moment becomes its day where the company is; anything else stays what it is."""
    if model.tables[source.table].columns[source.name] != "timestamp":
        return source
    zone = exp.Literal.string(model.time_zone)
    return exp.cast(exp.AtTimeZone(this=source, zone=zone), exp.DType.DATE)


def _first_day(grain: Grain, day: exp.Expr) -> exp.Expr:
    """The first day of the period; a week begins on Monday."""
    if grain == "day":
        return day
    # From a timestamp without a zone, so that the session's own zone moves nothing.
    midnight = exp.cast(day, exp.DType.TIMESTAMP)
    return exp.cast(exp.TimestampTrunc(this=midnight, unit=exp.var(grain.upper())), exp.DType.DATE)
