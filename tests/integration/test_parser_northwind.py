"""Questions to Northwind, read with its own members: each exactly, or not claimed to be read."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.domain.sales import Reading
from backend.semantic.parser import QuestionParser
from backend.semantic.query_arguments import query_to_arguments
from tests.evals.question_set import canonical
from tests.integration.northwind import FOLDER, northwind_model, northwind_relations, questions

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(not FOLDER.exists(), reason="Northwind's data is not beside the project"),
]

TODAY = date(1998, 5, 6)
MORE: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parent / "data" / "northwind_questions.yaml").read_text(encoding="utf-8")
)[0]["questions"]
INSIDE = [entry for entry in MORE if entry["expect"] is not None]
OUTSIDE = [entry for entry in MORE if entry["expect"] is None]


@cache
def _parser() -> QuestionParser:
    """With the members that the dump holds, as `members.py` would find them."""
    model = northwind_model()
    relations = {each.name: each for each in northwind_relations()}
    members: dict[str, list[str]] = {}
    for dimension in model.dimensions.values():
        relation = relations[model.tables[dimension.table].relation]
        rows = [dict(zip(relation.columns, row, strict=True)) for row in relation.rows]
        if dimension.column == "full_name":
            values = {f"{row['first_name']} {row['last_name']}" for row in rows}
        else:
            values = {row[dimension.column] for row in rows if row[dimension.column]}
        members[dimension.name] = sorted(values)
    return QuestionParser(model, members)


def _read(question: str, after: list[str]) -> Reading:
    previous = None
    for each in after:
        reading = _parser().read(each, today=TODAY, previous=previous)
        assert reading.complete, (each, reading)
        previous = reading.query
    return _parser().read(question, today=TODAY, previous=previous)


def _told(reading: Reading) -> Mapping[str, Any] | None:
    return canonical(query_to_arguments(reading.query)) if reading.query else None


@pytest.mark.parametrize("entry", questions(), ids=lambda each: each["question"][:50])
def test_the_questions_that_came_with_the_data_are_read_exactly(entry: dict[str, Any]) -> None:
    reading = _read(entry["question"], [])

    assert reading.complete, reading.not_understood
    assert _told(reading) == canonical(entry["expect"])


@pytest.mark.parametrize("entry", INSIDE, ids=lambda each: each["q"][:50])
def test_what_is_read_is_right(entry: dict[str, Any]) -> None:
    reading = _read(entry["q"], entry.get("after", []))

    assert not reading.complete or _told(reading) == canonical(entry["expect"])


@pytest.mark.parametrize("entry", OUTSIDE, ids=lambda each: each["q"][:50])
def test_what_no_figure_answers_is_not_claimed_to_be_read(entry: dict[str, Any]) -> None:
    assert not _read(entry["q"], entry.get("after", [])).complete


def test_nearly_all_that_is_in_scope_is_read() -> None:
    unread = [each["q"] for each in INSIDE if not _read(each["q"], each.get("after", [])).complete]

    assert len(unread) * 20 <= len(INSIDE), unread
