"""What the crew is handed for one turn: its whole world."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from backend.domain.chat import Subject
from backend.domain.ports import ChatModel, Emit, OnText, Tool
from backend.domain.trace import Step, ToolCall
from backend.domain.turns import Decision, Route

Specialist = Literal["sales", "market"]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewRun:
    """One turn to answer. `deadline` and `claimed_at` are `time.monotonic()` instants.

    A specialist without tools is not offered to the router.
    """

    subject: Subject
    #: None when the rules are unsure: the router agent decides then.
    route: Route | None
    #: By specialist.
    tools: Mapping[str, tuple[Tool, ...]]
    model: ChatModel
    emit: Emit
    #: Receives final-answer text as it is written; see `answer.restarted`.
    on_text: OnText | None = None
    #: Receives what was done, at the end, also of a turn that ends without a draft.
    on_end: Callable[[Sequence[Step], Sequence[ToolCall]], None] | None = None
    deadline: float
    #: What the times of the steps count from.
    claimed_at: float

    def possible(self) -> tuple[Decision, ...]:
        """The decisions that this turn has the tools for."""
        needs: dict[Decision, tuple[Specialist, ...]] = {
            Decision.SALES: ("sales",),
            Decision.MARKET: ("market",),
            Decision.BOTH: ("sales", "market"),
        }
        return tuple(
            decision
            for decision in Decision
            if all(self.tools.get(specialist) for specialist in needs.get(decision, ()))
        )
