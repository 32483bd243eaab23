"""What a client may see of a running turn, in order. Each has a JSON payload.

    turn.started  route.decided  tool.called  tool.finished  answer.delta
    answer.restarted  turn.answered  turn.failed

`answer.restarted` voids the text so far. `turn.answered` carries the whole body and is the last.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    TURN_STARTED = "turn.started"
    ROUTE_DECIDED = "route.decided"
    TOOL_CALLED = "tool.called"
    TOOL_FINISHED = "tool.finished"
    ANSWER_DELTA = "answer.delta"
    ANSWER_RESTARTED = "answer.restarted"
    TURN_ANSWERED = "turn.answered"
    TURN_FAILED = "turn.failed"
    #: Not a turn's: what the door asked a worker has its answer.
    ERRAND_ENDED = "errand.ended"

    @property
    def closes(self) -> bool:
        return self in {EventKind.TURN_ANSWERED, EventKind.TURN_FAILED, EventKind.ERRAND_ENDED}


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnEvent:
    """`attempt` and `seq` order events and make their id, `attempt-seq`."""

    kind: EventKind
    attempt: int
    seq: int
    data: Mapping[str, Any]

    @property
    def id(self) -> str:
        return f"{self.attempt}-{self.seq}"
