"""How many planted errors the check catches, and how often it is alarmed by the truth."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.answering import evidence as evidences
from backend.answering.check import check
from backend.answering.evidence import Evidence
from backend.answering.mentions import spoken
from backend.answering.sentences import unsupported
from backend.domain.trace import ToolCall
from backend.domain.turns import Checked, Decision, Draft, Route
from tests.evals.figures.answers import TODAY, TrueAnswer, answers
from tests.evals.figures.mutator import planted
from tests.unit.parser_questions import PARSER

SEED = 20_261_124


@dataclass(slots=True)
class Score:
    caught: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    planted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    alarms: int = 0
    #: Of the answers with an error: those that lost the statement alone; those that lost all their figures, so
    #: that the tool's own words are told; and of these, those that the tool had no words for.
    mended: int = 0
    stripped: int = 0
    unanswered: int = 0
    #: Told with an error that was found: must stay nought.
    told_wrong: int = 0
    true: int = 0
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    alarmed: list[tuple[str, str, list[str]]] = field(default_factory=list)

    @property
    def share_caught(self) -> float:
        return sum(self.caught.values()) / max(1, sum(self.planted.values()))

    @property
    def share_alarmed(self) -> float:
        return self.alarms / max(1, self.true)

    def truth(self, answer: TrueAnswer, wrong: list[str]) -> None:
        """Count a true answer, and the alarm that it may have raised."""
        self.true += 1
        if wrong:
            self.alarms += 1
            self.alarmed.append((answer.shape, answer.text, wrong))

    def error(self, shape: str, error: str, text: str, *, caught: bool) -> None:
        self.planted[error] += 1
        if caught:
            self.caught[error] += 1
        else:
            self.missed.append((shape, error, text))

    def told(self, answer: TrueAnswer, text: str) -> None:
        """Count what becomes of an answer whose error was found, without a second try."""
        checked = checked_answer(answer, text)
        self.told_wrong += bool(found_in(answer, checked.text))
        is_whole = checked.text.startswith(text_of_the_tool(answer))
        self.stripped += is_whole or not checked.figures
        self.unanswered += not checked.figures
        self.mended += bool(checked.figures) and not is_whole

    def lines(self) -> Iterator[str]:
        for error, number in self.planted.items():
            yield f"{error:8} {self.caught[error] / number:7.1%}  ({self.caught[error]} of {number})"
        yield f"caught   {self.share_caught:7.2%}"
        if sum(self.caught.values()):
            yield f"of these {self.mended} lost the statement alone, {self.stripped} lost all their figures:"
            yield f"    {self.stripped - self.unanswered} are told in the tool's own words instead,"
            yield f"    {self.unanswered} are unanswered; {self.told_wrong} are told with what was found"
        yield f"alarmed  {self.share_alarmed:7.2%}  ({self.alarms} of {self.true} true answers)"


def is_tuned(shape: str) -> bool:
    """Half of the shapes were looked at while the check was written; which, their names decide."""
    return hashlib.sha256(shape.encode()).digest()[0] % 2 == 0


def scores(rounds: int, seed: int = SEED) -> tuple[Score, Score]:
    """Of the shapes that were tuned on, and of those that were not."""
    chance = random.Random(seed)
    tuned, untuned = Score(), Score()
    for answer in answers(chance, rounds):
        score = tuned if is_tuned(answer.shape) else untuned
        score.truth(answer, found_in(answer, answer.text))
        for each in planted(answer, chance):
            caught = bool(found_in(answer, each.text))
            score.error(answer.shape, each.error, each.text, caught=caught)
            if caught:
                score.told(answer, each.text)
    return tuned, untuned


def checked_answer(answer: TrueAnswer, text: str) -> Checked:
    """What is told where a model drafts the text."""
    call = ToolCall(
        name="sales_query_metrics",
        arguments={},
        outcome=answer.outcome,
        started_ms=0,
        time_ms=1,
    )
    route = Route(decision=Decision.SALES, by="rules", reason="", confidence=1)
    draft = Draft(text=text, model="m", route=route, tool_calls=(call,), steps=())
    return check(draft, _evidence(answer), answer.language)


def text_of_the_tool(answer: TrueAnswer) -> str:
    """What is told where nothing of a draft is left."""
    assert answer.outcome.summary
    return answer.outcome.summary


def found_in(answer: TrueAnswer, text: str) -> list[str]:
    return unsupported(text, _evidence(answer))


def _evidence(answer: TrueAnswer) -> Evidence:
    mentions = spoken(PARSER.spans, answer.language, TODAY)
    evidence = evidences.of_turn(answer.question, (), [TODAY.isoformat()], mentions)
    evidence.witness(answer.outcome)
    return evidence
