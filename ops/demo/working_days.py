"""Which days Brazil works: the national holidays, and counting in working days.

City and state holidays are left out: the company delivers everywhere.
"""

from datetime import date, timedelta
from functools import cache

# Consciência Negra became a national holiday by law 14.759 of 2023.
_FIRST_NATIONAL_CONSCIENCIA_NEGRA = 2024

_FIXED = ((1, 1), (4, 21), (5, 1), (9, 7), (10, 12), (11, 2), (11, 15), (12, 25))

# Carnival Monday and Tuesday, Good Friday, Corpus Christi. Two of them are only customary, and
# kept by business all the same.
_DAYS_FROM_EASTER = (-48, -47, -2, 60)

_SATURDAY = 5


@cache
def holidays(year: int) -> frozenset[date]:
    """The days of this year on which business rests, whatever their weekday."""
    fixed = [date(year, month, day) for month, day in _FIXED]
    if year >= _FIRST_NATIONAL_CONSCIENCIA_NEGRA:
        fixed.append(date(year, 11, 20))
    return frozenset([*fixed, *(easter(year) + timedelta(days=d) for d in _DAYS_FROM_EASTER)])


def easter(year: int) -> date:
    """Easter Sunday by the anonymous Gregorian computus (Meeus)."""
    century = year // 100
    golden = year % 19
    leap_correction = century - century // 4 - (8 * century + 13) // 25
    epact = (leap_correction + 19 * golden + 15) % 30
    epact -= (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def is_working_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays(day.year)


def on_or_after(day: date) -> date:
    """This day if business works on it, else the next one that it does."""
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


def working_days_later(day: date, working_days: int) -> date:
    """The day after so many working days have passed; `day` itself is not counted."""
    for _ in range(working_days):
        day = on_or_after(day + timedelta(days=1))
    return day
