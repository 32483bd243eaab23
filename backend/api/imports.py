"""POST /conversations/import: a caller's history, line by line, in bounded memory.

    receive -> check each line -> store chunks -> hand over to the workers -> wait a moment for them

What got 200 is stored and will be recallable; what was rejected is told with its line and the reason.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath
from msgspec import Meta, Struct

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.errors import ClientGone, RequestTimeout, TooLarge
from backend.api.schemas import MESSAGE_CHARACTERS, Name, check_name
from backend.api.strict_json import parse_json
from backend.domain.errors import InvalidRequest, NotFound
from backend.domain.identity import Scope, TenantId
from backend.store import imports
from backend.store.imports import Progress

#: One line: a message of the longest kind in escapes, and its names.
MOST_LINE_BYTES = 256 * 1024
MOST_LINES = 2_000_000
#: Years of what somebody may have said; dates at the calendar's edges have no place in every zone.
EARLIEST, LATEST = 1970, 2999
#: Lines in a chunk: one commit of a worker, some tens of milliseconds.
CHUNK_LINES = 400
#: Rejections that are told; all are counted.
MOST_TOLD = 1_000
#: A slow line must bring something within this time.
SILENCE_SECONDS = 30.0
#: Small imports are recallable when they are answered; large ones go on by themselves.
WAIT_SECONDS = 10.0
_POLL_SECONDS = 0.1


class ImportLine(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One message of the past."""

    user_id: Name
    conversation_id: Name
    role: Literal["user", "assistant"]
    text: Annotated[str, Meta(min_length=1, max_length=4 * MESSAGE_CHARACTERS)]
    at: datetime
    external_id: Annotated[str, Meta(min_length=1, max_length=255)] | None = None

    def __post_init__(self) -> None:
        check_name(self.user_id, "user_id")
        check_name(self.conversation_id, "conversation_id")
        if self.at.tzinfo is None:
            raise ValueError("`at` should have an offset, as in 2026-10-31T12:00:00-03:00")
        if not EARLIEST <= self.at.year <= LATEST:
            raise ValueError(f"`at` should be of a year from {EARLIEST} to {LATEST}")
        if not self.text.strip():
            raise ValueError("`text` is blank")


class Rejection(Struct, frozen=True, kw_only=True):
    line: Annotated[int, Meta(description="Counted from 1.")]
    reason: str


class ImportState(Struct, frozen=True, kw_only=True):
    """How far an import is."""

    import_id: UUID
    status: Literal["receiving", "queued", "running", "done", "failed"]
    lines: int
    accepted: int
    rejected: int
    stored: Annotated[int, Meta(description="Recallable now, that were not known before.")]
    repeated: Annotated[int, Meta(description="Known already by their `external_id`.")]
    without_vector: Annotated[
        int, Meta(description="Of all the tenant's memories: found by their words only as yet.")
    ]
    vectors: Annotated[
        dict[str, int],
        Meta(description="Of all the tenant's memories: how many have a vector of which model."),
    ]
    created_at: datetime
    finished_at: datetime | None


class Imported(ImportState, frozen=True, kw_only=True):
    rejections: Annotated[list[Rejection], Meta(description="The first 1,000.")]


@post(
    "/conversations/import",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    status_code=200,
    summary="Bring history: NDJSON, one message a line; idempotent by `external_id` within a user",
)
async def import_conversations(request: DoorRequest) -> Imported:
    door, tenant_id = request.door, request.auth.tenant_id
    import_id = await door.calls.run(imports.begin, door.database, tenant_id)
    reading = _Reading()
    try:
        async for chunk in reading.chunks(request):
            await door.calls.run(
                imports.add_chunk, door.database, tenant_id, import_id, reading.chunk_no, chunk
            )
        if not reading.lines:
            raise InvalidRequest("The body should be lines of JSON, and there is none")
    except BaseException:
        await door.calls.run(imports.abandon, door.database, tenant_id, import_id)
        raise
    await door.calls.run(
        imports.received,
        door.database,
        tenant_id,
        import_id,
        lines=reading.lines,
        accepted=reading.accepted,
        rejected=reading.lines - reading.accepted,
    )
    await asyncio.to_thread(door.doorbell.ring, "bulk", rung_by="api")
    state = await _settled(request, tenant_id, import_id)
    return Imported(**_fields(state), rejections=reading.rejections)


@get(
    "/imports/{import_id:uuid}",
    guards=[needs(Scope.ADMIN)],
    tags=[Scope.ADMIN],
    summary="How far an import is",
)
async def import_state(request: DoorRequest, import_id: FromPath[UUID]) -> ImportState:
    state = await _progress(request, request.auth.tenant_id, import_id)
    return ImportState(**_fields(state))


class _Reading:
    """A body that is read line by line."""

    def __init__(self) -> None:
        self.lines = 0
        self.accepted = 0
        self.chunk_no = -1
        self.rejections: list[Rejection] = []

    async def chunks(self, request: DoorRequest) -> AsyncGenerator[list[dict[str, Any]]]:
        chunk: list[dict[str, Any]] = []
        async for raw in _lines(request):
            self.lines += 1
            if self.lines > MOST_LINES:
                raise TooLarge
            line = self._line(raw)
            if line is not None:
                self.accepted += 1
                chunk.append({"no": self.lines, **msgspec.to_builtins(line)})
            if len(chunk) == CHUNK_LINES:
                self.chunk_no += 1
                yield chunk
                chunk = []
        if chunk:
            self.chunk_no += 1
            yield chunk

    def _line(self, raw: bytes) -> ImportLine | None:
        try:
            return msgspec.convert(parse_json(raw), ImportLine)
        except (InvalidRequest, msgspec.ValidationError) as error:
            if len(self.rejections) < MOST_TOLD:
                reason = str(error).replace("The body", "The line")
                self.rejections.append(Rejection(line=self.lines, reason=reason[:300]))
            return None


async def _lines(request: DoorRequest) -> AsyncGenerator[bytes]:
    """The lines of the body that are not blank. No more of it is held than one line."""
    held, more = b"", True
    while more:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                message = await request.receive()
        except TimeoutError as error:
            raise RequestTimeout from error
        if message["type"] != "http.request":
            raise ClientGone
        more = message.get("more_body", False)
        *whole, held = (held + message.get("body", b"")).split(b"\n")
        for line in whole:
            if line.strip():
                yield line
        if len(held) > MOST_LINE_BYTES:
            raise TooLarge
    if held.strip():
        yield held


async def _settled(request: DoorRequest, tenant_id: TenantId, import_id: UUID) -> Progress:
    """The import when it is done, or as far as it is after a moment."""
    door = request.door
    until = asyncio.get_running_loop().time() + WAIT_SECONDS
    while asyncio.get_running_loop().time() < until:
        if await door.calls.run(imports.is_over, door.database, tenant_id, import_id):
            break
        await asyncio.sleep(_POLL_SECONDS)
    return await _progress(request, tenant_id, import_id)


async def _progress(request: DoorRequest, tenant_id: TenantId, import_id: UUID) -> Progress:
    door = request.door
    state = await door.calls.run(imports.progress, door.database, tenant_id, import_id)
    if state is None:
        raise NotFound
    return state


def _fields(state: Progress) -> dict[str, Any]:
    return {
        "import_id": state.id,
        "status": state.status,
        "lines": state.lines,
        "accepted": state.accepted,
        "rejected": state.rejected,
        "stored": state.stored,
        "repeated": state.repeated,
        "without_vector": state.without_vector,
        "vectors": dict(state.vectors),
        "created_at": state.created_at,
        "finished_at": state.finished_at,
    }
