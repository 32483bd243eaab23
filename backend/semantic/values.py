"""The members of a filter as values that the database compares."""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from backend.domain.errors import SalesQueryInvalid
from backend.semantic.model import ColumnType, SemanticModel

#: What is bound to a statement.
Value = str | int | Decimal | date | bool

_BOOLEANS = {"true": True, "false": False}


def filter_values(
    model: SemanticModel, dimension: str, members: tuple[str, ...]
) -> tuple[Value, ...]:
    """Each member once, in the dimension's type. Raises SalesQueryInvalid, naming the dimension."""
    if not members:
        raise SalesQueryInvalid(f"the filter on {dimension!r} names no member")
    read = _READERS[model.type_of(dimension)]
    values = []
    for member in members:
        # A query may come from a model's JSON, which keeps to no type.
        if not isinstance(member, str):
            raise SalesQueryInvalid(f"the members of {dimension!r} must be text")
        try:
            values.append(read(member))
        except (ValueError, InvalidOperation, KeyError) as error:
            kind = model.type_of(dimension)
            raise SalesQueryInvalid(f"{member!r} is no {kind} for {dimension!r}") from error
    return tuple(dict.fromkeys(values))


def _text(member: str) -> str:
    """Postgres has no NUL in text, and a lone surrogate is no UTF-8."""
    member.encode()
    if "\0" in member:
        raise ValueError
    return member


def _integer(member: str) -> int:
    number = int(member)
    if not -(2**63) <= number < 2**63:
        raise ValueError
    return number


def _number(member: str) -> Decimal:
    number = Decimal(member)
    if not number.is_finite():
        raise ValueError
    return number


_READERS: Mapping[ColumnType, Callable[[str], Value]] = {
    "text": _text,
    "integer": _integer,
    "number": _number,
    "date": date.fromisoformat,
    # A moment is filtered by its day, as a period is.
    "timestamp": date.fromisoformat,
    "boolean": lambda member: _BOOLEANS[member.lower()],
}
