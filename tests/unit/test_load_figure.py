"""Figures: what passes, what falls short, and the percentile that they are made of."""

from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.load.figure import Figure, percentile

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=50)


@pytest.mark.parametrize(
    ("value", "bound", "sense", "verdict"),
    [
        (15.0, 15.0, "at most", "pass"),
        (15.1, 15.0, "at most", "short"),
        (40.0, 40.0, "at least", "pass"),
        (39.9, 40.0, "at least", "short"),
        (1e9, None, "at most", "told"),
    ],
)
def test_a_verdict_follows_from_value_and_bound(
    value: float, bound: float | None, sense: Literal["at most", "at least"], verdict: str
) -> None:
    figure = Figure(name="f", value=value, unit="ms", bound=bound, sense=sense, measured="how")
    assert figure.verdict == verdict
    assert figure.line().startswith(verdict)
    assert ("at " in figure.line()) == (bound is not None)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([3.0, 1.0, 2.0], 0.5, 2.0),
        ([1.0, 2.0, 3.0, 4.0], 0.5, 2.0),
        ([float(number) for number in range(1, 101)], 0.95, 95.0),
        ([7.0], 0.95, 7.0),
        ([1.0, 2.0], 0.0, 1.0),
        ([1.0, 2.0], 1.0, 2.0),
    ],
)
def test_a_percentile_is_one_of_the_values(
    values: Sequence[float], share: float, expected: float
) -> None:
    assert percentile(values, share) == expected


@given(NUMBERS, st.floats(0, 1))
def test_at_least_that_share_of_the_values_is_not_above_it(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    assert found in values
    assert sum(value <= found for value in values) >= share * len(values) - 1e-9
