"""GET /turns/{id}/events: a turn's events as Server-Sent Events, from any place to its end.

`id: attempt-seq`, `event: <kind>`, `data: <JSON>`. A reader that resumes sends `Last-Event-ID`;
one that has seen the end gets 204, which tells an EventSource to stop. A comment every 15 s keeps
the connection; a reader that takes nothing for long is dropped (`backend/api/served.py`).
"""

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, HeaderParameter

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.door import Door
from backend.api.event_stream import EventStream
from backend.api.replay import CLOSED, Place, parse_place
from backend.api.watching import events, find_turn, past_events
from backend.domain.events import TurnEvent
from backend.domain.identity import Scope, TenantId, TurnId
from backend.observe import metrics

MEDIA_TYPE = "text/event-stream"
#: Sent first: how long a browser waits before it resumes (its own default is several seconds).
_RETRY = b"retry: 1000\n\n"
#: Sent in a silence.
PING = b": ping\n\n"
HEADERS = {
    "Cache-Control": "no-store",
    # Buffering proxies would hold events back.
    "X-Accel-Buffering": "no",
}


@get(
    "/turns/{turn_id:uuid}/events",
    guards=[needs(Scope.CHAT)],
    tags=[Scope.CHAT],
    media_type=MEDIA_TYPE,
    summary="A turn's events, live and from its beginning",
    responses={
        200: ResponseSpec(
            str, media_type=MEDIA_TYPE, description="Server-Sent Events.", generate_examples=False
        ),
        204: ResponseSpec(None, description="`Last-Event-ID` is the end: there is no more."),
    },
)
async def turn_events(
    request: DoorRequest,
    turn_id: FromPath[UUID],
    last_event_id: Annotated[
        str | None,
        HeaderParameter(name="Last-Event-ID", description="The last event's id, to resume."),
    ] = None,
) -> Response[bytes] | EventStream:
    after = parse_place(last_event_id)
    turn = await find_turn(request.door, request.auth.tenant_id, TurnId(turn_id))
    if turn.status not in CLOSED:
        live = _live(request.door, request.auth.tenant_id, TurnId(turn.id), after)
        return EventStream(live, media_type=MEDIA_TYPE, headers=HEADERS)
    past = await past_events(request.door, turn, after)
    if not past:
        return Response(b"", status_code=204, headers=HEADERS)
    return Response(_whole(past), media_type=MEDIA_TYPE, headers=HEADERS)


async def _live(
    door: Door, tenant_id: TenantId, turn_id: TurnId, after: Place
) -> AsyncGenerator[bytes]:
    with metrics.EVENT_READERS.labels("stream").track_inprogress():
        yield _RETRY
        async with aclosing(events(door, tenant_id, turn_id, after)) as coming:
            async for event in coming:
                yield PING if event is None else _lines(event)


def _whole(past: Sequence[TurnEvent]) -> bytes:
    return b"".join([_RETRY, *map(_lines, past)])


def _lines(event: TurnEvent) -> bytes:
    """JSON has no line breaks of its own, so one `data` line holds it."""
    data = msgspec.json.encode(event.data)
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (
        event.id.encode(),
        event.kind.encode(),
        data,
    )
