"""The arithmetic of market series, and which days a question is about."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import InvalidRequest
from backend.plugins.market_reading import compounded, read
from backend.plugins.market_window import window
from backend.plugins.series import FIRST_DAY, Observation, Series

TODAY = date(2026, 11, 24)


def monthly(*values: str, start: int = 2026 * 12) -> list[Observation]:
    months = [divmod(start + n, 12) for n in range(len(values))]
    return [
        Observation(day=date(year, month + 1, 1), value=Decimal(value))
        for (year, month), value in zip(months, values, strict=True)
    ]


def test_monthly_rates_are_multiplied_not_added() -> None:
    assert compounded(monthly("10", "10")) == Decimal(21)
    assert compounded(monthly("1.00", "-0.50", "0.25")) == Decimal("0.746237500")


def test_a_missing_month_leaves_no_accumulated_rate() -> None:
    january, _, march = monthly("1", "1", "1")
    assert compounded([january, march]) is None


def test_months_are_consecutive_across_the_turn_of_the_year() -> None:
    assert compounded(monthly("1", "1", "1", start=2025 * 12 + 10)) == Decimal("3.030100")


@given(st.lists(st.decimals(min_value=-5, max_value=5, places=2), min_size=2, max_size=24))
def test_compounding_in_two_halves_gives_the_whole(values: list[Decimal]) -> None:
    months = monthly(*map(str, values))
    half = len(months) // 2
    whole, first, second = compounded(months), compounded(months[:half]), compounded(months[half:])
    assert whole is not None
    assert first is not None
    assert second is not None
    product = ((1 + first / 100) * (1 + second / 100) - 1) * 100
    assert abs(whole - product) < Decimal("1e-20")


def test_a_reading_of_a_stretch() -> None:
    reading = read(monthly("5.00", "4.00", "6.00", "5.50"))
    assert reading.change == Decimal("10.0")
    assert reading.lowest.day == date(2026, 2, 1)
    assert reading.highest.day == date(2026, 3, 1)
    assert reading.mean == Decimal("5.125")


def test_without_dates_the_days_up_to_today_are_read_for_the_last_value() -> None:
    asked = window(Series.DOLLAR, None, None, today=TODAY)
    assert asked.single
    assert (asked.first, asked.last) == (date(2026, 11, 14), TODAY)


def test_a_monthly_series_is_read_from_the_first_of_a_month_far_enough_back() -> None:
    asked = window(Series.IPCA, None, None, today=TODAY)
    assert (asked.first, asked.last) == (date(2025, 8, 1), TODAY)
    assert window(Series.IPCA, date(2026, 1, 20), None, today=TODAY).first == date(2026, 1, 1)


def test_one_day_means_the_value_as_of_that_day() -> None:
    day = date(2026, 11, 22)
    for asked in (
        window(Series.DOLLAR, None, day, today=TODAY),
        window(Series.DOLLAR, day, day, today=TODAY),
    ):
        assert asked.single
        assert asked.last == asked.named == day
    month = window(Series.IPCA, date(2026, 9, 1), date(2026, 9, 30), today=TODAY)
    assert month.single


def test_nothing_is_read_past_the_last_day_the_source_knows() -> None:
    later = date(2027, 6, 1)
    assert window(Series.SELIC, date(2026, 1, 1), later, today=TODAY).last == TODAY
    assert window(Series.SELIC, None, later, today=TODAY).last == TODAY


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (TODAY, TODAY - timedelta(1)),
        (FIRST_DAY - timedelta(1), TODAY),
        (None, FIRST_DAY - timedelta(1)),
    ],
)
def test_impossible_days_are_refused(first: date | None, last: date) -> None:
    with pytest.raises(InvalidRequest):
        window(Series.DOLLAR, first, last, today=TODAY)
