"""Periods in words: "outubro de 2026", "em outubro de 2026 (01/10/2026 a 31/10/2026)"."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from backend.semantic.calendar_unit import Unit
from backend.semantic.period import Period
from backend.semantic.phrasebook import Phrasebook


def written_day(day: date, words: Phrasebook) -> str:
    return words.say("date", day=day.day, month=day.month, year=day.year)


def written_moment(moment: str, time_zone: str, words: Phrasebook) -> str:
    """An RFC 3339 moment as day and time of the zone."""
    local = datetime.fromisoformat(moment).astimezone(ZoneInfo(time_zone))
    return words.say("moment", date=written_day(local.date(), words), time=f"{local:%H:%M}")


def name_of(period: Period, unit: Unit, words: Phrasebook) -> str:
    """The name of a period that is one `unit`: "outubro de 2026", "Q3 2026"."""
    first, last = period.from_date or period.to_date, period.to_date
    number = {Unit.QUARTER: (first.month + 2) // 3, Unit.HALF: (first.month + 5) // 6}
    return words.say(
        f"name.{unit}",
        **{"from": written_day(first, words), "to": written_day(last, words)},
        month=words.month(first.month),
        number=number.get(unit, 0),
        year=first.year,
    )


def when(from_date: date | None, to_date: date | None, words: Phrasebook) -> str:
    """The days of a query in a sentence; both None is all time."""
    if to_date is None:
        if from_date is None:
            return words.say("when.always")
        return words.say("when.since", **{"from": written_day(from_date, words)})
    period = Period(from_date=from_date, to_date=to_date)
    unit = period.unit
    if from_date is None:
        return words.say("when.until", to=written_day(to_date, words))
    return words.say(
        f"when.{unit or 'range'}",
        **{"from": written_day(from_date, words), "to": written_day(to_date, words)},
        name=name_of(period, unit, words) if unit else "",
    )
