"""What holds of every period, whatever is said and whatever day it is."""

import re
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.language import Language
from backend.semantic.calendar_unit import Unit, shifted
from backend.semantic.company_calendar import CompanyCalendar
from backend.semantic.lexicon import lexicon
from backend.semantic.model import WeekStart
from backend.semantic.period import Period
from backend.semantic.period_reader import period_at
from backend.semantic.phrase_table import PhraseTable
from tests.unit.periods_stage import read, told
from tests.unit.test_periods_said import SAID, Said

_DAYS = st.dates(date(1960, 1, 1), date(2089, 12, 31))
_STARTS: tuple[WeekStart, ...] = ("monday", "sunday", "saturday")
_FIGURES = ("0", "1", "7", "10", "24", "31", "98", "2024", "9999", "10/04", "02/24", "31/02/2023")
_CODES = ("q1", "t5", "1t24", "s2", "fy24", "fy9999", "1o", "5th", "mar/25", "feb/99", ",", "-")
#: Their year is said, and nothing of them is told from today.
_DATED = [
    said
    for said in SAID
    if re.search(r"\b(19|20)\d\d\b", said.text)
    and said.expected
    and said.expected.from_date
    and said.expected.to_date != said.today
    and said.anchor is None
    and not re.match(r"mesmo|same|mismo", said.text)
]
_THIS_AND_LAST = [
    (Language.PORTUGUESE, Unit.WEEK, "esta semana", "semana passada", "semana retrasada"),
    (Language.PORTUGUESE, Unit.MONTH, "este mês", "mês passado", "mês retrasado"),
    (Language.PORTUGUESE, Unit.QUARTER, "este trimestre", "último tri", "penúltimo trimestre"),
    (Language.PORTUGUESE, Unit.HALF, "este semestre", "semestre passado", "semestre retrasado"),
    (Language.PORTUGUESE, Unit.YEAR, "este ano", "ano passado", "ano retrasado"),
    (Language.ENGLISH, Unit.WEEK, "this week", "last week", "week before last"),
    (Language.ENGLISH, Unit.MONTH, "this month", "last month", "month before last"),
    (Language.ENGLISH, Unit.YEAR, "this year", "last year", "year before last"),
    (Language.SPANISH, Unit.WEEK, "esta semana", "semana pasada", "semana antepasada"),
    (Language.SPANISH, Unit.MONTH, "este mes", "mes pasado", "mes antepasado"),
    (Language.SPANISH, Unit.YEAR, "este año", "año pasado", "año antepasado"),
]


def _vocabulary(language: Language) -> list[str]:
    period = lexicon(language).period
    tables: tuple[PhraseTable[Any], ...] = (
        period.days,
        period.units,
        period.months,
        period.ordinals,
        period.numbers,
        period.to_date,
        period.weekdays,
        *period.classes.values(),
    )
    return [*sorted({word for table in tables for word in table.words()}), *_FIGURES, *_CODES]


_WORDS = {language: _vocabulary(language) for language in Language}


@settings(max_examples=300)
@given(st.sampled_from(Language), st.data(), _DAYS, st.integers(1, 12), st.sampled_from(_STARTS))
def test_any_words_of_time_are_read_or_not_but_never_break(
    language: Language, data: st.DataObject, today: date, fiscal: int, week_start: WeekStart
) -> None:
    said = tuple(data.draw(st.lists(st.sampled_from(_WORDS[language]), max_size=8)))
    calendar = CompanyCalendar(country="BR", fiscal_year_start=fiscal, week_start=week_start)
    anchor = data.draw(st.none() | st.just(Period(from_date=today, to_date=today)))
    time = told(said, language, today, anchor, calendar)

    for start in range(len(said)):
        found = period_at(time, start)
        if found is not None:
            assert start < found[1] <= len(said)
            assert found[0].from_date is None or found[0].from_date <= found[0].to_date


@given(st.text(max_size=60), st.sampled_from(Language), _DAYS)
def test_no_text_breaks_it(text: str, language: Language, today: date) -> None:
    read(text, language, today)


@given(st.sampled_from(SAID), _DAYS)
def test_no_phrase_runs_backwards_on_any_day(said: Said, today: date) -> None:
    found = read(said.text, said.language, today, said.anchor, said.calendar)

    if found is not None and found.from_date is not None:
        assert found.from_date <= found.to_date


def test_some_phrases_say_their_year() -> None:
    assert len(_DATED) >= 60


@pytest.mark.parametrize("said", _DATED, ids=lambda said: said.name)
@pytest.mark.parametrize("later", [date(2027, 3, 31), date(2031, 12, 31), date(2032, 2, 29)])
def test_a_year_that_is_said_does_not_hang_on_the_day(said: Said, later: date) -> None:
    assert read(said.text, said.language, later, None, said.calendar) == said.expected


@pytest.mark.parametrize(("language", "unit", "this", "last", "before_last"), _THIS_AND_LAST)
@given(today=_DAYS, week_start=st.sampled_from(_STARTS))
def test_the_last_one_was_this_one_then(
    today: date,
    week_start: WeekStart,
    language: Language,
    unit: Unit,
    this: str,
    last: str,
    before_last: str,
) -> None:
    calendar = CompanyCalendar(week_start=week_start)

    def on(day: date, text: str) -> Period | None:
        return read(text, language, day, None, calendar)

    earlier = shifted(today, unit, -1, calendar.first_weekday)
    assert on(today, last) == on(earlier, this)
    assert on(today, before_last) == on(earlier, last)
    period, before = on(today, this), on(today, last)
    assert period is not None
    assert before is not None
    assert period.from_date == before.to_date + timedelta(days=1)


@given(_DAYS, st.integers(1, 12))
def test_fiscal_quarters_make_up_the_fiscal_year(today: date, fiscal: int) -> None:
    calendar = CompanyCalendar(fiscal_year_start=fiscal)
    parts = [
        read(f"Q{number} FY2024", Language.ENGLISH, today, None, calendar) for number in range(1, 5)
    ]
    year = read("FY2024", Language.ENGLISH, today, None, calendar)

    assert year is not None
    assert year.to_date.year == 2024
    first, *_, last = parts
    assert first is not None
    assert last is not None
    assert (first.from_date, last.to_date) == (year.from_date, year.to_date)
    for one, other in pairwise(parts):
        assert one is not None
        assert other is not None
        assert other.from_date == one.to_date + timedelta(days=1)


@given(_DAYS)
def test_the_last_working_days_are_worked_on(today: date) -> None:
    calendar = CompanyCalendar(country="BR")
    last = read("último dia útil", Language.PORTUGUESE, today, None, calendar)
    five = read("últimos 5 dias úteis", Language.PORTUGUESE, today, None, calendar)

    assert last is not None
    assert last.to_date < today
    assert calendar.works(last.to_date)
    assert five is not None
    assert five.from_date is not None
    worked = [
        five.from_date + timedelta(days=count)
        for count in range((five.to_date - five.from_date).days + 1)
    ]
    assert sum(map(calendar.works, worked)) == 5
