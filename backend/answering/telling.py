"""Tell whoever watches what happens in a turn: events numbered in order, text in few pieces."""

import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from backend.domain.events import EventKind, TurnEvent

#: Shorter steps cannot be told apart by a reader, and each event costs a trip to Redis.
COALESCE_SECONDS = 0.05
#: Who asked without watching waits for the whole answer: until an answer takes longer than this,
#: its events travel together, in one trip in place of half a dozen.
UNWATCHED_SECONDS = 2.0
_LAST = frozenset({EventKind.TURN_ANSWERED, EventKind.TURN_FAILED})


class Telling:
    """The events of one attempt. Safe to call from the threads that tools run in."""

    def __init__(
        self,
        attempt: int,
        publish: Callable[[Sequence[TurnEvent]], None],
        *,
        watched: bool = True,
        first_seq: int = 1,
    ) -> None:
        self._attempt = attempt
        self._publish = publish
        self._kept_until = 0.0 if watched else time.monotonic() + UNWATCHED_SECONDS
        self._kept: list[TurnEvent] = []
        self._lock = threading.Lock()
        self._seq = first_seq - 1
        self._pending = ""
        self._last_delta = 0.0

    def emit(self, kind: EventKind, data: Mapping[str, Any]) -> None:
        """Publish an event, after any text that waits."""
        with self._lock:
            self._flush()
            self._send(kind, data)

    def text(self, piece: str) -> None:
        """Pass on a piece of the answer; pieces within 50 ms of each other travel together."""
        with self._lock:
            self._pending += piece
            if time.monotonic() - self._last_delta >= COALESCE_SECONDS:
                self._flush()

    def restart(self, reason: str) -> None:
        """The text so far is void."""
        with self._lock:
            self._pending = ""
            self._send(EventKind.ANSWER_RESTARTED, {"reason": reason})

    @contextmanager
    def ending(self) -> Generator[None]:
        """If the block fails, what happened so far is told all the same."""
        try:
            yield
        except Exception:
            with self._lock:
                self._publish_kept()
            raise

    def _flush(self) -> None:
        if self._pending:
            self._send(EventKind.ANSWER_DELTA, {"text": self._pending})
            self._pending = ""
            self._last_delta = time.monotonic()

    def _send(self, kind: EventKind, data: Mapping[str, Any]) -> None:
        self._seq += 1
        self._kept.append(TurnEvent(kind=kind, attempt=self._attempt, seq=self._seq, data=data))
        if kind in _LAST or time.monotonic() >= self._kept_until:
            self._publish_kept()

    def _publish_kept(self) -> None:
        if self._kept:
            kept, self._kept = self._kept, []
            self._publish(kept)
