"""GET /usage: turns, tokens and money of a period, by user, model, day, channel or agent."""

from typing import Annotated

from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.filters import TurnFilter
from backend.api.periods import PeriodAsked
from backend.api.reports import UsageFigures, UsageReport, UsageRow
from backend.domain.identity import Scope
from backend.domain.usage import dollars
from backend.store import turn_list, views
from backend.store.turn_list import Group, Row


@get(
    "/usage",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="What was asked in a period, and what it cost",
    dependencies={
        "asked": Provide(PeriodAsked, sync_to_thread=False),
        "which": Provide(TurnFilter, sync_to_thread=False),
    },
)
async def usage(
    request: DoorRequest,
    asked: NamedDependency[PeriodAsked],
    which: NamedDependency[TurnFilter],
    group_by: Annotated[Group, QueryParameter(name="group_by")] = "day",
) -> UsageReport:
    period = asked.period(request.door.settings.app_today)
    chosen = which.chosen(period)
    door, tenant_id = request.door, request.auth.tenant_id

    def read() -> tuple[list[Row], Row]:
        with door.database.tenant(tenant_id) as conn:
            views.check_zone(conn, period.zone.key)
            return turn_list.usage(conn, tenant_id, chosen, group_by=group_by, days=period.days)

    rows, totals = await door.calls.run(read)
    return UsageReport(
        from_=period.first,
        to=period.last,
        time_zone=period.zone.key,
        group_by=group_by,
        rows=[UsageRow(key=row["key"], **_figures(row)) for row in rows],
        totals=UsageFigures(**_figures(totals)),
    )


def _figures(row: Row) -> Row:
    figures = {
        name: value for name, value in row.items() if name not in ("is_total", "key", "cost_nano")
    }
    return {
        **figures,
        "tokens_used": row["input_tokens"] + row["output_tokens"],
        "cost_usd": dollars(row["cost_nano"]),
        **{name: _rounded(row[name]) for name in ("mean_time_ms", "p95_time_ms")},
    }


def _rounded(milliseconds: float | None) -> float | None:
    """To tenths: the turns were measured in whole milliseconds."""
    return None if milliseconds is None else round(milliseconds, 1)
