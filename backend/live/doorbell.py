"""The doorbell: a Dramatiq message says that a lane has work. It is a permission, not the work.

The rows in Postgres are the truth, so a ring that is lost, doubled or late is harmless. The
stock Redis broker polls with a sleep that grows to a second, which on sparse traffic is most of
an answer's time (p50 about 400 ms); here an idle consumer blocks on a token instead, and one
whose threads are all busy waits for the first of them to be free.
"""

import socket
import threading
import time
from typing import Any
from uuid import uuid4

import dramatiq
import redis
import structlog
from dramatiq.brokers.redis import RedisBroker, _RedisConsumer
from dramatiq.errors import ConnectionClosed
from dramatiq.middleware import CurrentMessage, Middleware

log = structlog.get_logger(__name__)

#: The one actor there is: take the next task of the lane.
ACTOR = "task.work"
#: Tokens kept for sleeping workers; more would only wake those that find nothing.
TOKENS = 64
#: How long an idle consumer blocks before it looks by itself.
BLOCK_SECONDS = 1.0
#: A Redis that did not hear is not rung again for this long: one that hangs costs each ring its
#: whole time-out, and the sweeper rings anyway.
DEAF_SECONDS = 1.0

NAMESPACE = "sales"
#: What Dramatiq's own "enqueue" does to the queue (KEYS 1 and 2), and a token for whoever sleeps:
#: one trip to Redis for both.
_RING = """
redis.call("hset", KEYS[2], ARGV[1], ARGV[2])
redis.call("rpush", KEYS[1], ARGV[1])
redis.call("rpush", KEYS[3], 1)
redis.call("ltrim", KEYS[3], -tonumber(ARGV[3]), -1)
"""


class DoorbellBroker(RedisBroker):
    """One lane's queue. Dead workers' messages come back after one heartbeat, not by chance."""

    def __init__(self, url: str, lane: str, middleware: list[Middleware] | None = None) -> None:
        super().__init__(
            client=_patient_client(url),
            middleware=middleware or [CurrentMessage()],
            namespace=NAMESPACE,
            heartbeat_timeout=15_000,
            maintenance_chance=1_000_000,
        )
        self.lane = lane

    @property
    def consumer_class(self) -> type["DoorbellConsumer"]:
        return DoorbellConsumer

    def declare_queue(self, queue_name: str) -> None:
        """Declare the lane's queue, and no delay queue: tasks wait in Postgres."""
        if queue_name not in self.queues:
            self.emit_before("declare_queue", queue_name)
            self.queues.add(queue_name)
            self.emit_after("declare_queue", queue_name)


class DoorbellConsumer(_RedisConsumer):
    """A consumer that blocks where the stock one sleeps."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._freed = threading.Event()
        #: The last look found less than there was room for. Whoever rings since leaves a token.
        self._emptied = False

    def ack(self, message: Any) -> None:
        super().ack(message)
        self._freed.set()

    def nack(self, message: Any) -> None:
        super().nack(message)
        self._freed.set()

    def __next__(self) -> Any:
        room = self.prefetch - self.outstanding_message_count
        if not self.message_cache:
            if room <= 0:
                self._freed.wait(BLOCK_SECONDS)
                self._freed.clear()
                return None
            if self._emptied:
                self._block()
            self._look(room)
        # The stock back-off, a sleep, is never reached: there is a message.
        return super().__next__() if self.message_cache else None

    def _look(self, room: int) -> None:
        try:
            self.message_cache = self.broker.do_fetch(self.queue_name, room)
        except redis.ConnectionError as error:
            raise ConnectionClosed(error) from None
        self._emptied = len(self.message_cache) < room

    def _block(self) -> None:
        """Sleep until somebody rings. A token that came while nobody slept is still there."""
        try:
            self.broker.client.blpop([_wake_key(self.queue_name)], timeout=BLOCK_SECONDS)
        except redis.ConnectionError as error:
            raise ConnectionClosed(error) from None


class Doorbell:
    """What rings. Never raises: with Redis away the sweeper rings later."""

    def __init__(self, url: str) -> None:
        self._client = redis.Redis.from_url(
            url, socket_connect_timeout=1, socket_timeout=2, health_check_interval=15
        )
        self._script = self._client.register_script(_RING)
        self._deaf_until = 0.0

    def ring(self, lane: str, *, rung_by: str) -> bool:
        """Tell the lane's workers that there is work; says whether Redis heard it."""
        if time.monotonic() < self._deaf_until:
            return False
        ring_id = str(uuid4())
        message: dramatiq.Message[Any] = dramatiq.Message(
            queue_name=lane,
            actor_name=ACTOR,
            args=(),
            kwargs={"rung_by": rung_by},
            options={"redis_message_id": ring_id},
        )
        queue = _queue_key(lane)
        try:
            self._script(
                keys=[queue, f"{queue}.msgs", _wake_key(lane)],
                args=[ring_id, message.encode(), TOKENS],
            )
        except redis.RedisError as error:
            self._deaf_until = time.monotonic() + DEAF_SECONDS
            log.warning("doorbell.unheard", lane=lane, error=type(error).__name__)
            return False
        return True

    def waiting(self, lane: str) -> int:
        """How many rings of the lane nobody has heard yet; 0 with Redis away."""
        try:
            return int(self._client.llen(_queue_key(lane)))
        except redis.RedisError:
            return 0

    def close(self) -> None:
        self._client.close()


def _patient_client(url: str) -> "redis.Redis":
    """A client without socket_timeout: a timed-out acknowledgement would strand its message.

    A host that vanishes without a word is found by the kernel's own probes instead, in half a
    minute.
    """
    probes = {
        getattr(socket, name): seconds
        for name, seconds in (("TCP_KEEPIDLE", 15), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 3))
        if hasattr(socket, name)
    }
    # A Unix socket has no host to lose.
    tcp = (
        {}
        if url.startswith("unix")
        else {"socket_keepalive": True, "socket_keepalive_options": probes}
    )
    return redis.Redis.from_url(url, socket_connect_timeout=2, health_check_interval=15, **tcp)


def _queue_key(lane: str) -> str:
    """Dramatiq's list of a queue's messages; beside it, `.msgs` holds what they say."""
    return f"{NAMESPACE}:{lane}"


def _wake_key(lane: str) -> str:
    return f"{_queue_key(lane)}.wake"
