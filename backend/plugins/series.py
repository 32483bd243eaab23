"""Market series that we answer about: what each is, and what a source of them must do."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol


class Series(StrEnum):
    """The names that a model may ask for."""

    DOLLAR = "dollar"
    SELIC = "selic"
    IPCA = "ipca"


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesFacts:
    """`code` is Banco Central's number of the series in its SGS (sistema de séries temporais)."""

    code: int
    every: Literal["day", "month"]
    unit: Literal["reais", "percent a year", "percent a month"]
    #: Decimal places in which the source publishes it.
    places: int
    #: True for rates of consecutive periods: over a window they are multiplied, never added.
    compounds: bool = False


FACTS: Mapping[Series, SeriesFacts] = {
    Series.DOLLAR: SeriesFacts(code=1, every="day", unit="reais", places=4),
    Series.SELIC: SeriesFacts(code=432, every="day", unit="percent a year", places=2),
    Series.IPCA: SeriesFacts(
        code=433, every="month", unit="percent a month", places=2, compounds=True
    ),
}

#: The first day of the real. Before it the dollar was quoted in other currencies.
FIRST_DAY = date(1994, 7, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One published value. A monthly one carries the first day of its month."""

    day: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """Where recorded values come from. `hand-made` ones only look like the real thing."""

    provenance: Literal["hand-made", "recorded"]
    #: The last day that the recording knows of.
    until: date


class SeriesSource(Protocol):
    """Banco Central itself, or a recording of it."""

    #: None when the values come from Banco Central at this moment.
    recording: Recording | None

    async def observations(
        self, series: Series, from_date: date, to_date: date
    ) -> tuple[Observation, ...]:
        """The published values of these days (inclusive), oldest first; none on a day off.

        Raises SourceUnavailable.
        """
        ...
