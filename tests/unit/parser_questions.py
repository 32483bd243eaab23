"""The tables of questions, as cases to read with one parser over the demo company's model."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from backend.domain.sales import Reading
from backend.semantic.parser import QuestionParser
from backend.semantic.query_arguments import query_to_arguments
from tests.unit.semantic_model import MODEL

DATA = Path(__file__).parent / "data"
MEMBERS: Mapping[str, list[str]] = yaml.safe_load(
    (DATA / "demo_members.yaml").read_text(encoding="utf-8")
)
PARSER = QuestionParser(MODEL, MEMBERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    today: date
    question: str
    #: The query's arguments, or None where it must stay incomplete.
    expected: Mapping[str, Any] | None
    follows: str | None = None
    left: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.today}: {self.question}" + (f" (after {self.follows})" * bool(self.follows))


def read(question: str, today: date, follows: str | None = None) -> Reading:
    previous = None
    if follows is not None:
        before = PARSER.read(follows, today=today, previous=None)
        assert before.complete, (follows, before)
        previous = before.query
    return PARSER.read(question, today=today, previous=previous)


def arguments(reading: Reading) -> Mapping[str, Any] | None:
    return query_to_arguments(reading.query) if reading.query else None


def cases(name: str = "questions.yaml") -> Iterator[Case]:
    for table in yaml.safe_load((DATA / name).read_text(encoding="utf-8")):
        for entry in table["questions"]:
            rest = {key: value for key, value in entry.items() if key not in ("q", "follows")}
            left = rest.pop("left", None)
            yield Case(
                today=table["today"],
                question=entry["q"],
                follows=entry.get("follows"),
                expected=None if left else _as_arguments(rest),
                left=tuple(left or ()),
            )


def _as_arguments(expected: Mapping[str, Any]) -> Mapping[str, Any]:
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in expected.items()
    }
