"""A turn's events on their way to whoever watches: kept for a while, announced at once.

Redis may lose them; what a watcher then misses is rebuilt from rows (`backend/api/replay.py`).
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
import redis
import structlog

from backend.domain.events import EventKind, TurnEvent

log = structlog.get_logger(__name__)

#: Long enough for a client that lost its connection; the rows stay for ever.
KEPT_SECONDS = 900
#: An answer of 8,000 characters at 20 deltas a second stays far below.
MOST_EVENTS = 2_000

#: Keep events and announce them, in one trip: half the work of three commands in a pipeline. Of a
#: turn whose asker was erased nothing is told any more.
_PUBLISH = """
if redis.call("exists", KEYS[2]) == 1 then
    return
end
for at = 4, #ARGV do
    redis.call("xadd", KEYS[1], "MAXLEN", "~", ARGV[1], "*", "event", ARGV[at])
    redis.call("publish", ARGV[3], ARGV[at])
end
redis.call("expire", KEYS[1], ARGV[2])
"""


def history_key(turn_id: UUID) -> str:
    return f"sales:turn:{turn_id}:events"


def channel(turn_id: UUID) -> str:
    return f"sales:turn:{turn_id}"


def silence_key(turn_id: UUID) -> str:
    """Where it is said that nothing of the turn may be told any more."""
    return f"sales:turn:{turn_id}:silent"


class TurnEvents:
    """Publishes events. Never raises: losing one costs a watcher a moment, not an answer."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=1, socket_timeout=2, max_connections=128
        )
        self._script = self._client.register_script(_PUBLISH)

    def publish(self, turn_id: UUID, events: Sequence[TurnEvent]) -> None:
        try:
            self._script(
                keys=[history_key(turn_id), silence_key(turn_id)],
                args=[MOST_EVENTS, KEPT_SECONDS, channel(turn_id), *map(encode, events)],
            )
        except redis.RedisError as error:
            log.warning("event.unpublished", kind=events[-1].kind, error=type(error).__name__)

    def close(self) -> None:
        self._client.close()


def encode(event: TurnEvent) -> bytes:
    return msgspec.json.encode(
        {"kind": event.kind, "attempt": event.attempt, "seq": event.seq, "data": event.data}
    )


def decode(raw: bytes) -> TurnEvent:
    """The event in a payload that `encode` made."""
    fields: Mapping[str, Any] = json.loads(raw)
    return TurnEvent(
        kind=EventKind(fields["kind"]),
        attempt=fields["attempt"],
        seq=fields["seq"],
        data=fields["data"],
    )
