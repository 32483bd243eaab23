"""Questions to companies that the rules were not made for: read rightly, or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import pytest
import yaml

from backend.domain.sales import MetricQuery, Reading
from backend.semantic.loading import load_model
from backend.semantic.parser import QuestionParser
from tests.evals.question_set import canonical
from tests.unit.parser_questions import DATA, PARSER, arguments

COMPANIES = DATA / "companies"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    source: str
    today: date
    question: str
    after: tuple[str, ...]
    #: None where nothing may be claimed to be understood.
    expected: Mapping[str, Any] | None
    is_ambiguous: bool


def _asked() -> Iterator[Asked]:
    text = (DATA / "questions_companies.yaml").read_text(encoding="utf-8")
    for table in yaml.safe_load(text):
        for entry in table["questions"]:
            yield Asked(
                source=table["source"],
                today=table["today"],
                question=entry["q"],
                after=tuple(entry.get("after", ())),
                expected=entry.get("expect"),
                is_ambiguous=entry.get("ambiguous", False),
            )


ASKED = list(_asked())


@cache
def _parser(source: str) -> QuestionParser:
    if source == "demo":
        return PARSER
    model = load_model((COMPANIES / f"{source}.yaml").read_text(encoding="utf-8"))
    members = (COMPANIES / f"{source}_members.yaml").read_text(encoding="utf-8")
    return QuestionParser(model, yaml.safe_load(members))


def _read(asked: Asked) -> Reading:
    parser, previous = _parser(asked.source), None
    for question in asked.after:
        previous = _complete(parser.read(question, today=asked.today, previous=previous))
    return parser.read(asked.question, today=asked.today, previous=previous)


def _complete(reading: Reading) -> MetricQuery | None:
    assert reading.complete, reading
    return reading.query


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.source}: {asked.question}")
def test_is_read_rightly_or_not_at_all(asked: Asked) -> None:
    reading = _read(asked)

    if asked.expected is None:
        assert not reading.complete
    elif reading.complete:
        told = arguments(reading)
        assert told is not None
        assert canonical(told) == canonical(asked.expected)
    if asked.is_ambiguous:
        assert len(reading.readings) > 1


def test_nearly_all_that_is_in_scope_is_read() -> None:
    inside = [asked for asked in ASKED if asked.expected is not None]
    unread = [asked.question for asked in inside if not _read(asked).complete]

    assert len(unread) * 20 <= len(inside), unread
