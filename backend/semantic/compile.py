"""From a MetricQuery to one SELECT, built from declared names only; what a person wrote is bound.

Metrics that add up the same rows share one pass over their table. Metrics of different tables are
added up apart, each in a SELECT of its own, and only then put side by side: no join between two
fact tables can repeat a row.

They are put side by side by UNION ALL and a second GROUP BY. A FULL JOIN would need equality on
the keys, where two rows without a region (NULL) never meet.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sqlglot import exp

from backend.domain.sales import MetricQuery
from backend.semantic.binding import Binding
from backend.semantic.expression import adds_up, counts
from backend.semantic.fact import (
    Fact,
    aggregate_of,
    aggregated,
    fact_of,
    positions,
    table_source,
)
from backend.semantic.gate import check_statement
from backend.semantic.identifier import column, identifier
from backend.semantic.model import Metric, SemanticModel
from backend.semantic.validity import check_query, columns, key_columns
from backend.semantic.values import Value

#: The most rows that an answer holds: five years of days (1,827) fit, a dump of a table does not.
#: Without a smaller limit a statement asks for one row more, which tells that the answer is cut.
ROW_LIMIT = 2_000
#: The most members of one dimension that a question's words are compared with: names of this
#: many customers are about a quarter of a megabyte, read every few minutes.
MEMBER_LIMIT = 10_000

# The alias of the facts that were added up apart.
_FACTS = "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A statement in two spellings of one tree."""

    #: With psycopg's named placeholders, for `params`.
    sql: str
    params: Mapping[str, Value]
    #: With the values as literals, runnable as printed.
    literal_sql: str
    columns: tuple[str, ...]
    #: More rows than this mean that the result was cut.
    row_limit: int


def compile_query(model: SemanticModel, query: MetricQuery) -> Compiled:
    """Raises SalesQueryInvalid, naming what the model does not define or cannot put together."""
    check_query(model, query)
    binding = Binding()
    facts = tuple(dict.fromkeys(fact_of(model, name) for name in _components(model, query)))
    select = (
        _one_pass(model, query, facts[0], binding)
        if len(facts) == 1
        else _side_by_side(model, query, facts, binding)
    )
    if order := list(_order(query)):
        select = select.order_by(*order)
    return _compiled(model, select.limit(_limit(query)), binding, columns(query), ROW_LIMIT)


def compile_members(model: SemanticModel, dimension: str) -> Compiled:
    """The distinct members of a dimension that the model declares, in order."""
    source = model.dimensions[dimension]
    member = column(source.table, source.column)
    select = (
        exp.select(member.as_(identifier(dimension)))
        .distinct()
        .from_(table_source(model, source.table))
        .where(exp.Not(this=exp.Is(this=member.copy(), expression=exp.Null())))
        .order_by(exp.Literal.number(1))
        .limit(MEMBER_LIMIT + 1)
    )
    return _compiled(model, select, Binding(), (dimension,), MEMBER_LIMIT)


def _compiled(
    model: SemanticModel,
    select: exp.Select,
    binding: Binding,
    names: tuple[str, ...],
    row_limit: int,
) -> Compiled:
    literal_sql = binding.literal(select)
    # As the server will read it; in the bound spelling percent signs are doubled for the driver.
    check_statement(model, literal_sql, row_limit=row_limit + 1)
    return Compiled(
        sql=binding.bound(select),
        params=binding.values,
        literal_sql=literal_sql,
        columns=names,
        row_limit=row_limit,
    )


def _components(model: SemanticModel, query: MetricQuery) -> Iterator[str]:
    """The aggregates that the query needs: its own, and the parts of its ratios."""
    for name in query.metrics:
        metric = model.metrics[name]
        parts = [part for part in (metric.numerator, metric.denominator) if part is not None]
        yield from parts or [name]


def _one_pass(model: SemanticModel, query: MetricQuery, fact: Fact, binding: Binding) -> exp.Select:
    values = {
        name: _value(model, model.metrics[name], lambda part, _: aggregate_of(model, part))
        for name in query.metrics
    }
    return aggregated(model, query, fact, values, binding)


def _side_by_side(
    model: SemanticModel, query: MetricQuery, facts: tuple[Fact, ...], binding: Binding
) -> exp.Select:
    """Each fact added up apart, then one row for each combination of keys."""
    components = tuple(dict.fromkeys(_components(model, query)))
    passes = []
    for fact in facts:
        values = {name: _own_or_null(model, name, fact) for name in components}
        passes.append(aggregated(model, query, fact, values, binding))
    keys = (column(_FACTS, key).as_(identifier(key)) for key in key_columns(query))
    metrics = (
        _value(model, model.metrics[name], _merged).as_(identifier(name))
        for name in dict.fromkeys(query.metrics)
    )
    source = exp.union(*passes, distinct=False).subquery(_FACTS)
    return exp.select(*keys, *metrics).from_(source).group_by(*positions(query))


def _value(model: SemanticModel, metric: Metric, part: Callable[[str, bool], exp.Expr]) -> exp.Expr:
    """A metric made of its parts. `part` is told whether a part without rows is 0."""
    if metric.numerator is None or metric.denominator is None:
        return part(metric.name, counts(aggregate_of(model, metric.name)))
    # With sales and no returns the rate of returns is 0; without sales it is unknown.
    numerator = part(metric.numerator, adds_up(aggregate_of(model, metric.numerator)))
    denominator = part(metric.denominator, False)
    # Division of two integers would drop the fraction.
    return exp.Div(
        this=exp.cast(numerator, exp.DType.DECIMAL),
        expression=exp.Nullif(this=denominator, expression=exp.Literal.number(0)),
    )


def _own_or_null(model: SemanticModel, name: str, fact: Fact) -> exp.Expr:
    """A component where its own fact is added up; a typed nothing in the others' rows."""
    tree = aggregate_of(model, name)
    if fact_of(model, name) == fact:
        return tree
    return exp.cast(exp.Null(), exp.DType.BIGINT if counts(tree) else exp.DType.DECIMAL)


def _merged(name: str, absent_is_zero: bool) -> exp.Expr:
    # A fact has at most one row for a combination of keys, so the largest is the only value.
    value = exp.Max(this=column(_FACTS, name))
    return (
        exp.Coalesce(this=value, expressions=[exp.Literal.number(0)]) if absent_is_zero else value
    )


def _limit(query: MetricQuery) -> int:
    if not key_columns(query):
        return 1
    return min(query.limit or ROW_LIMIT + 1, ROW_LIMIT + 1)


def _order(query: MetricQuery) -> Iterator[exp.Ordered]:
    """As asked; else by time, else the largest first. Ties are settled by the keys."""
    keys = key_columns(query)
    if not keys:
        return
    first = query.order_by or (keys[0] if query.grain and not query.order else query.metrics[0])
    descending = query.order == "desc" or (query.order is None and first not in keys)
    yield _ordered(first, descending)
    yield from (_ordered(key, False) for key in keys if key != first)


def _ordered(name: str, descending: bool) -> exp.Ordered:
    """NULL comes last either way: what is not known is neither the best nor the worst."""
    return exp.Ordered(this=exp.Column(this=identifier(name)), desc=descending, nulls_first=False)
