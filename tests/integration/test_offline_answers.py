"""The offline model answers everyday questions as SQL does, or says that it did not understand.

57 phrasings in three languages, on three days: one in the middle of things, a month's and
quarter's last, and a New Year's Day on which nearly everything is empty. Each goes the whole road.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest

from backend.semantic.folding import folded
from ops.demo.company import NAME
from ops.local.prepare import DEMO_DATABASE
from ops.local.root import ROOT
from tests.conftest import PostgresCluster, ValkeyUrl
from tests.integration.offline_questions import Line, Question, questions, truth
from tests.integration.road_stage import Road, a_road
from tests.services import clone

DAYS = (date(2026, 11, 24), date(2025, 3, 31), date(2026, 1, 1))
ALL = questions()
QUERY_TOOL = "sales_query_metrics"
#: Banco Central's code of each series, as its recordings are called.
SERIES = {"dollar": 1, "selic": 432}
NAMES = (
    "SELECT trade_name FROM sales.customers UNION SELECT name FROM sales.customers"
    " UNION SELECT name FROM sales.sellers UNION SELECT name FROM sales.products"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A road on one day, and the company's database behind it."""

    today: date
    road: Road
    company: str

    def answer(self, question: Question) -> dict[str, Any]:
        """The body of the answer; everybody who asks is somebody else."""
        user = f"{self.today}: {question.after} {question.ask}"
        if question.after is not None:
            self.road.ask(question.after, user_id=user)
        return self.road.ask(question.ask, user_id=user)

    def lines(self, question: Question) -> list[Line]:
        return truth(self.company, question, self.today)


@pytest.fixture(scope="module", params=DAYS, ids=str)
def day(
    request: pytest.FixtureRequest, postgres: PostgresCluster, _template: str, _valkey: ValkeyUrl
) -> Iterator[Day]:
    today: date = request.param
    with (
        clone(postgres, _template) as database,
        a_road(postgres, database, _valkey, today=today) as road,
    ):
        yield Day(today=today, road=road, company=postgres.superuser_dsn(DEMO_DATABASE))


def these(*, kind: str) -> pytest.MarkDecorator:
    chosen = [each for each in ALL if getattr(each, kind)]
    return pytest.mark.parametrize("question", chosen, ids=lambda each: each.ask)


@these(kind="sql")
def test_a_figure_is_what_sql_gives_in_the_readers_words(day: Day, question: Question) -> None:
    body, lines = day.answer(question), day.lines(question)

    assert body["language"] == question.language
    if question.may_ask_back and not body["figures"]:
        assert body["tool_calls"] == []
        assert not re.search(r"\d", body["response"])
        return
    [call] = body["tool_calls"]
    assert (call["name"], call["ok"]) == (QUERY_TOOL, True)
    values = [value for line in lines for value in line.values]
    figures, totals = body["figures"][: len(values)], body["figures"][len(values) :]
    assert [figure["value"] for figure in figures] == [
        pytest.approx(float(value), rel=1e-12, abs=1e-10) for value in values
    ]
    assert [figure["text"] for figure in figures] == [text for line in lines for text in line.texts]
    _assert_says(body["response"], lines)
    _assert_adds_up(totals, lines)


@these(kind="market")
def test_a_market_question_is_answered_from_the_recording(day: Day, question: Question) -> None:
    body = day.answer(question)
    value, published = _recorded(question.market or "", day.today)

    assert [call["name"] for call in body["tool_calls"]] == ["market_get_series"]
    [figure] = body["figures"]
    assert figure["value"] == pytest.approx(value)
    assert figure["from"] == published.isoformat()
    assert figure["text"] in body["response"]
    assert body["language"] == question.language


@these(kind="tool")
def test_a_question_for_another_tool_gets_no_figure(day: Day, question: Question) -> None:
    body = day.answer(question)

    assert [call["name"] for call in body["tool_calls"]] == [question.tool]
    assert body["figures"] == []
    assert body["language"] == question.language


@these(kind="small_talk")
def test_small_talk_is_answered_as_such(day: Day, question: Question) -> None:
    body = day.answer(question)

    assert (body["route"]["decision"], body["tool_calls"]) == ("direct", [])
    # An excuse says what the model is and is not; a greeting does not.
    assert "offline" not in body["response"]
    assert not re.search(r"\d", body["response"])
    assert body["language"] == question.language


@these(kind="beyond")
def test_what_it_cannot_know_gets_no_figure(day: Day, question: Question) -> None:
    body = day.answer(question)

    assert (body["figures"], body["tool_calls"]) == ([], [])
    # What it is, or which part of the question it did not understand.
    assert re.search(r"offline|^(Entendi|I understood|Entendí) ", body["response"])
    assert not re.search(r"\d", body["response"])
    assert body["language"] == question.language


def test_the_set_is_as_large_and_as_mixed_as_it_says() -> None:
    by_language = Counter(question.language for question in ALL)

    assert by_language["pt"] >= 16
    assert by_language["en"] >= 12
    assert by_language["es"] >= 10
    assert len({question.ask for question in ALL}) == len(ALL) == 57
    kinds = [(bool(q.sql), bool(q.market), bool(q.tool), q.small_talk, q.beyond) for q in ALL]
    assert all(sum(kind) == 1 for kind in kinds)


def test_no_question_name_or_answer_stands_in_the_code_or_its_prompts(day: Day) -> None:
    code = _code()
    assert len(code) > 100
    # So few words ("e por canal") are what any follow-up says.
    said = {_plain(text) for each in ALL for text in (each.ask, each.after or "")}
    asked = {text for text in said if len(text.split()) > 3}
    assert len(asked) > 45
    with psycopg.connect(day.company) as conn:
        names = {_plain(name) for (name,) in conn.execute(NAMES).fetchall()} | {_plain(NAME)}
    assert len(names) > 300
    figures = {
        _plain(text)
        for question in ALL
        if question.sql
        for line in day.lines(question)
        for text in line.texts
        if text.startswith("R$")
    }
    assert len(figures) > 30
    everything = " ".join(code.values())
    found = {
        text: [path for path, content in code.items() if f" {text} " in content]
        for text in asked | names | figures
        if f" {text} " in everything
    }
    assert found == {}


@cache
def _code() -> dict[str, str]:
    """Path -> the words of each file of code, queries and prompts."""
    return {
        str(path.relative_to(ROOT)): f" {_plain(path.read_text(encoding='utf-8'))} "
        for folder in ("backend", "crews")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".yaml", ".sql", ".md")
    }


def _assert_says(response: str, lines: list[Line]) -> None:
    """Every row has its own line, in SQL's order, with its name and its figures."""
    told = response.splitlines()
    if not lines:
        assert not any(text.startswith(("-", "1.")) for text in told)
        return
    if not lines[0].about:
        assert all(text in told[0] for text in lines[0].texts)
        return
    rows = [text for text in told if re.match(r"(-|\d+\.|\|) ", text)]
    if rows[0].startswith("|"):
        # The head of a table and the rule below it.
        rows = rows[2:]
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        assert line.about in row
        assert all(text in row for text in line.texts)


def _assert_adds_up(totals: list[dict[str, Any]], lines: list[Line]) -> None:
    """What follows the rows is what they add up to, of each kind of figure that adds up."""
    assert not totals or len(lines) > 1
    sums = [float(sum(of_kind)) for of_kind in zip(*(line.values for line in lines), strict=True)]
    for total in totals:
        assert total["value"] in [pytest.approx(each, rel=1e-12) for each in sums]
        assert total["members"] == {}


def _recorded(series: str, today: date) -> tuple[float, date]:
    """The last value up to the day and the recording's end, and its day; rates are fractions."""
    path: Path = ROOT / "knowledge" / "market" / f"sgs-{SERIES[series]}.json"
    recording = json.loads(path.read_text(encoding="utf-8"))
    published = {
        date(*map(int, reversed(each["data"].split("/")))): float(each["valor"])
        for each in recording["payload"]
    }
    end = min(today, date.fromisoformat(recording["until"]))
    last = max(each for each in published if each <= end)
    return published[last] / (100 if series == "selic" else 1), last


def _plain(text: str) -> str:
    """Words between single blanks, without accents, case or signs."""
    return " ".join(re.findall(r"[a-z0-9]+", folded(text)))
