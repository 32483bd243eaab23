"""GET /queue: what of the caller's tenant waits, runs or failed, from the rows."""

import msgspec
from litestar import get

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.replay import failure
from backend.api.replies import Failure
from backend.api.turn_reports import FailedTurn, Lane, QueueReport
from backend.domain.errors import SalesCrewError
from backend.domain.identity import Scope
from backend.store import queue
from backend.store.queue import Row


@get(
    "/queue",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="What waits, runs or failed",
)
async def queue_state(request: DoorRequest) -> QueueReport:
    door, tenant_id = request.door, request.auth.tenant_id

    def read() -> tuple[list[Row], list[Row]]:
        with door.database.tenant(tenant_id) as conn:
            return queue.lanes(conn, tenant_id), queue.recent_failures(conn, tenant_id)

    lanes, failures = await door.calls.run(read)
    return QueueReport(
        lanes=msgspec.convert(lanes, list[Lane]),
        recent_failures=[
            FailedTurn(
                turn_id=row["id"],
                error=msgspec.convert(failure(row["error_code"] or SalesCrewError.code), Failure),
                asked_at=row["asked_at"],
            )
            for row in failures
        ],
    )
