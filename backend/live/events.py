"""A turn's events on their way to whoever watches: kept for a while, announced at once.

Redis may lose them; what a watcher then misses is rebuilt from rows (`backend/api/replay.py`).
"""

import json
from collections.abc import Mapping
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


def history_key(turn_id: UUID) -> str:
    return f"sales:turn:{turn_id}:events"


def channel(turn_id: UUID) -> str:
    return f"sales:turn:{turn_id}"


class TurnEvents:
    """Publishes events. Never raises: losing one costs a watcher a moment, not an answer."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=1, socket_timeout=2, max_connections=128
        )

    def publish(self, turn_id: UUID, event: TurnEvent) -> None:
        encoded = encode(event)
        try:
            with self._client.pipeline(transaction=False) as pipe:
                key = history_key(turn_id)
                pipe.xadd(key, {"event": encoded}, maxlen=MOST_EVENTS, approximate=True)
                pipe.expire(key, KEPT_SECONDS)
                pipe.publish(channel(turn_id), encoded)
                pipe.execute()
        except redis.RedisError as error:
            log.warning("event.unpublished", kind=event.kind, error=type(error).__name__)

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
