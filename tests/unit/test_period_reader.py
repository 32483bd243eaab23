"""Expressions of time in three languages become the right days, whatever day it is."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.semantic.calendar_unit import Unit
from backend.semantic.company_calendar import CompanyCalendar
from backend.semantic.period import Period, whole
from backend.semantic.period_words import name_of, written_day
from backend.semantic.phrasebook import phrasebook
from tests.unit import periods_stage
from tests.unit.periods_stage import BRAZIL, days, load

TODAY = date(2026, 11, 24)
TABLE = load("periods.yaml")
ROWS = [
    (Language(language), text, days)
    for language, rows in TABLE.items()
    for text, days in rows.items()
]
DATED = [
    (date.fromisoformat(table["today"]), Language(language), text, expected)
    for table in load("periods_dated.yaml")
    for language, rows in table.items()
    if language != "today"
    for text, expected in rows.items()
]
DAYS = st.dates(date(1990, 1, 1), date(2099, 12, 31))
PORTUGUESE = Language.PORTUGUESE


def read(
    text: str,
    language: Language = PORTUGUESE,
    today: date = TODAY,
    anchor: Period | None = None,
    calendar: CompanyCalendar = BRAZIL,
) -> Period | None:
    return periods_stage.read(text, language, today, anchor, calendar)


@pytest.mark.parametrize(
    ("today", "language", "text", "expected"), DATED, ids=lambda each: str(each)
)
def test_means_these_days_on_that_day(
    today: date, language: Language, text: str, expected: str
) -> None:
    found = read(text, language, today)
    assert found == (None if expected == "null" else days(expected))


def test_there_are_expressions_enough() -> None:
    assert len(ROWS) + len(DATED) >= 250


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ano fiscal", "2026-07-01..2027-06-30"),
        ("ano fiscal passado", "2025-07-01..2026-06-30"),
        ("ano fiscal de 2025", "2024-07-01..2025-06-30"),
        ("FY24", "2023-07-01..2024-06-30"),
        ("trimestre fiscal", "2026-10-01..2026-12-31"),
    ],
)
def test_a_fiscal_year_that_begins_in_july(text: str, expected: str) -> None:
    calendar = CompanyCalendar(fiscal_year_start=7)
    assert read(text, calendar=calendar) == days(expected)


@pytest.mark.parametrize(("language", "text", "expected"), ROWS)
def test_means_these_days(language: Language, text: str, expected: str) -> None:
    assert read(text, language) == days(expected)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.PORTUGUESE, "últimos meses"),
        (Language.PORTUGUESE, "últimos 0 dias"),
        (Language.PORTUGUESE, "31/02/2026"),
        (Language.PORTUGUESE, "32/10"),
        (Language.PORTUGUESE, "13/2026"),
        (Language.PORTUGUESE, "5º trimestre"),
        (Language.PORTUGUESE, "período anterior"),
        (Language.PORTUGUESE, "de março de 2026 a janeiro de 2026"),
        (Language.PORTUGUESE, "dez"),
        (Language.PORTUGUESE, "últimos 500 anos"),
        (Language.ENGLISH, "may"),
        (Language.ENGLISH, "03/04/2026"),
        (Language.ENGLISH, "next month"),
    ],
)
def test_is_no_period(language: Language, text: str) -> None:
    assert read(text, language) is None


@pytest.mark.parametrize(
    ("text", "anchor", "expected"),
    [
        ("mês anterior", "2026-08-01..2026-08-31", "2026-07-01..2026-07-31"),
        ("mês anterior", "2026-08-01..2026-08-15", "2026-10-01..2026-10-31"),
        ("mês passado", "2026-08-01..2026-08-31", "2026-10-01..2026-10-31"),
        ("ano anterior", "2024-01-01..2024-12-31", "2023-01-01..2023-12-31"),
        ("período anterior", "2026-07-01..2026-09-30", "2026-04-01..2026-06-30"),
        ("período anterior", "2026-11-18..2026-11-24", "2026-11-11..2026-11-17"),
        ("mesmo período do ano passado", "2026-11-18..2026-11-24", "2025-11-18..2025-11-24"),
        ("março", "2025-02-01..2025-02-28", "2025-03-01..2025-03-31"),
        ("janeiro", "2025-12-01..2025-12-31", "2026-01-01..2026-01-31"),
        ("dezembro", "2026-11-01..2026-11-30", "2025-12-01..2025-12-31"),
    ],
)
def test_goes_on_from_the_question_before(text: str, anchor: str, expected: str) -> None:
    assert read(text, anchor=days(anchor)) == days(expected)


@given(st.sampled_from([(language, text) for language, text, _ in ROWS]), DAYS)
def test_no_period_runs_backwards(said: tuple[Language, str], today: date) -> None:
    period = read(said[1], said[0], today)

    if period is not None and period.from_date is not None:
        assert period.from_date <= period.to_date


@given(DAYS)
def test_last_month_is_the_whole_one_before(today: date) -> None:
    period = read("mês passado", today=today)

    assert period is not None
    assert period.unit is Unit.MONTH
    assert period.to_date + timedelta(days=1) == today.replace(day=1)
    assert read("último mês", today=today) == period == read("últimos 1 meses", today=today)


@given(DAYS, st.integers(1, 400))
def test_the_last_days_end_today(today: date, count: int) -> None:
    period = read(f"últimos {count} dias", today=today)

    assert period is not None
    assert (period.days, period.to_date) == (count, today)


@given(DAYS)
def test_weeks_begin_on_monday(today: date) -> None:
    this, last = read("esta semana", today=today), read("semana passada", today=today)

    assert this is not None
    assert this.from_date is not None
    assert last is not None
    assert this.from_date.weekday() == 0
    assert this.from_date <= today <= this.to_date
    assert last.to_date + timedelta(days=1) == this.from_date


@given(DAYS, st.integers(1, 12))
def test_a_month_without_a_year_is_the_latest_that_has_begun(today: date, number: int) -> None:
    period = read(phrasebook(PORTUGUESE).month(number), today=today)

    assert period is not None
    assert period.from_date is not None
    assert period.from_date.month == number
    assert period.from_date <= today
    assert (today - period.from_date).days < 366


@given(DAYS, st.sampled_from([Unit.DAY, Unit.MONTH, Unit.QUARTER, Unit.YEAR]), DAYS)
def test_what_an_answer_calls_a_period_can_be_asked_for(day: date, unit: Unit, today: date) -> None:
    period = whole(unit, day)

    for language in Language:
        assert read(name_of(period, unit, phrasebook(language)), language, today) == period


@given(DAYS, DAYS)
def test_a_range_of_written_days_is_just_that(one: date, other: date) -> None:
    first, last = sorted((one, other))
    written = (
        written_day(first, phrasebook(PORTUGUESE)),
        written_day(last, phrasebook(PORTUGUESE)),
    )

    period = read("de {} a {}".format(*written))

    assert period == Period(from_date=first, to_date=last)
