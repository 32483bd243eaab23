"""GET /users/{user_id}/export: all that is held about a person, as NDJSON, one row of a store a line.

The first line says whose it is and what each store is called, the last one how many rows each had:
without it the export was cut. No more is held of it than one page, however long the history.
"""

from collections import Counter
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.door import Door
from backend.api.event_stream import EventStream
from backend.api.paths import name_in
from backend.api.schemas import user_id_of
from backend.domain.identity import Scope
from backend.store import export
from backend.store.export import Exported
from backend.store.holdings import held

MEDIA_TYPE = "application/x-ndjson"
HEADERS = {
    "Content-Disposition": 'attachment; filename="export.ndjson"',
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}


@get(
    "/users/{user_id:str}/export",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    media_type=MEDIA_TYPE,
    summary="Everything that is held about a user: NDJSON, one row of a store a line",
    responses={
        200: ResponseSpec(
            str,
            media_type=MEDIA_TYPE,
            description='`{"user_id", …}`, then `{"store", "row"}` each, then `{"end", "rows"}`.',
            generate_examples=False,
        )
    },
)
async def export_user(
    request: DoorRequest, user_id: FromPath[str]
) -> Response[bytes] | EventStream:
    door, name = request.door, user_id_of(name_in(user_id))
    whose = await door.calls.run(export.whom, door.database, request.auth.tenant_id, name)
    return EventStream(_lines(door, whose), media_type=MEDIA_TYPE, headers=HEADERS)


async def _lines(door: Door, whose: Exported) -> AsyncGenerator[bytes]:
    stores = [*(holding.table for holding in held()), "usage"]
    rows = Counter(dict.fromkeys(stores, 0))
    yield _line(
        {"user_id": whose.user_id, "exported_at": datetime.now(UTC), "version": 1, "stores": stores}
    )
    for read in export.pages(door.database, whose):
        for store, found in await door.calls.run(read):
            rows[store] += len(found)
            if found:
                yield b"".join(_line({"store": store, "row": row}) for row in found)
    yield _line({"end": True, "rows": dict(rows)})


def _line(value: Any) -> bytes:
    return msgspec.json.encode(value) + b"\n"
