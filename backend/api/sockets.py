"""WS /ws/chat: questions as frames, their turns' events as frames back, many at a time.

In: the body of POST /chat, with `ref` and `idempotency_key` if wanted. Out: `{"event", "id",
"turn_id", "ref", "data"}` for each event, or `{"event": "error", "ref", "data": <problem>}`. A
socket that closes changes nothing about its turns.
"""

import asyncio
import contextlib
import time
from typing import Any
from urllib.parse import urlsplit

import msgspec
import structlog
from litestar import WebSocket, websocket
from litestar.exceptions import WebSocketDisconnect

from backend.api import problems
from backend.api.auth import identify
from backend.api.door import Door, door_of
from backend.api.errors import TooManyRequests
from backend.api.keys import bearer_key
from backend.api.questions import submission_of, submit
from backend.api.refusals import refuse
from backend.api.replay import Place
from backend.api.schemas import Frame
from backend.api.strict_json import parse_json
from backend.api.watching import events
from backend.domain.errors import InvalidRequest, NotAllowed, SalesCrewError, Unauthenticated
from backend.domain.events import TurnEvent
from backend.domain.identity import Caller, Scope, TurnId
from backend.observe import metrics

log = structlog.get_logger(__name__)

Socket = WebSocket[Any, Any, Any]

#: Turns that one socket may have open: more than a person, or a bridge for a few, needs at once.
MOST_OPEN = 16
#: Frames a second from one socket: far above any conversation, far below what hurts others.
MOST_FRAMES = 50
#: With the time that a key is remembered, below the five seconds within which a revoked key is
#: refused everywhere.
RECHECK_SECONDS = 2.5
#: RFC 6455: the peer breaks a rule of ours.
POLICY_VIOLATION = 1008


@websocket("/ws/chat")
async def chat_socket(socket: Socket) -> None:
    try:
        caller = await _welcome(socket)
    except SalesCrewError as error:
        await socket.receive()
        await refuse(socket.scope, socket.send, error)
        return
    await socket.accept()
    with metrics.EVENT_READERS.labels("socket").track_inprogress():
        await _ChatSocket(socket, caller).run()


class _ChatSocket:
    """One socket, from its acceptance to its end."""

    def __init__(self, socket: Socket, caller: Caller) -> None:
        self._socket = socket
        self._caller = caller
        self._door: Door = door_of(socket)
        self._turns: set[asyncio.Task[None]] = set()
        self._second, self._frames = 0, 0
        self._is_closed = False

    async def run(self) -> None:
        watch = asyncio.create_task(self._watch_key())
        try:
            while (text := await self._receive()) is not None:
                if self._is_flood():
                    await self._close("too many frames")
                    return
                await self._take(text)
        finally:
            for task in (watch, *self._turns):
                task.cancel()

    async def _receive(self) -> str | bytes | None:
        message = await self._socket.receive()
        if message["type"] != "websocket.receive":
            return None
        return message.get("text") or message.get("bytes") or b""

    async def _take(self, text: str | bytes) -> None:
        ref = None
        try:
            parsed = parse_json(text)
            ref = _ref(parsed)
            frame = msgspec.convert(parsed, Frame)
            if len(self._turns) >= MOST_OPEN:
                raise TooManyRequests
        except msgspec.ValidationError as error:
            await self._complain(InvalidRequest(str(error)), ref)
        except SalesCrewError as error:
            await self._complain(error, ref)
        else:
            task = asyncio.create_task(self._answer(frame))
            self._turns.add(task)
            task.add_done_callback(self._turns.discard)

    async def _answer(self, frame: Frame) -> None:
        """Store the question and pass on its events."""
        try:
            submission = submission_of(
                frame.body,
                self._caller,
                trace_id=self._socket.scope["state"]["trace_id"],
                idempotency_key=frame.idempotency_key,
                watched=True,
            )
            accepted = await submit(self._door, submission)
            coming = events(self._door, self._caller.tenant_id, accepted.turn_id, Place())
            async with contextlib.aclosing(coming) as following:
                async for event in following:
                    if event is not None:
                        await self._tell(event, accepted.turn_id, frame.ref)
        except SalesCrewError as error:
            await self._complain(error, frame.ref)
        except Exception as error:  # one frame must not end the others
            log.exception("socket.frame_failed")
            await self._complain(error, frame.ref)

    async def _tell(self, event: TurnEvent, turn_id: TurnId, ref: str | None) -> None:
        await self._send(
            {
                "event": event.kind,
                "id": event.id,
                "turn_id": turn_id,
                "ref": ref,
                "data": event.data,
            }
        )

    async def _complain(self, error: Exception, ref: str | None) -> None:
        await self._send({"event": "error", "ref": ref, "data": problems.problem_of(error)})

    async def _send(self, frame: dict[str, Any]) -> None:
        if frame["ref"] is None:
            del frame["ref"]
        if self._is_closed:
            return
        # One that has left, or is dropped because it takes nothing: `run` hears of it and ends.
        with contextlib.suppress(OSError, WebSocketDisconnect):
            await self._socket.send_data(msgspec.json.encode(frame).decode())

    async def _close(self, reason: str) -> None:
        self._is_closed = True
        await self._socket.close(POLICY_VIOLATION, reason)

    def _is_flood(self) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._frames = second, 0
        self._frames += 1
        return self._frames > MOST_FRAMES

    async def _watch_key(self) -> None:
        """Close the socket when its key is revoked. A database that is away revokes nothing."""
        key = bearer_key(self._socket.scope["headers"])
        while True:
            await asyncio.sleep(RECHECK_SECONDS)
            try:
                await self._door.keys.holder(key)
            except Unauthenticated:
                await self._close("the API key was revoked")
                return
            except SalesCrewError as error:
                log.warning("socket.key_unchecked", code=error.code)


async def _welcome(socket: Socket) -> Caller:
    """Who opens the socket. Raises Unauthenticated, NotAllowed, StoreUnavailable."""
    caller = await identify(socket)
    if not caller.may(Scope.CHAT):
        raise NotAllowed
    origin = socket.headers.get("origin")
    # Browsers always say where a page came from; our own pages come from our own host.
    if origin is not None and urlsplit(origin).netloc != socket.headers.get("host"):
        raise NotAllowed("Pages of other origins may not open this socket")
    return caller


def _ref(parsed: Any) -> str | None:
    """The `ref` of a frame that may be wrong otherwise, so that its sender knows which one."""
    ref = parsed.get("ref") if isinstance(parsed, dict) else None
    return ref if isinstance(ref, str) and len(ref) <= 128 else None
