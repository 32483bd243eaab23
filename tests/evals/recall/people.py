"""The persons of the benchmark: ten, in three languages, half of them held back."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from tests.evals.recall.history import History, history
from tests.evals.recall.material import material
from tests.evals.recall.question import Question, questions

_SPOKEN = ("pt", "en", "es", "pt", "en", "es", "pt", "en", "es", "pt")
SEED = 20_261


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    language: str
    #: Nothing was chosen by what is found of them.
    held_back: bool
    history: History
    questions: list[Question]


def people() -> Iterator[Person]:
    for number, language in enumerate(_SPOKEN):
        random = Random(SEED + number)
        words = material(language)
        said = history(words, random)
        yield Person(
            name=f"{language}-{number}",
            language=language,
            held_back=number % 2 == 1,
            history=said,
            questions=questions(words, said, random),
        )
