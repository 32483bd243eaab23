"""The arithmetic of a market series: what a model is never asked to compute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.plugins.series import Observation


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What some observations say together. Percentages are in percent: 4.5 is 4.5%."""

    first: Observation
    last: Observation
    lowest: Observation
    highest: Observation
    mean: Decimal
    #: From first to last, in percent.
    change: Decimal


def read(observations: Sequence[Observation]) -> Reading:
    """What at least one observation, oldest first, says. A price or target is never zero."""
    first, last = observations[0], observations[-1]
    total = sum((each.value for each in observations), Decimal(0))
    return Reading(
        first=first,
        last=last,
        lowest=min(observations, key=lambda each: each.value),
        highest=max(observations, key=lambda each: each.value),
        mean=total / len(observations),
        change=(last.value / first.value - 1) * 100,
    )


def compounded(observations: Sequence[Observation]) -> Decimal | None:
    """Monthly rates, in percent, as the one rate of the whole stretch: their product.

    None when a month is missing between the first and the last: a product with a hole in it
    would be a wrong figure that looks right.
    """
    months = [_month_number(each.day) for each in observations]
    if months != list(range(months[0], months[0] + len(months))):
        return None
    factor = Decimal(1)
    for each in observations:
        factor *= 1 + each.value / 100
    return (factor - 1) * 100


def _month_number(day: date) -> int:
    return day.year * 12 + day.month
