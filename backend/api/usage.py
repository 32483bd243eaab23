"""GET /usage: turns, tokens and money of a period, by user, model, day, channel or agent."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from litestar import get
from litestar.params import QueryParameter

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.reports import UsageFigures, UsageReport, UsageRow
from backend.domain.errors import InvalidRequest
from backend.domain.identity import Scope
from backend.domain.usage import dollars
from backend.store import views
from backend.store.views import Row

#: Where a day begins unless the caller says otherwise.
DEFAULT_ZONE = "America/Sao_Paulo"
#: Without dates: the last thirty days, today included.
DEFAULT_DAYS = 30
#: Three years; more is an export, not a report.
MOST_DAYS = 1_100

Group = Literal["user", "model", "day", "channel", "agent"]


@get(
    "/usage",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="What was asked in a period, and what it cost",
)
async def usage(
    request: DoorRequest,
    from_: Annotated[
        date | None, QueryParameter(name="from", description="First day, inclusive.")
    ] = None,
    to: Annotated[
        date | None, QueryParameter(name="to", description="Last day, inclusive; default today.")
    ] = None,
    group_by: Annotated[Group, QueryParameter(name="group_by")] = "day",
    time_zone: Annotated[
        str,
        QueryParameter(
            name="time_zone", max_length=64, description="IANA name; where a day begins."
        ),
    ] = DEFAULT_ZONE,
) -> UsageReport:
    zone = _zone(time_zone)
    end = to or request.door.settings.app_today or datetime.now(zone).date()
    begin = from_ or end - timedelta(days=DEFAULT_DAYS - 1)
    start_at, end_at = _period(begin, end, zone)
    door, tenant_id = request.door, request.auth.tenant_id

    def read() -> tuple[list[Row], list[Row]]:
        with door.database.tenant(tenant_id) as conn:
            rows, totals = (
                views.usage(
                    conn, tenant_id, start=start_at, end=end_at, zone=zone.key, group_by=group
                )
                for group in (group_by, "all")
            )
        return rows, totals

    rows, totals = await door.calls.run(read)
    return UsageReport(
        from_=begin,
        to=end,
        time_zone=zone.key,
        group_by=group_by,
        rows=[UsageRow(key=row["key"], **_figures(row)) for row in rows],
        totals=UsageFigures(**_figures(totals[0] if totals else _NOTHING)),
    )


_NOTHING: Row = {
    **dict.fromkeys(
        (
            "turns",
            "answered",
            "failed",
            "llm_calls",
            "input_tokens",
            "cached_input_tokens",
            "output_tokens",
            "cost_nano",
            "cache_hits",
        ),
        0,
    ),
    "priced": True,
    "mean_time_ms": None,
    "p95_time_ms": None,
}


def _figures(row: Row) -> Row:
    figures = {name: value for name, value in row.items() if name not in ("key", "cost_nano")}
    return {
        **figures,
        "tokens_used": row["input_tokens"] + row["output_tokens"],
        "cost_usd": dollars(row["cost_nano"]),
        **{name: _rounded(row[name]) for name in ("mean_time_ms", "p95_time_ms")},
    }


def _rounded(milliseconds: float | None) -> float | None:
    """To tenths: the turns were measured in whole milliseconds."""
    return None if milliseconds is None else round(milliseconds, 1)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        # Unknown, not a name, or a directory of the zone files.
        raise InvalidRequest("`time_zone` should be an IANA name, as America/Sao_Paulo") from error


def _period(begin: date, end: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the first day's beginning up to, not including, the day after the last."""
    if begin > end:
        raise InvalidRequest("`from` lies after `to`")
    if (end - begin).days >= MOST_DAYS:
        raise InvalidRequest(f"The period is longer than {MOST_DAYS} days")
    try:
        midnights = [
            datetime.combine(day, time.min, zone).astimezone(UTC)
            for day in (begin, end + timedelta(days=1))
        ]
    except OverflowError as error:
        raise InvalidRequest("The period lies outside the calendar") from error
    return midnights[0], midnights[1]
