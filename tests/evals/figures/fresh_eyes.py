"""The hand-written errors and truths of `fresh_eyes.yaml`, put to the check."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from backend.domain.language import Language
from backend.domain.sales import OTHER, MetricQuery, MetricTable
from tests.evals.figures.answers import TrueAnswer, outcome_of
from tests.evals.figures.checked import Score, found_in

#: The files, in the order in which they were written: each before the check was changed for the last.
SETS = (
    "fresh_eyes",
    "fresh_eyes_held_back",
    "fresh_eyes_longer",
    "fresh_eyes_last",
    "fresh_eyes_close",
    # By somebody who had not seen the check.
    "figures_natural_pt",
    "figures_natural_en",
    "figures_natural_es",
    "figures_varied",
    "figures_chat",
    "figures_spoken",
    "figures_plain",
    "figures_last_round",
    # By somebody who had not seen the check, told as assistants tell; on their first run 56 of 60 errors were
    # caught, and 23 of 80 true answers raised an alarm.
    "figures_second_pt",
    "figures_second_en",
    "figures_second_es",
    # See the files for their first runs.
    "figures_retold",
    "figures_retold_elsewhere",
)

#: How whoever writes a set calls the row of all the others.
_OTHERS = frozenset({"Outros", "Others", "Otros"})


def fresh_score(name: str) -> Score:
    """Counts as the planted errors of the mutator are counted."""
    told = _told(name)
    tables = {table: _table(told["tables"][table]) for table in told["tables"]}
    score = Score()
    for table, language, text, *asked in told["truths"]:
        answer = _answer(tables[table], table, language, text, *asked)
        score.truth(answer, found_in(answer, text))
    for error, table, language, text, *asked in told["planted"]:
        answer = _answer(tables[table], table, language, text, *asked)
        caught = bool(found_in(answer, text))
        score.error(table, error, text, caught=caught)
        if caught:
            score.told(answer, text)
    return score


def own_words(name: str) -> Iterator[TrueAnswer]:
    """The product's own words for each table of a set, in one language after the other."""
    for number, (table, told) in enumerate(_told(name)["tables"].items()):
        language = tuple(Language)[number % len(Language)]
        outcome = outcome_of(_table(told), language)
        assert outcome.summary
        yield TrueAnswer(shape=table, language=language, text=outcome.summary, outcome=outcome)


def _told(name: str) -> dict[str, Any]:
    text = Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8")
    told: dict[str, Any] = yaml.safe_load(text)
    return told


def _answer(table: MetricTable, name: str, language: str, text: str, asked: str = "") -> TrueAnswer:
    spoken = Language(language)
    return TrueAnswer(
        shape=name, language=spoken, text=text, outcome=outcome_of(table, spoken), question=asked
    )


def _table(told: Mapping[str, Any]) -> MetricTable:
    query: dict[str, Any] = {
        key: tuple(each) if isinstance(each, list) else each for key, each in told["query"].items()
    }
    for narrowed in ("filters", "exclude"):
        members = query.get(narrowed, {})
        query[narrowed] = {key: tuple(each) for key, each in members.items()}
    rows = tuple(
        {key: _cell(each, is_rest=query.get("other", False)) for key, each in row.items()}
        for row in told["rows"]
    )
    return MetricTable(
        query=MetricQuery(**query),
        columns=tuple(rows[0]),
        rows=rows,
        sql="SELECT 1",
        source="demo",
        model_version="1",
        read_at="2026-11-24T12:00:00.000+00:00",
    )


def _cell(value: Any, *, is_rest: bool) -> Any:
    """As the semantic layer has it."""
    if isinstance(value, float):
        return Decimal(str(value))
    return OTHER if is_rest and value in _OTHERS else value
