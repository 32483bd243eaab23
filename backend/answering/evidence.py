"""What a turn may state as a figure: what its tools returned, what the user said, what memory and
passages say, and the day it is. Everything else is made up.

Figures of the company's own sales are typed (`facts.py`): they support a statement that names their
metric, member and period, or none. All other numbers only support themselves.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from backend.answering.facts import Facts, plain
from backend.answering.mentions import Mentions, nothing_mentioned
from backend.answering.numbers import WrittenNumber, written_numbers
from backend.domain.chat import Remembered, ToolSpec
from backend.domain.ports import Tool
from backend.domain.trace import ToolOutcome


@dataclass(slots=True)
class Evidence:
    """Grows as tools answer. One per turn; not shared between threads of different turns."""

    #: Finds what a statement names: metrics, members, periods, words of rank.
    mentions: Mentions = nothing_mentioned
    facts: Facts = field(default_factory=Facts)
    outcomes: list[ToolOutcome] = field(default_factory=list)
    _values: set[Decimal] = field(default_factory=set)

    def hear(self, texts: Iterable[str]) -> None:
        for text in texts:
            for number in written_numbers(text):
                self._values |= number.values

    def witness(self, outcome: ToolOutcome) -> None:
        """Take a tool's answer as evidence, if it is one."""
        self.outcomes.append(outcome)
        if not outcome.ok:
            return
        if outcome.sql is not None:
            self.facts.add(outcome)
            self.hear(name for figure in outcome.figures for name in figure.members.values())
            # The last line says where the rows come from, and when they were read.
            self.hear((outcome.summary or "").splitlines()[1:][-1:])
            if outcome.rows is not None:
                # "As 8 categorias": how many rows there are is known, too.
                self._values.add(Decimal(outcome.rows))
            return
        self.hear([outcome.content, outcome.summary or ""])
        for figure in outcome.figures:
            self._values.add(abs(Decimal(str(figure.value))))
        self._values |= _numbers_in(plain(outcome.content))

    def heard(self, number: WrittenNumber) -> bool:
        """Whether the number itself was said, by whomever it may be quoted from."""
        if number.values & self._values:
            return True
        if number.tolerance == 0:
            return False
        return any(
            abs(value - known) <= number.tolerance
            for value in number.values
            for known in self._values
        )


def of_turn(
    question: str,
    memory: Iterable[Remembered],
    dates: Iterable[str],
    mentions: Mentions = nothing_mentioned,
) -> Evidence:
    """What is known before any tool has run: the user's words, dated memory, and the calendar."""
    evidence = Evidence(mentions=mentions)
    evidence.hear([question, *(f"{line.text} {line.at}" for line in memory)])
    for day in dates:
        evidence.hear(day.split("-"))
    return evidence


@dataclass(frozen=True, slots=True)
class WitnessedTool:
    """A tool whose answers become evidence as they are given."""

    tool: Tool
    evidence: Evidence
    #: See backend.answering.world.World.
    aside: Callable[[], AbstractContextManager[None]]

    @property
    def spec(self) -> ToolSpec:
        return self.tool.spec

    def call(self, arguments: Mapping[str, Any]) -> ToolOutcome:
        with self.aside():
            outcome = self.tool.call(arguments)
        self.evidence.witness(outcome)
        return outcome


def _numbers_in(value: Any) -> set[Decimal]:
    if isinstance(value, Decimal):
        return {abs(value)}
    if isinstance(value, dict):
        return set().union(*(_numbers_in(item) for item in value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*(_numbers_in(item) for item in value)) if value else set()
    return set()
