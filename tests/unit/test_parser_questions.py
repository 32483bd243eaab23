"""Everyday questions in three languages mean exactly one query, or are not claimed to be read."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from backend.semantic.model import WeekStart
from backend.semantic.parser import QuestionParser
from tests.unit.parser_questions import MEMBERS, Case, arguments, cases, read
from tests.unit.semantic_model import MODEL

CASES = [*cases(), *cases("questions_full.yaml"), *cases("questions_chat.yaml")]
READ = [case for case in CASES if case.expected is not None]
UNREAD = [case for case in CASES if case.expected is None]


@pytest.mark.parametrize("case", READ, ids=lambda case: case.name)
def test_means_exactly_this_query(case: Case) -> None:
    reading = read(case.question, case.today, case.follows)

    assert arguments(reading) == case.expected
    assert reading.not_understood == ()
    assert reading.complete
    assert reading.follow_up == (case.follows is not None)


@pytest.mark.parametrize("case", UNREAD, ids=lambda case: case.name)
def test_says_which_words_it_could_not_read(case: Case) -> None:
    reading = read(case.question, case.today, case.follows)

    assert reading.not_understood == case.left
    assert not reading.complete


@pytest.mark.parametrize(
    ("question", "dimensions"),
    [
        ("faturamento em São Paulo em outubro", [{"state"}, {"city"}]),
        ("orders from São Paulo last month", [{"state"}, {"city"}]),
        ("faturamento por canal sem São Paulo", [{"state"}, {"city"}]),
    ],
)
def test_what_may_mean_two_things_is_read_as_both(
    question: str, dimensions: list[set[str]]
) -> None:
    reading = read(question, date(2026, 11, 24))

    assert not reading.complete
    assert [{*each.filters, *each.exclude} for each in reading.readings] == dimensions
    assert reading.query == reading.readings[0]


def test_a_named_dimension_leaves_no_doubt() -> None:
    reading = read("faturamento na cidade de São Paulo em outubro", date(2026, 11, 24))

    assert reading.complete
    assert not reading.readings


def test_a_first_name_of_two_is_read_as_each_of_them() -> None:
    reading = read("vendas do João em outubro", date(2026, 11, 24))

    assert not reading.complete
    assert [dict(each.filters) for each in reading.readings] == [
        {"seller": ("João Pereira",)},
        {"seller": ("João Santos",)},
    ]


def test_a_metric_alone_may_go_on_from_the_question_before_or_not() -> None:
    reading = read("ticket médio", date(2026, 11, 24), "faturamento por região em outubro")

    assert not reading.complete
    assert [(each.metrics, each.dimensions) for each in reading.readings] == [
        (("avg_ticket",), ("region",)),
        (("avg_ticket",), ()),
    ]


@pytest.mark.parametrize("question", ["and last year?", "e em 2025?", "¿y el año pasado?"])
def test_a_year_after_a_month_is_all_of_it_or_that_month(question: str) -> None:
    reading = read(question, date(2026, 11, 24), "faturamento por região em outubro")

    assert not reading.complete
    assert [(each.dimensions, each.from_date, each.to_date) for each in reading.readings] == [
        (("region",), date(2025, 10, 1), date(2025, 10, 31)),
        (("region",), date(2025, 1, 1), date(2025, 12, 31)),
    ]


def test_where_both_come_to_the_same_a_metric_alone_is_no_doubt() -> None:
    assert read("ticket médio", date(2026, 11, 24), "faturamento").complete


@pytest.mark.parametrize(
    ("week_start", "first"),
    [
        ("monday", date(2026, 11, 16)),
        ("sunday", date(2026, 11, 15)),
        ("saturday", date(2026, 11, 14)),
    ],
)
def test_a_week_begins_on_the_companys_first_day(week_start: WeekStart, first: date) -> None:
    parser = QuestionParser(replace(MODEL, week_start=week_start), MEMBERS)

    reading = parser.read("faturamento da semana passada", today=date(2026, 11, 25), previous=None)

    assert reading.query is not None
    assert (reading.query.from_date, reading.query.to_date) == (first, first + timedelta(days=6))
