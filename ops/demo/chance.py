"""Chance that can be told again: a stream of random numbers named by a seed and a key.

Every day and every entity draws from a stream of its own, so that adding a day, or looking at the
company from a later day, never shifts the numbers of another.
"""

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TypeVar

Value = TypeVar("Value")


def stream(seed: int, *key: str | int | date) -> Random:
    """The stream of this key. Text seeds go through SHA-512: the same on every Python we promise."""
    return Random(":".join(str(part) for part in (seed, *key)))  # noqa: S311 - a story, no secret


def count(chance: Random, expected: float) -> int:
    """A whole number whose mean is `expected`: the day's luck moves it by a quarter each way."""
    return int(expected * chance.uniform(0.75, 1.25) + chance.random())


def pick(chance: Random, weighted: Sequence[tuple[Value, int]]) -> Value:
    """One of the values, in proportion to its weight."""
    values = [value for value, _ in weighted]
    return chance.choices(values, [weight for _, weight in weighted])[0]
