"""The steps of one attempt as they are taken, for its trace."""

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Literal

from backend.domain.trace import Step


class Steps:
    """Times are counted from the claim, a `time.monotonic()` instant."""

    def __init__(self, claimed_at: float) -> None:
        self._claimed_at = claimed_at
        self.taken: list[Step] = []

    @contextmanager
    def step(
        self, kind: Literal["gather", "understand", "check"], name: str
    ) -> Generator[dict[str, Any]]:
        """Note a step; the block fills in the details it is remembered by."""
        started = time.monotonic()
        detail: dict[str, Any] = {}
        yield detail
        self.taken.append(
            Step(
                kind=kind,
                name=name,
                started_ms=round((started - self._claimed_at) * 1000),
                time_ms=round((time.monotonic() - started) * 1000),
                detail=detail,
            )
        )
