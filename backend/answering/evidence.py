"""What a turn may state as a figure: what its tools returned, what the user said, what memory and
passages say, and the day it is. Everything else is made up.

Figures of the company's own sales are typed (`facts.py`): they support a statement that names their
metric, member and period, or none. All other numbers only support themselves.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from backend.answering.claims import claim_of
from backend.answering.facts import Facts, plain
from backend.answering.mentions import Mentions, nothing_mentioned
from backend.answering.numbers import WrittenNumber, written_numbers
from backend.answering.quoted import QuotedNumbers
from backend.domain.chat import Remembered, ToolSpec
from backend.domain.ports import Tool
from backend.domain.trace import ToolOutcome

#: A number without a unit up to this may be a day, or how many are to be listed.
_MOST_DAYS = 366


@dataclass(slots=True)
class Evidence:
    """Grows as tools answer. One per turn; not shared between threads of different turns."""

    #: Finds what a statement names: metrics, members, periods, words of rank.
    mentions: Mentions = nothing_mentioned
    facts: Facts = field(default_factory=Facts)
    outcomes: list[ToolOutcome] = field(default_factory=list)
    #: The day that the turn's answer is of.
    today: date | None = None
    #: The user's own words.
    question: str = ""
    #: Its numbers are taken up when somebody asks for them: what is certain never does.
    _is_question_heard: bool = False
    #: What passages of documents say.
    quoted: QuotedNumbers = field(default_factory=QuotedNumbers)
    _values: set[Decimal] = field(default_factory=set)
    #: Amounts that the user or the query set.
    _asked: set[Decimal] = field(default_factory=set)
    #: Days, years, the length of a list: numbers that make no amount.
    _counters: set[Decimal] = field(default_factory=set)

    def hear(self, texts: Iterable[str]) -> None:
        for text in texts:
            for number in written_numbers(text):
                self._values |= number.values

    def remember(self, memory: Iterable[Remembered]) -> None:
        """Hear what was said before, and when."""
        for line in memory:
            self.hear([line.text])
            self.count([line.at])

    def count(self, texts: Iterable[str]) -> None:
        """Hear numbers that make no amount."""
        for text in texts:
            for number in written_numbers(text):
                self._counters |= number.values

    def ask(self, question: str) -> None:
        """Take the user's words."""
        self.question = question
        self._is_question_heard = False

    def witness(self, outcome: ToolOutcome) -> None:
        """Take a tool's answer as evidence, if it is one."""
        self.outcomes.append(outcome)
        if not outcome.ok:
            # A refusal has no figures, but may tell when the source was last read.
            self.count([outcome.summary or ""])
            return
        if outcome.sql is not None:
            self.facts.add(outcome)
            self._asked |= _bounds(outcome.content)
            self.count(name for figure in outcome.figures for name in figure.members.values())
            # The last line says where the rows come from, and when they were read.
            self.count((outcome.summary or "").splitlines()[1:][-1:])
            if outcome.rows is not None:
                # "As 8 categorias": how many rows there are is known, too.
                self._counters.add(Decimal(outcome.rows))
            return
        if outcome.passages:
            for passage in outcome.passages:
                self.quoted.add(passage)
                # Pages, sections, and a title's year make no amount.
                self.count([passage.citation])
            return
        self.hear([outcome.content, outcome.summary or ""])
        for figure in outcome.figures:
            self._values.add(abs(Decimal(str(figure.value))))
        self._values |= _numbers_in(plain(outcome.content))

    def heard(
        self,
        number: WrittenNumber,
        *,
        as_amount: bool,
        as_asked: bool,
        named_in: str | None = None,
    ) -> bool:
        """Whether the number itself was said, by whomever it may be quoted from.

        What the user asks about ("bateu 100 mil?") is theirs, and may be told so: `as_asked`. What
        documents say counts, with `named_in`, only if this text names the document.
        """
        if not self._is_question_heard:
            self._hear_question()
        known = self._values | self.quoted.values(named_in=named_in)
        if as_asked:
            known |= self._asked
        if number.values & known:
            return True
        if not as_amount and number.values & self._counters:
            return True
        if number.tolerance == 0:
            return False
        return any(
            abs(value - each) <= number.tolerance for value in number.values for each in known
        )

    def _hear_question(self) -> None:
        """What the user says of days, years and "top 5" makes no amount either."""
        self._is_question_heard = True
        named = [each for each in self.mentions(self.question) if each.kind == "period"]
        for number in written_numbers(self.question):
            unit = claim_of(self.question, number)
            is_time = any(each.start <= number.start < each.end for each in named)
            is_amount = (
                unit.is_money or unit.is_percent or max(number.values, default=0) > _MOST_DAYS
            )
            if is_time or not is_amount:
                self._counters |= number.values
            else:
                self._asked |= number.values


def of_turn(
    question: str,
    memory: Iterable[Remembered],
    dates: Iterable[str],
    mentions: Mentions = nothing_mentioned,
) -> Evidence:
    """What is known before any tool has run: the user's words, dated memory, and the calendar."""
    evidence = Evidence(mentions=mentions)
    evidence.ask(question)
    evidence.remember(memory)
    for day in dates:
        evidence.today = date.fromisoformat(day)
        evidence.count(day.split("-"))
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


def _bounds(content: str) -> set[Decimal]:
    """The bounds that a query keeps to, such as revenue above 10,000."""
    told = plain(content)
    query = told.get("provenance") if isinstance(told, dict) else None
    return _numbers_in(query.get("having")) if isinstance(query, dict) else set()


def _numbers_in(value: Any) -> set[Decimal]:
    if isinstance(value, Decimal):
        return {abs(value)}
    if isinstance(value, dict):
        return set().union(*(_numbers_in(item) for item in value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*(_numbers_in(item) for item in value)) if value else set()
    return set()
