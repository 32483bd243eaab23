"""Days of a caller: `from`, `to` and `time_zone` as every list and report takes them.

Both days count. A day begins at its midnight in the zone (the first one, where clocks going back
make two of them) and ends where the next begins.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar.params import QueryParameter

from backend.domain.errors import InvalidRequest

#: Where a day begins unless the caller says otherwise.
DEFAULT_ZONE = "America/Sao_Paulo"
#: Without dates: the last thirty days, today included.
DEFAULT_DAYS = 30
#: Three years; more is an export, not a report.
MOST_DAYS = 1_100


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days from `first` to `last`."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        return _midnight(self.first, self.zone)

    @property
    def end(self) -> datetime:
        """The moment that no longer belongs to it."""
        return _midnight(self.last + timedelta(days=1), self.zone)

    @property
    def days(self) -> list[tuple[date, datetime]]:
        """Each day, and the moment at which it begins."""
        count = (self.last - self.first).days + 1
        dates = [self.first + timedelta(days=number) for number in range(count)]
        return [(day, _midnight(day, self.zone)) for day in dates]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodAsked:
    """The parameters of a query."""

    from_: Annotated[
        date | None, QueryParameter(name="from", description="First day, inclusive.")
    ] = None
    to: Annotated[
        date | None, QueryParameter(name="to", description="Last day, inclusive; default today.")
    ] = None
    time_zone: Annotated[
        str,
        QueryParameter(
            name="time_zone", max_length=64, description="IANA name; where a day begins."
        ),
    ] = DEFAULT_ZONE

    @property
    def zone(self) -> ZoneInfo:
        """Raises InvalidRequest."""
        try:
            return ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:
            # Unknown, not a name, or a directory of the zone files.
            raise InvalidRequest(
                "`time_zone` should be an IANA name, as America/Sao_Paulo"
            ) from error

    def period(self, today: date | None) -> Period:
        """What is meant; `today` None: by the clock. Raises InvalidRequest."""
        zone = self.zone
        last = self.to or today or datetime.now(zone).date()
        try:
            first = self.from_ or last - timedelta(days=DEFAULT_DAYS - 1)
            if first > last:
                raise InvalidRequest("`from` lies after `to`")
            if (last - first).days >= MOST_DAYS:
                raise InvalidRequest(f"The period is longer than {MOST_DAYS} days")
            period = Period(first=first, last=last, zone=zone)
            _ = period.start, period.end
        except OverflowError as error:
            raise InvalidRequest("The period lies outside the calendar") from error
        return period

    def bounds(self) -> tuple[datetime | None, datetime | None]:
        """The moments meant, for a list that goes on without end where no day is given.

        Raises InvalidRequest.
        """
        zone = self.zone
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise InvalidRequest("`from` lies after `to`")
        try:
            return (
                None if self.from_ is None else _midnight(self.from_, zone),
                None if self.to is None else _midnight(self.to + timedelta(days=1), zone),
            )
        except OverflowError as error:
            raise InvalidRequest("The period lies outside the calendar") from error


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
