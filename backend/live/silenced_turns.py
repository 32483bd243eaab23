"""Turns of which nobody may tell any more: their events are taken out of Redis, and none come after.

Whoever still works on such a turn goes on publishing until it finds its rows gone. The mark that stops
it holds no more than the turn's id, and goes away by itself.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import redis

from backend.domain.errors import StoreUnavailable
from backend.domain.events import TurnEvent
from backend.live.events import channel, encode, history_key, silence_key

#: Longer than any attempt may last.
SILENT_SECONDS = 3_600


class SilencedTurns:
    """Raises StoreUnavailable where Redis does not answer: nothing is erased by hope."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=5)

    def silence(self, turn_ids: Sequence[UUID]) -> None:
        """From now on no event of these turns is kept or announced."""
        try:
            pipeline = self._client.pipeline(transaction=False)
            for turn_id in turn_ids:
                pipeline.set(silence_key(turn_id), 1, ex=SILENT_SECONDS)
            pipeline.execute()
        except redis.RedisError as error:
            raise StoreUnavailable from error

    def announce(self, ends: Mapping[UUID, TurnEvent]) -> None:
        """Tell whoever waits for these turns that they are over; nothing of it is kept."""
        try:
            pipeline = self._client.pipeline(transaction=False)
            for turn_id, end in ends.items():
                pipeline.publish(channel(turn_id), encode(end))
            pipeline.execute()
        except redis.RedisError as error:
            raise StoreUnavailable from error

    def forget(self, turn_ids: Sequence[UUID]) -> int:
        """Delete what is kept of these turns' events; of how many there was something."""
        if not turn_ids:
            return 0
        try:
            return int(self._client.unlink(*map(history_key, turn_ids)))
        except redis.RedisError as error:
            raise StoreUnavailable from error

    def close(self) -> None:
        self._client.close()
