"""Vectors as pgvector reads them."""

from collections.abc import Sequence
from functools import cache


def literal(vector: Sequence[float]) -> str:
    """A vector in pgvector's own text form; six digits are more than a half float holds."""
    return _form(len(vector)) % tuple(vector)


@cache
def _form(width: int) -> str:
    # One format for all numbers of a vector: a third of the time of one each.
    return "[" + ",".join(["%.6g"] * width) + "]"
