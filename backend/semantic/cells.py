"""What drivers return, as the same Python value whichever engine it came from."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, Literal

from backend.semantic.dialects.dialect import RATIO_PLACES

CellKind = Literal["text", "integer", "number", "date", "boolean"]

# A double holds fifteen decimal digits; what follows differs between equal figures.
_DOUBLE_DIGITS = Context(prec=15, rounding=ROUND_HALF_EVEN)
_LAST_PLACE = Decimal(1).scaleb(-RATIO_PLACES)


def cell(kind: CellKind, value: Any) -> Any:
    """None stays None: what is not known."""
    return None if value is None else _READERS[kind](value)


def _number(value: Any) -> Decimal:
    if isinstance(value, float):
        value = _DOUBLE_DIGITS.create_decimal(repr(value))
    number = Decimal(value)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent < -RATIO_PLACES:
        number = number.quantize(_LAST_PLACE, ROUND_HALF_EVEN, Context(prec=60))
    # 424.3600000000 and 424.36 are one figure; -0 is 0.
    return _without_trailing_zeros(number) if number else Decimal(0)


def _without_trailing_zeros(number: Decimal) -> Decimal:
    plain = number.normalize(Context(prec=60))
    exponent = plain.as_tuple().exponent
    # Not 1E+3.
    return plain.quantize(Decimal(1)) if isinstance(exponent, int) and exponent > 0 else plain


def _date(value: Any) -> date:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])


_READERS: Mapping[CellKind, Callable[[Any], Any]] = {
    "text": str,
    # A sum of whole numbers may come as a decimal.
    "integer": int,
    "number": _number,
    "date": _date,
    "boolean": bool,
}
