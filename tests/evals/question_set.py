"""Questions with what they mean: the golden sets, each tuned on or not.

A set is a JSON file:

    {"name": "…", "source": "demo | northwind | crm", "today": "YYYY-MM-DD", "tuned": false,
     "note": "how the first run went",
     "questions": [
        {"lang": "pt", "question": "…", "expect": {a MetricQuery}},
        {"lang": "pt", "question": "…", "after": "the question before it", "expect": {…}},
        {"lang": "en", "question": "…", "out_of_scope": "why no certified figure answers it"},
        {"lang": "es", "question": "…", "ambiguous": "what it may mean"}]}

`tuned` says whether the parser was ever changed with this set in sight: what it scores then is no
measure of questions to come.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "questions"

_UNITS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    language: str
    text: str
    #: The query it means; None where none does, or where several do.
    expected: Mapping[str, Any] | None
    why_none: Literal["out_of_scope", "ambiguous"] | None = None
    #: The question before it in the conversation.
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionSet:
    name: str
    source: str
    today: date
    tuned: bool
    questions: tuple[Question, ...]


def question_sets() -> list[QuestionSet]:
    """Those that belong to the project, in the order of their names."""
    return [read(path) for path in sorted(FOLDER.glob("*.json"))]


def read(path: Path, *, source: str | None = None, tuned: bool = True) -> QuestionSet:
    """The set in a file; `source` and `tuned` stand in where the file does not say."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return QuestionSet(
        name=told.get("name", path.parent.name),
        source=told.get("source", source),
        today=date.fromisoformat(told["today"]),
        tuned=told.get("tuned", tuned),
        questions=tuple(_questions(told["questions"])),
    )


def contract_query(query: Mapping[str, Any]) -> dict[str, Any]:
    """A query as the contract has it, without what it does not ask for.

    A unit of time among the dimensions is a grain; "!country" among the filters excludes.
    """
    dimensions = list(query.get("dimensions", []))
    grains = [name for name in dimensions if name in _UNITS]
    filters = dict(query.get("filters", {}))
    excluded = {name[1:]: filters.pop(name) for name in [*filters] if name.startswith("!")}
    told = {
        **query,
        "dimensions": [name for name in dimensions if name not in _UNITS],
        "grain": query.get("grain") or (grains[0] if grains else None),
        "filters": filters,
        "exclude": {**query.get("exclude", {}), **excluded},
    }
    return {name: value for name, value in told.items() if value not in (None, [], {}, False)}


def canonical(query: Mapping[str, Any]) -> dict[str, Any]:
    """A query in the one form in which equal meanings are equal."""
    told = contract_query(query)
    told.pop("data_source", None)
    if told.get("order_by") == told["metrics"][0]:
        del told["order_by"]
    if "dimensions" in told:
        told["dimensions"] = sorted(told["dimensions"])
    for name in ("filters", "exclude"):
        if name in told:
            told[name] = _sorted(told[name])
    if "having" in told:
        told["having"] = sorted(map(_threshold, told["having"]))
    return told


def _questions(entries: list[dict[str, Any]]) -> Iterator[Question]:
    for entry in entries:
        why: Literal["out_of_scope", "ambiguous"] | None = None
        if "out_of_scope" in entry:
            why = "out_of_scope"
        elif "ambiguous" in entry:
            why = "ambiguous"
        yield Question(
            language=entry["lang"],
            text=entry["question"],
            expected=entry.get("expect"),
            why_none=why,
            after=entry.get("after"),
        )


def _sorted(members: Mapping[str, list[str]]) -> dict[str, list[str]]:
    return {name: sorted(members[name]) for name in sorted(members)}


def _threshold(each: Mapping[str, Any]) -> tuple[str, str, float]:
    return each["metric"], each["op"], float(each["value"])
