"""The rhythm of the market: how much is bought on a day, and what, by whom.

Everything here depends on the calendar alone, never on "today".
"""

from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from math import pow as power

from ops.demo.catalogue import (
    BEBIDAS,
    CONGELADOS,
    DESCARTAVEIS,
    HIGIENE,
    LATICINIOS,
    LIMPEZA,
    MERCEARIA,
    UTENSILIOS,
    Item,
)
from ops.demo.geography import CENTRO_OESTE, NORDESTE, NORTE, SUDESTE, SUL
from ops.demo.names import SEGMENTS
from ops.demo.working_days import holidays

# The day at which every trend stands at 1.
_ANCHOR = date(2024, 1, 1)

# The company grows by seven percent a year.
_GROWTH = 1.07

# The regions do not grow alike: the Northeast is being won, the South stands still.
_REGION_GROWTH = {NORTE: 1.04, NORDESTE: 1.12, CENTRO_OESTE: 1.06, SUDESTE: 1.0, SUL: 0.95}

# January and February rest, trade swells from October to Christmas.
_MONTHS = (0.88, 0.92, 1.0, 0.97, 1.0, 0.98, 0.95, 1.0, 1.01, 1.05, 1.1, 1.15)

# Monday to Sunday: stocks are filled early in the week, nobody takes orders on Sunday.
_WEEKDAYS = (1.12, 1.08, 1.02, 0.98, 0.85, 0.14, 0.0)

# On a holiday a few customers order all the same, through the portal or by message.
_HOLIDAY = 0.08
# Christmas Eve and New Year's Eve end at noon.
_EVE = 0.4


def activity(day: date) -> float:
    """Orders on this day, against an average working day at the anchor."""
    rhythm = _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()]
    if day in holidays(day.year):
        rhythm *= _HOLIDAY
    elif day.month == 12 and day.day in (24, 31):
        rhythm *= _EVE
    return rhythm * power(_GROWTH, _years(day))


def regional_trend(region_id: int, day: date) -> float:
    """The pull of a region on this day, against its pull at the anchor."""
    return power(_REGION_GROWTH[region_id], _years(day))


def shopping_lists(items: Sequence[Item]) -> dict[tuple[str, int], list[float]]:
    """By segment and month of the year: the cumulative weights with which items are bought."""
    return {
        (segment, month): list(
            accumulate(
                item.popularity
                * _TASTES[segment][item.row.category_id]
                * _season(item.row.category_id, month)
                for item in items
            )
        )
        for segment in SEGMENTS
        for month in range(1, 13)
    }


def _years(day: date) -> float:
    return (day - _ANCHOR).days / 365.25


def _season(category: int, month: int) -> float:
    """Drinks and frozen fruit go in the heat, staples and dairy in the cold and at Christmas."""
    summer = month in (1, 2, 12)
    winter = month in (6, 7, 8)
    if category == BEBIDAS:
        return 1.5 if summer else 0.75 if winter else 1.0
    if category == CONGELADOS:
        return 1.2 if summer else 1.0
    if category == LATICINIOS:
        return 1.2 if winter or month == 12 else 1.0
    return 1.0


# How much of each category a segment buys, in no unit.
_COLUMNS = (
    BEBIDAS,
    MERCEARIA,
    LATICINIOS,
    CONGELADOS,
    LIMPEZA,
    HIGIENE,
    DESCARTAVEIS,
    UTENSILIOS,
)
_TASTES = {
    segment: dict(zip(_COLUMNS, weights, strict=True))
    for segment, weights in {
        "Restaurantes": (20, 24, 16, 16, 7, 4, 10, 3),
        "Supermercados": (26, 28, 16, 12, 8, 6, 4, 0.5),
        "Hotelaria": (16, 14, 12, 8, 16, 22, 6, 6),
        "Padarias": (10, 30, 28, 10, 6, 3, 12, 2),
        "Saúde": (5, 6, 4, 3, 28, 34, 18, 2),
        "Educação": (8, 22, 10, 8, 22, 16, 12, 2),
        "Empresas": (14, 20, 3, 1, 22, 20, 18, 3),
    }.items()
}
