"""What one attempt does as it does it, for its trace: also of an attempt that fails."""

import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal

from backend.domain.errors import SalesCrewError
from backend.domain.trace import Step, ToolCall


class Steps:
    """Times are counted from the claim, a `time.monotonic()` instant."""

    def __init__(self, claimed_at: float) -> None:
        self._claimed_at = claimed_at
        self._taken: list[Step] = []
        self.tool_calls: list[ToolCall] = []

    @property
    def taken(self) -> list[Step]:
        """In the order in which they began."""
        return sorted(self._taken, key=lambda step: step.started_ms)

    @contextmanager
    def step(
        self, kind: Literal["gather", "understand", "check"], name: str
    ) -> Generator[dict[str, Any]]:
        """Note a step; the block fills in the details it is remembered by.

        If the block raises, the public code of what it raised is one of them.
        """
        started = time.monotonic()
        detail: dict[str, Any] = {}
        try:
            yield detail
        except Exception as error:
            detail["error"] = code_of(error)
            raise
        finally:
            self._add(kind, name, started, detail)

    def note(self, kind: Literal["route", "record"], name: str, detail: Mapping[str, Any]) -> None:
        """Note what took no time of its own."""
        self._add(kind, name, time.monotonic(), detail)

    def add(self, steps: Sequence[Step], tool_calls: Sequence[ToolCall]) -> None:
        """Take over what somebody else has noted of this attempt."""
        self._taken.extend(steps)
        self.tool_calls.extend(tool_calls)

    def _add(
        self,
        kind: Literal["gather", "understand", "check", "route", "record"],
        name: str,
        started: float,
        detail: Mapping[str, Any],
    ) -> None:
        self._taken.append(
            Step(
                kind=kind,
                name=name,
                started_ms=round((started - self._claimed_at) * 1000),
                time_ms=round((time.monotonic() - started) * 1000),
                detail=detail,
            )
        )


def code_of(error: Exception) -> str:
    """The public code of an error; of one that is not ours, that it is internal."""
    return error.code if isinstance(error, SalesCrewError) else SalesCrewError.code
