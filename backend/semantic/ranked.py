"""The best few, and one row for all the others: "top 5 and the rest".

The parts of the figures are added up over the rest, so the rest's ratio is that of its sums. A
metric whose parts cannot be added up has no rest (`validity.py` refuses it).
"""

from collections.abc import Iterable

from sqlglot import exp

from backend.semantic.fact import Asked
from backend.semantic.figures import figure, or_zero
from backend.semantic.identifier import column, identifier
from backend.semantic.outputs import outputs
from backend.semantic.parts import Part
from backend.semantic.validity import key_columns

MERGED, RANKED = "merged", "ranked"
#: The rank of a row among all.
_PLACE = "place__"


def with_rest_row(
    asked: Asked,
    *,
    source: exp.Select,
    parts: Iterable[Part],
    limit: int,
) -> exp.Select:
    """`source` has keys and parts. The rest's keys are NULL."""
    keys = key_columns(asked.query)
    names = (*keys, *(part.column for part in parts))
    place = exp.Window(this=exp.RowNumber(), order=exp.Order(expressions=_order(asked)))
    ranked = exp.select(
        *(column(MERGED, name).as_(identifier(name)) for name in names),
        place.as_(identifier(_PLACE)),
    ).from_(source.subquery(MERGED))
    first = exp.Min(this=column(RANKED, _PLACE))
    kept = exp.LTE(this=first, expression=exp.Literal.number(limit))
    selected = [
        exp.case().when(kept.copy(), exp.Min(this=column(RANKED, each.name)))
        if each.role == "key"
        else figure(asked, each, _added_up)
        for each in outputs(asked.model, asked.query)
    ]
    named = zip(outputs(asked.model, asked.query), selected, strict=True)
    group = (
        exp.case()
        .when(
            exp.LTE(this=column(RANKED, _PLACE), expression=exp.Literal.number(limit)),
            column(RANKED, _PLACE),
        )
        .else_(exp.Literal.number(limit + 1))
    )
    return (
        exp.select(*(tree.as_(identifier(each.name)) for each, tree in named))
        .from_(ranked.subquery(RANKED))
        .group_by(group)
        .order_by(exp.Ordered(this=first.copy()))
        .limit(limit + 1)
    )


def _order(asked: Asked) -> list[exp.Expr]:
    """Everything by its own expression: a window knows no names of the columns beside it."""
    query = asked.query
    first = query.order_by or query.metrics[0]
    by_name = {each.name: each for each in outputs(asked.model, query)}
    keys = [key for key in key_columns(query) if key != first]

    def tree(name: str) -> exp.Expr:
        output = by_name[name]
        if output.role != "key":
            return figure(asked, output, _beside)
        key = column(MERGED, name)
        return asked.dialect.in_order(key) if output.kind == "text" else key

    descending = query.order == "desc" or (query.order is None and by_name[first].role != "key")
    return [
        exp.Ordered(this=tree(first), desc=descending, nulls_first=False),
        *(exp.Ordered(this=tree(key), nulls_first=False) for key in keys),
    ]


def _beside(part: Part, absent_is_zero: bool) -> exp.Expr:
    return or_zero(column(MERGED, part.column), absent_is_zero)


def _added_up(part: Part, absent_is_zero: bool) -> exp.Expr:
    return or_zero(exp.Sum(this=column(RANKED, part.column)), absent_is_zero)
