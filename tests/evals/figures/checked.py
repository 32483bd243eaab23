"""How many planted errors the check catches, and how often it is alarmed by the truth."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from backend.answering import evidence as evidences
from backend.answering.mentions import spoken
from backend.answering.sentences import unsupported
from tests.evals.figures.answers import TODAY, TrueAnswer, answers
from tests.evals.figures.mutator import planted
from tests.unit.parser_questions import PARSER

SEED = 20_261_124


@dataclass(slots=True)
class Score:
    caught: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    planted: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    alarms: int = 0
    true: int = 0
    missed: list[tuple[str, str, str]] = field(default_factory=list)
    alarmed: list[tuple[str, str, list[str]]] = field(default_factory=list)

    @property
    def share_caught(self) -> float:
        return sum(self.caught.values()) / max(1, sum(self.planted.values()))

    @property
    def share_alarmed(self) -> float:
        return self.alarms / max(1, self.true)

    def lines(self) -> Iterator[str]:
        for error, number in self.planted.items():
            yield f"{error:8} {self.caught[error] / number:7.1%}  ({self.caught[error]} of {number})"
        yield f"caught   {self.share_caught:7.2%}"
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
        score.true += 1
        wrong = found_in(answer, answer.text)
        if wrong:
            score.alarms += 1
            score.alarmed.append((answer.shape, answer.text, wrong))
        for each in planted(answer, chance):
            score.planted[each.error] += 1
            if found_in(answer, each.text):
                score.caught[each.error] += 1
            else:
                score.missed.append((answer.shape, each.error, each.text))
    return tuned, untuned


def found_in(answer: TrueAnswer, text: str) -> list[str]:
    mentions = spoken(PARSER.spans, answer.language, TODAY)
    evidence = evidences.of_turn(answer.question, (), [TODAY.isoformat()], mentions)
    evidence.witness(answer.outcome)
    return unsupported(text, evidence)
