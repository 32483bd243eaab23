"""Where a value stands in a statement that is still text, and how it gets there.

The name of a slot is written between two characters that no model and no database uses, so that a
statement is taken apart once and filled as often as it is asked.
"""

import re
from collections.abc import Callable

from sqlglot import exp

BEGIN, END = "\ue000", "\ue001"
_SLOT = re.compile(f"{BEGIN}([a-z0-9_]+){END}")


def slot(name: str) -> exp.Expr:
    return exp.Var(this=f"{BEGIN}{name}{END}")


def pieces(text: str) -> tuple[str, ...]:
    """The text between slots, and at every second place a slot's name."""
    return tuple(_SLOT.split(text))


def filled(parts: tuple[str, ...], value: Callable[[str], str]) -> str:
    return "".join(value(part) if place % 2 else part for place, part in enumerate(parts))
