"""A stretch of days, both ends included, and the arithmetic that questions do with it."""

from dataclasses import dataclass
from datetime import date, timedelta

from backend.semantic.calendar_unit import MONDAY, Unit, first_day, last_day, shifted


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """`from_date` is None where a question gives only an end ("until March")."""

    from_date: date | None
    to_date: date

    @property
    def days(self) -> int | None:
        if self.from_date is None:
            return None
        return (self.to_date - self.from_date).days + 1

    @property
    def unit(self) -> Unit | None:
        """The largest unit that the period is exactly one of; of weeks, only those from Monday."""
        if self.from_date is None:
            return None
        for unit in reversed(Unit):
            if self == whole(unit, self.from_date):
                return unit
        return None

    def until(self, day: date) -> "Period":
        """Cut off at `day`, if it goes on after it."""
        return Period(from_date=self.from_date, to_date=min(self.to_date, day))

    def before(self) -> "Period | None":
        """The period of the same kind just before: the month before a month, else as many days."""
        if self.from_date is None or self.days is None:
            return None
        eve = self.from_date - timedelta(days=1)
        if self.unit is not None:
            return whole(self.unit, eve)
        return Period(from_date=self.from_date - timedelta(days=self.days), to_date=eve)


def whole(unit: Unit, day: date, week_start: int = MONDAY) -> Period:
    """The unit that `day` lies in."""
    return Period(
        from_date=first_day(day, unit, week_start), to_date=last_day(day, unit, week_start)
    )


def ago(unit: Unit, count: int, day: date, week_start: int = MONDAY) -> Period:
    """The whole unit `count` units before the one of `day`."""
    return whole(unit, shifted(day, unit, -count, week_start), week_start)


def recent(unit: Unit, count: int, today: date, week_start: int = MONDAY) -> Period:
    """What "the last N" are: of days, the N that end today; of anything longer, the N whole ones
    before the one that is still running, so that the last 1 month is last month.
    """
    if unit is Unit.DAY:
        return Period(from_date=shifted(today, unit, 1 - count), to_date=today)
    return Period(
        from_date=shifted(today, unit, -count, week_start),
        to_date=ago(unit, 1, today, week_start).to_date,
    )
