"""A measured figure: what was promised, what came out, and against what it was measured."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`bound` is None for a figure that is told for context, and promises nothing."""

    name: str
    value: float
    unit: str
    #: Where the value comes from, with the figures of its baseline from the same run.
    measured: str
    bound: float | None = None
    sense: Literal["at most", "at least"] = "at most"

    @property
    def verdict(self) -> Literal["pass", "short", "told"]:
        if self.bound is None:
            return "told"
        kept = self.value <= self.bound if self.sense == "at most" else self.value >= self.bound
        return "pass" if kept else "short"

    def line(self) -> str:
        promised = "" if self.bound is None else f" ({self.sense} {self.bound:g})"
        value = f"{self.value:.3g}" if abs(self.value) < 100 else f"{self.value:.0f}"
        return f"{self.verdict:5}  {self.name:34} {value} {self.unit}{promised}\n       {self.measured}"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share (0..1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
