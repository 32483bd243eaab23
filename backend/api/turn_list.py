"""GET /turns: the turns behind a figure of `/usage`, one line each, the newest first."""

from dataclasses import replace
from typing import Annotated

import msgspec
from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.filters import ListFilter, TurnFilter, check_names
from backend.api.pages import cursor_of, place_of
from backend.api.periods import PeriodAsked
from backend.api.replay import failure
from backend.api.replies import Failure
from backend.api.turn_reports import TurnLine, TurnPage
from backend.domain.identity import Scope
from backend.domain.turns import Decision, TurnStatus
from backend.domain.usage import dollars
from backend.store import turn_list, views
from backend.store.turn_list import Chosen, Row

#: A page that a screen or a script reads at once.
MOST_TURNS = 100


@get(
    "/turns",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="Turns of a period, the newest first: the list behind a figure of /usage",
    dependencies={
        "asked": Provide(PeriodAsked, sync_to_thread=False),
        "which": Provide(TurnFilter, sync_to_thread=False),
        "narrowed": Provide(ListFilter, sync_to_thread=False),
    },
)
async def list_turns(
    request: DoorRequest,
    asked: NamedDependency[PeriodAsked],
    which: NamedDependency[TurnFilter],
    narrowed: NamedDependency[ListFilter],
    cursor: Annotated[
        str | None,
        QueryParameter(name="cursor", max_length=200, description="From the page before."),
    ] = None,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=MOST_TURNS)] = 50,
) -> TurnPage:
    period = asked.period(request.door.settings.app_today)
    chosen = _narrowed(which.chosen(period), narrowed)
    before = None if cursor is None else place_of(cursor)
    door, tenant_id = request.door, request.auth.tenant_id

    def read() -> tuple[list[Row], int]:
        with door.database.tenant(tenant_id) as conn:
            views.check_zone(conn, period.zone.key)
            rows = turn_list.page(conn, tenant_id, chosen, before=before, limit=limit + 1)
            return rows, turn_list.total(conn, tenant_id, chosen)

    rows, total = await door.calls.run(read)
    shown = rows[:limit]
    return TurnPage(
        turns=[_line(row) for row in shown],
        total=total,
        next_cursor=(
            cursor_of(shown[-1]["asked_at"], shown[-1]["id"]) if len(rows) > limit else None
        ),
    )


def _narrowed(chosen: Chosen, narrowed: ListFilter) -> Chosen:
    check_names({"tool": narrowed.tool})
    return replace(
        chosen,
        decision=narrowed.decision,
        tool=narrowed.tool,
        has_error=None if narrowed.has_error is None else narrowed.has_error == "true",
        conversation_id=narrowed.conversation_id,
    )


def _line(row: Row) -> TurnLine:
    code = row["error_code"]
    return TurnLine(
        turn_id=row["id"],
        conversation_id=row["conversation_id"],
        user_id=row["user_id"],
        channel=row["channel"],
        agent=row["agent"],
        question=row["question"],
        status=TurnStatus(row["status"]),
        decision=None if row["decision"] is None else Decision(row["decision"]),
        model=row["model"],
        tokens_used=row["input_tokens"] + row["output_tokens"],
        cost_usd=dollars(row["cost_nano"]),
        priced=row["unpriced_calls"] == 0,
        llm_calls=row["llm_calls"],
        tools=row["tools"],
        failed_calls=row["failed_calls"],
        cached=row["cached"],
        time_ms=row["time_ms"],
        error=None if code is None else msgspec.convert(failure(code), Failure),
        asked_at=row["asked_at"],
    )
