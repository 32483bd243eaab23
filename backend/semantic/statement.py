"""The SELECT of a query: passes over facts, put side by side, kept or left out, and in order.

Most questions are one pass. Otherwise each fact is added up apart and the passes stand side by
side by UNION ALL and a second GROUP BY: a FULL JOIN would need equality on the keys, where two rows
without a region (NULL) never meet.
"""

from collections.abc import Iterator

from sqlglot import exp

from backend.semantic.fact import (
    Asked,
    Fact,
    Pass,
    aggregated,
    dimension_source,
    grouped,
    pass_of,
)
from backend.semantic.figures import added_up, figure, or_zero, previous
from backend.semantic.identifier import column, identifier
from backend.semantic.outputs import Output, outputs
from backend.semantic.parts import Part, is_integer, parts_of
from backend.semantic.placeholder import slot
from backend.semantic.ranked import with_rest_row
from backend.semantic.running_total import total_key
from backend.semantic.validity import PERIOD, key_columns

#: The names of sources that are not tables: passes, and the answer before rows are left out.
FACTS, ANSWER = "facts", "answer"
#: How many rows the metric of `without` has; no name of a model ends so.
_PRESENT = "present__"

_OPERATORS: dict[str, type[exp.Binary]] = {
    ">": exp.GT,
    ">=": exp.GTE,
    "<": exp.LT,
    "<=": exp.LTE,
}


def select_of(asked: Asked, row_limit: int) -> exp.Select:
    """The whole statement, with at most one row more than the limit."""
    statement = _Statement(asked)
    limit = min(asked.query.limit or row_limit + 1, row_limit + 1)
    if asked.query.other and asked.query.limit:
        return with_rest_row(
            asked,
            source=statement.merged_parts(),
            parts=statement.parts,
            limit=limit,
        )
    select, source = statement.rows()
    if not key_columns(asked.query):
        return select.limit(1, copy=False)
    return select.order_by(*statement.order(source), copy=False).limit(limit, copy=False)


class _Statement:
    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self._query = asked.query
        self._model = asked.model
        self._dialect = asked.dialect
        self._outputs = outputs(asked.model, asked.query)
        #: Metrics that only a threshold needs.
        self._hidden = tuple(
            dict.fromkeys(
                each.metric
                for each in asked.query.having
                if each.metric not in {output.name for output in self._outputs}
            )
        )
        self.parts = tuple(dict.fromkeys(self._parts()))

    def rows(self) -> tuple[exp.Select, str | None]:
        """Every row, and the name of the source that its columns are read from, if there is one."""
        passes = tuple(dict.fromkeys(pass_of(self._model, part) for part in self.parts))
        runs_on = self._query.cumulative or any(part.since for part in self.parts)
        if len(passes) == 1 and not (self._filters() or runs_on or self._query.without):
            values = {each.name: figure(self.asked, each, self._alone) for each in self._figures()}
            select = aggregated(self.asked, passes[0], values)
            source = None
        else:
            select, source = self._side_by_side(), FACTS
        filters = self._filters()
        if filters or not self._dialect.orders_nulls:
            names = (column(ANSWER, each.name).as_(identifier(each.name)) for each in self._outputs)
            select = exp.select(*names, copy=False).from_(
                select.subquery(ANSWER, copy=False), copy=False
            )
            select.where(*filters, copy=False)
            source = ANSWER
        return select, source

    def merged_parts(self) -> exp.Select:
        """One row for each combination of keys, with the parts that its figures are made of."""
        parts = (_largest(part).as_(identifier(part.column)) for part in self.parts)
        return self._merged(parts)

    def order(self, source: str | None) -> list[exp.Ordered]:
        """As asked; else by time, else the largest first. Ties are settled by the keys."""
        query = self._query
        keys = key_columns(query)
        first = query.order_by or (keys[0] if query.grain and not query.order else query.metrics[0])
        descending = query.order == "desc" or (query.order is None and first not in keys)
        others = (key for key in keys if key != first)
        return [
            self._ordered(first, source, descending=descending),
            *(self._ordered(key, source, descending=False) for key in others),
        ]

    def _parts(self) -> Iterator[Part]:
        for name in (*dict.fromkeys(self._query.metrics), *self._hidden):
            for part in parts_of(self._model, name):
                yield part
                if self._query.compare is not None and name in self._query.metrics:
                    yield previous(part)

    def _figures(self) -> Iterator[Output]:
        yield from (each for each in self._outputs if each.role != "key")
        for name in self._hidden:
            yield Output(name=name, role="value", kind="number", metric=name)

    def _alone(self, part: Part, absent_is_zero: bool) -> exp.Expr:
        """A part in the only pass: where there is a row, there is something to add up."""
        del absent_is_zero
        return added_up(self.asked, part)

    def _side_by_side(self) -> exp.Select:
        values = [
            figure(self.asked, each, self._side).as_(identifier(each.name))
            for each in self._figures()
        ]
        if self._query.without:
            present = exp.Max(this=column(FACTS, _PRESENT))
            values.append(or_zero(present, True).as_(identifier(_PRESENT)))
        return self._merged(values)

    def _merged(self, values: Iterator[exp.Expr] | list[exp.Expr]) -> exp.Select:
        keys = key_columns(self._query)
        select = exp.select(
            *(column(FACTS, key).as_(identifier(key), copy=False) for key in keys),
            *values,
            copy=False,
        )
        passes = list(self._passes())
        union = exp.union(*passes, distinct=False, copy=False) if len(passes) > 1 else passes[0]
        return grouped(
            select.from_(union.subquery(FACTS, copy=False), copy=False), self._dialect, len(keys)
        )

    def _passes(self) -> Iterator[exp.Select]:
        """Each fact added up apart, with nothing in the columns of the others."""
        named: dict[Pass, list[Part]] = {}
        for part in self.parts:
            named.setdefault(pass_of(self._model, part), []).append(part)
        for each, own in named.items():
            yield aggregated(self.asked, each, self._columns(own))
        if self._query.without:
            of = pass_of(self._model, Part(metric=self._query.without))
            yield aggregated(self.asked, of, self._columns([], exp.Count(this=exp.Star())))
            table = self._model.dimensions[self._query.dimensions[0]].table
            everyone = Pass(fact=Fact(table=table), days=Part(metric=""))
            yield aggregated(self.asked, everyone, self._columns([], exp.Literal.number(0)))

    def _columns(self, own: list[Part], present: exp.Expr | None = None) -> dict[str, exp.Expr]:
        found: dict[str, exp.Expr] = {}
        for part in self.parts:
            whole = is_integer(self._model, part.metric)
            found[part.column] = (
                added_up(self.asked, part) if part in own else self._dialect.nothing(whole=whole)
            )
        if self._query.without:
            found[_PRESENT] = present or exp.Literal.number(0)
        return found

    def _side(self, part: Part, absent_is_zero: bool) -> exp.Expr:
        """A part where passes stand side by side; added up so far, if the total runs on."""
        value: exp.Expr = _largest(part)
        periods: list[exp.Expr] = []
        if part.since not in (None, "always") and self._query.grain is not None:
            key = total_key(self._model, part.since, column(FACTS, PERIOD), self._dialect)
            periods = [key]
        if self._query.grain is not None and (self._query.cumulative or part.since):
            apart = [column(FACTS, each) for each in key_columns(self._query) if each != PERIOD]
            value = exp.Window(
                this=exp.Sum(this=value),
                partition_by=[*apart, *periods],
                order=exp.Order(expressions=[exp.Ordered(this=column(FACTS, PERIOD))]),
            )
        return or_zero(value, absent_is_zero)

    def _filters(self) -> list[exp.Expr]:
        """What the rows of the answer must be like."""
        found: list[exp.Expr] = [
            _OPERATORS[each.op](
                this=column(ANSWER, each.metric), expression=slot(f"having_{number}")
            )
            for number, each in enumerate(self._query.having)
        ]
        if self._query.without:
            key = column(ANSWER, self._query.dimensions[0])
            found.append(exp.Not(this=exp.Is(this=key, expression=exp.Null())))
            none = exp.EQ(this=column(ANSWER, _PRESENT), expression=exp.Literal.number(0))
            found.append(none)
        if "first_period" in self.asked.values and any(part.since for part in self.parts):
            found.append(exp.GTE(this=column(ANSWER, PERIOD), expression=slot("first_period")))
        return found

    def _ordered(self, name: str, source: str | None, *, descending: bool) -> exp.Ordered:
        """NULL comes last either way: what is not known is neither the best nor the worst."""
        tree: exp.Expr = exp.Column(this=identifier(name))
        if source == ANSWER and not self._dialect.orders_nulls:
            tree = column(source, name)
        if name in self._query.dimensions and self._model.type_of(name) == "text":
            in_order = self._dialect.in_order(tree)
            if in_order is not tree:
                # Within an expression a bare name would be an input's.
                own = dimension_source(self._model, name, self._dialect)
                tree = self._dialect.in_order(column(source, name) if source else own)
        return exp.Ordered(this=tree, desc=descending, nulls_first=False)


def _largest(part: Part) -> exp.Expr:
    # A pass has at most one row for a combination of keys, so the largest is the only value.
    return exp.Max(this=column(FACTS, part.column))
