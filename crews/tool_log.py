"""The tool calls of one turn, in the order in which they began.

Every call that a model asks for goes through here, also the ones that cannot be made, so that
events, trace and evidence agree on its number.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any

import structlog

from backend.domain.errors import SalesCrewError
from backend.domain.events import EventKind
from backend.domain.ports import Emit
from backend.domain.trace import ToolCall, ToolOutcome

log = structlog.get_logger(__name__)


class ToolLog:
    """Runs, times, tells and keeps tool calls. Safe for the threads of one turn.

    `claimed_at` is the `time.monotonic()` instant that calls count from.
    """

    def __init__(self, emit: Emit, claimed_at: float) -> None:
        self._emit = emit
        self._claimed_at = claimed_at
        self._lock = Lock()
        self._calls: list[ToolCall | None] = []

    def run(
        self, name: str, arguments: Mapping[str, Any], act: Callable[[], ToolOutcome]
    ) -> ToolOutcome:
        """Do `act` as the next call. Never raises: what goes wrong becomes a failed outcome.

        The figures of the outcome come back carrying the number of the call.
        """
        number = self._next_number()
        self._emit(
            EventKind.TOOL_CALLED, {"tool_call": number, "name": name, "arguments": arguments}
        )
        before = time.monotonic()
        outcome = _guarded(name, act)
        time_ms = round((time.monotonic() - before) * 1000)
        outcome = replace(
            outcome, figures=tuple(replace(figure, tool_call=number) for figure in outcome.figures)
        )
        call = ToolCall(
            name=name,
            arguments=arguments,
            outcome=outcome,
            started_ms=round((before - self._claimed_at) * 1000),
            time_ms=time_ms,
        )
        with self._lock:
            self._calls[number] = call
        self._emit(
            EventKind.TOOL_FINISHED,
            {
                "tool_call": number,
                "name": name,
                "ok": outcome.ok,
                "rows": outcome.rows,
                "error": outcome.error,
                "time_ms": time_ms,
            },
        )
        return outcome

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The calls that have finished."""
        with self._lock:
            return tuple(call for call in self._calls if call is not None)

    def _next_number(self) -> int:
        with self._lock:
            self._calls.append(None)
            return len(self._calls) - 1


def failed(code: str, advice: str) -> ToolOutcome:
    """A call that never reached its tool, or broke in it; `advice` tells the model what to do."""
    content = json.dumps({"status": code, "advice": advice}, ensure_ascii=False)
    return ToolOutcome(content=content, ok=False, error=code)


def _guarded(name: str, act: Callable[[], ToolOutcome]) -> ToolOutcome:
    try:
        return act()
    except Exception as error:
        log.exception("tool.raised", tool=name, error_type=type(error).__name__)
        return failed(SalesCrewError.code, "The tool failed. Say so. Never estimate the figure.")
