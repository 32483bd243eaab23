"""Brazil's working days: holidays that move with Easter, and counting past them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ops.demo.working_days import (
    easter,
    holidays,
    is_working_day,
    on_or_after,
    working_days_later,
)

DAYS = st.dates(date(2015, 1, 1), date(2045, 12, 31))


@pytest.mark.parametrize(
    "sunday",
    [
        date(1954, 4, 18),
        date(2008, 3, 23),
        date(2024, 3, 31),
        date(2026, 4, 5),
        date(2038, 4, 25),
        date(2049, 4, 18),
    ],
)
def test_easter(sunday: date) -> None:
    assert easter(sunday.year) == sunday


@given(DAYS)
def test_the_next_working_day_skips_nothing_but_rest(day: date) -> None:
    found = on_or_after(day)
    assert is_working_day(found)
    skipped = [day + timedelta(days=n) for n in range((found - day).days)]
    assert not any(map(is_working_day, skipped))


@given(st.dates(date(2015, 1, 1), date(2045, 12, 31)), st.integers(1, 15))
def test_working_days_are_counted(day: date, working_days: int) -> None:
    later = working_days_later(day, working_days)
    between = [day + timedelta(days=n) for n in range(1, (later - day).days + 1)]
    assert is_working_day(later)
    assert sum(map(is_working_day, between)) == working_days


def test_moving_holidays_of_2026() -> None:
    assert holidays(2026) >= {
        date(2026, 2, 16),
        date(2026, 2, 17),
        date(2026, 4, 3),
        date(2026, 6, 4),
        date(2026, 11, 20),
    }
    assert date(2023, 11, 20) not in holidays(2023)
