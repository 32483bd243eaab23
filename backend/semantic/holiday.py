"""Days of the year by name: "Natal de 2025", "Black Friday", "sexta-feira santa"."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from dateutil.easter import easter

from backend.semantic.calendar_unit import Unit
from backend.semantic.moment import Moment
from backend.semantic.part_of_year import year_after
from backend.semantic.period import whole
from backend.semantic.time_words import TimeWords

_THANKSGIVING_WEEK = 22


def holiday(time: TimeWords, start: int) -> Moment | None:
    """This year's, or last year's where it is still ahead.

    Natal is a city too, and "ovos de páscoa" are goods: most need a year or a word before them
    that says that they are a time.
    """
    before = time.end_of("last", start)
    at = time.skip("article", start) if before is None else before
    for name, day_in in _HOLIDAYS.items():
        end = time.end_of(name, at)
        if end is None:
            continue
        said = year_after(time, end)
        if said is not None:
            return Moment(period=whole(Unit.DAY, day_in(said[0])), end=said[1])
        behind = time.end_of("last", end)
        over = before is not None or behind is not None
        alone = name in _UNMISTAKABLE or time.follows("before_holidays", start)
        if not over and not alone:
            continue
        latest = time.today - timedelta(days=1) if over else time.today
        this = day_in(latest.year)
        day = this if this <= latest else day_in(latest.year - 1)
        return Moment(period=whole(Unit.DAY, day), end=behind or end)
    return None


def _black_friday(year: int) -> date:
    """The day after the fourth Thursday of November."""
    thursday = date(year, 11, _THANKSGIVING_WEEK)
    while thursday.strftime("%u") != "4":
        thursday += timedelta(days=1)
    return thursday + timedelta(days=1)


_HOLIDAYS: Mapping[str, Callable[[int], date]] = {
    "christmas": lambda year: date(year, 12, 25),
    "black_friday": _black_friday,
    "easter": easter,
    # By the days before Easter. Carnival itself is several days, and people differ how many.
    "carnival_tuesday": lambda year: easter(year) - timedelta(days=47),
    "ash_wednesday": lambda year: easter(year) - timedelta(days=46),
    "good_friday": lambda year: easter(year) - timedelta(days=2),
}
_UNMISTAKABLE = ("black_friday", "carnival_tuesday", "ash_wednesday", "good_friday")
