"""Rows kept in Redis for a while. A Redis that is away costs one short wait and then nothing.

What it holds was written by workers with the same secret, or is not believed: each value carries a
seal over its key and bytes, so that neither planted nor moved bytes are read.
"""

import hashlib
import hmac
import time

import redis
import structlog

log = structlog.get_logger(__name__)

#: A healthy Redis answers in under a millisecond; a question must not wait for a sick one.
TIMEOUT_SECONDS = 0.25
#: After a failure nobody asks for this long.
DEAF_SECONDS = 5.0
#: A year of days with a dozen columns; larger results are read again.
MOST_BYTES = 256 * 1024
_SEAL_BYTES = 32


class KeptRows:
    """Thread-safe. Never raises."""

    def __init__(self, url: str, secret: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=TIMEOUT_SECONDS, socket_timeout=TIMEOUT_SECONDS
        )
        # The context keeps this key apart from any other that is made from the same secret.
        self._secret = hashlib.sha256(b"sales-crew kept rows\x00" + secret.encode()).digest()
        self._deaf_until = 0.0

    def get(self, key: str) -> bytes | None:
        """What was kept under the key; None when there is nothing, or nothing to be believed."""
        if time.monotonic() < self._deaf_until:
            return None
        try:
            sealed = self._client.get(_name(key))
        except redis.RedisError as error:
            self._fail(error)
            return None
        if not isinstance(sealed, bytes):
            return None
        seal, value = sealed[:_SEAL_BYTES], sealed[_SEAL_BYTES:]
        if not hmac.compare_digest(seal, self._seal(key, value)):
            log.warning("cache.not_believed")
            return None
        return value

    def put(self, key: str, value: bytes, seconds: float) -> None:
        """Keep a value for some time above 0, unless it is too large."""
        if len(value) > MOST_BYTES or time.monotonic() < self._deaf_until:
            return
        try:
            sealed = self._seal(key, value) + value
            self._client.set(_name(key), sealed, px=max(1, round(seconds * 1000)))
        except redis.RedisError as error:
            self._fail(error)

    def close(self) -> None:
        self._client.close()

    def _seal(self, key: str, value: bytes) -> bytes:
        return hmac.digest(self._secret, key.encode() + b"\x00" + value, "sha256")

    def _fail(self, error: redis.RedisError) -> None:
        self._deaf_until = time.monotonic() + DEAF_SECONDS
        log.warning("cache.unreachable", error=type(error).__name__)


def _name(key: str) -> str:
    return f"sales:rows:{key}"
