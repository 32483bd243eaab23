"""One figure of an answer as an expression: a metric, what it was, how it changed, its share."""

from sqlglot import exp

from backend.semantic.exactness import spoken
from backend.semantic.fact import Asked, pass_of, total
from backend.semantic.outputs import Output
from backend.semantic.parts import Part, Read, aggregate_of, is_additive, value_of


def figure(asked: Asked, output: Output, read: Read) -> exp.Expr:
    """The output's value, its parts read where the statement has them."""
    model, dialect, metric = asked.model, asked.dialect, output.metric
    now = value_of(model, metric, read, dialect)
    if output.role == "value":
        return now
    if output.role == "share":

        def whole(part: Part, absent_is_zero: bool) -> exp.Expr:
            of_all = total(asked, pass_of(model, part), added_up(asked, part))
            return or_zero(of_all, absent_is_zero)

        return dialect.divided(now, value_of(model, metric, whole, dialect))
    before = value_of(model, metric, lambda part, zero: read(previous(part), zero), dialect)
    if output.role == "previous":
        return before
    if is_additive(model, metric):
        # From something to nothing is -100 %.
        now = value_of(model, metric, lambda part, _: read(part, True), dialect)
    difference = exp.Sub(this=_bracketed(now), expression=_bracketed(before.copy()))
    return dialect.divided(difference, exp.Abs(this=before))


def added_up(asked: Asked, part: Part) -> exp.Expr:
    """A part where its rows are."""
    return spoken(aggregate_of(asked.model, part.metric), asked.dialect, asked.model.tables)


def previous(part: Part) -> Part:
    """The same over the days that those asked for are compared with."""
    return Part(metric=part.metric, since=part.since, previous=True)


def or_zero(value: exp.Expr, absent_is_zero: bool) -> exp.Expr:
    if not absent_is_zero:
        return value
    return exp.Coalesce(this=value, expressions=[exp.Literal.number(0)])


def _bracketed(tree: exp.Expr) -> exp.Expr:
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary) else tree
