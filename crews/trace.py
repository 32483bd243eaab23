"""What CrewAI did in one turn, as the domain's steps.

Listens through CrewAI's context-local stream sink: called in order, in the emitting thread's
context, for this turn only. (Handlers of its event bus see all turns at once and may still be
running when an answer is ready.)
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Lock
from typing import Any

from crewai.events.stream_context import add_stream_sink, reset_stream_sinks
from crewai.events.types.agent_events import (
    AgentExecutionCompletedEvent,
    AgentExecutionErrorEvent,
    AgentExecutionStartedEvent,
)
from crewai.events.types.llm_events import LLMCallCompletedEvent, LLMCallFailedEvent
from crewai.events.types.tool_usage_events import ToolFailureDetectedEvent, ToolUsageStartedEvent
from crewai.tools.tool_failure import ToolFailureReason

from backend.domain.trace import Step


class RunTrace:
    """The agent runs of one turn. Agents never overlap; tools of one reply may.

    `claimed_at` is the `time.monotonic()` instant that steps count from; `agents` names the agent
    of each task. The task called `route` makes a step of kind `route`.
    """

    def __init__(self, *, claimed_at: float, agents: Mapping[str, str]) -> None:
        self._claimed_at = claimed_at
        self._agents = agents
        self._lock = Lock()
        self._steps: list[Step] = []
        self._task: str | None = None
        self._began = 0.0
        self._counts: Counter[str] = Counter()

    @contextmanager
    def listening(self) -> Iterator[None]:
        token = add_stream_sink(self._hear)
        try:
            yield
        finally:
            reset_stream_sinks(token)
            # CrewAI emits no end for an agent that was stopped on purpose.
            self._close("stopped")

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._steps)

    def _hear(self, _source: Any, event: Any) -> None:
        match event:
            case AgentExecutionStartedEvent():
                self._open(event.task.name)
            case AgentExecutionCompletedEvent():
                self._close("answered")
            case AgentExecutionErrorEvent():
                self._close("failed")
            case LLMCallCompletedEvent(usage=usage):
                used = usage or {}
                self._count(
                    llm_calls=1,
                    input_tokens=used.get("prompt_tokens", 0),
                    output_tokens=used.get("completion_tokens", 0),
                )
            case LLMCallFailedEvent():
                self._count(llm_calls=1, failed_llm_calls=1)
            case ToolUsageStartedEvent():
                self._count(tool_calls=1)
            case ToolFailureDetectedEvent(failure=failure):
                # Arguments that are not JSON fail before CrewAI speaks of a start.
                unread = failure.reason is ToolFailureReason.INVALID_INPUT
                self._count(failed_tool_calls=1, tool_calls=int(unread))
            case _:
                pass

    def _open(self, task: str) -> None:
        self._task, self._began = task, time.monotonic()
        self._counts = Counter()

    def _close(self, outcome: str) -> None:
        if self._task is None:
            return
        self._steps.append(
            Step(
                kind="route" if self._task == "route" else "agent",
                name=self._agents[self._task],
                started_ms=round((self._began - self._claimed_at) * 1000),
                time_ms=round((time.monotonic() - self._began) * 1000),
                detail={"task": self._task, "outcome": outcome, **self._counts},
            )
        )
        self._task = None

    def _count(self, **counts: int) -> None:
        with self._lock:
            self._counts.update(counts)
