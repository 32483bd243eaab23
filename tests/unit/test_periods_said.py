"""Golden phrases: what people say of time, and what only sounds like it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, cast

import pytest

from backend.domain.language import Language
from backend.semantic.company_calendar import CompanyCalendar
from backend.semantic.model import WeekStart
from backend.semantic.period import Period
from tests.unit.periods_stage import days, found_in, load, read

_LANGUAGES = frozenset(Language)
#: An ordinary day, a leap day, and Northwind's last.
_TODAYS = (date(2026, 11, 24), date(2024, 2, 29), date(1998, 5, 6))


@dataclass(frozen=True, kw_only=True)
class Said:
    text: str
    language: Language
    today: date
    expected: Period | None
    anchor: Period | None
    calendar: CompanyCalendar

    @property
    def name(self) -> str:
        return f"{self.today} {self.calendar.week_start} {self.language}: {self.text}"


def _said(table: dict[str, Any]) -> Iterator[Said]:
    calendar = CompanyCalendar(
        country=table.get("country", "BR"),
        fiscal_year_start=int(table.get("fiscal_year_start", 1)),
        week_start=cast(WeekStart, table.get("week_start", "monday")),
    )
    for language in Language:
        for text, expected in table.get(language, {}).items():
            yield Said(
                text=text,
                language=language,
                today=date.fromisoformat(table["today"]),
                expected=None if expected == "null" else days(expected),
                anchor=days(table["anchor"]) if "anchor" in table else None,
                calendar=calendar,
            )


SAID = [
    each
    for name in ("periods_said.yaml", "periods_said_later.yaml")
    for table in load(name)
    for each in _said(table)
]
NOT_PERIODS = [
    (Language(language), text)
    for language, texts in load("not_periods.yaml").items()
    for text in texts
]


@pytest.mark.parametrize("said", SAID, ids=lambda said: said.name)
def test_means_these_days(said: Said) -> None:
    found = read(said.text, said.language, said.today, said.anchor, said.calendar)
    assert found == said.expected


@pytest.mark.parametrize(("language", "text"), NOT_PERIODS)
def test_is_no_period(language: Language, text: str) -> None:
    assert [found_in(text, language, today) for today in _TODAYS] == [[], [], []]


def test_there_are_phrases_enough() -> None:
    assert len([said for said in SAID if said.expected]) >= 450
    assert len(NOT_PERIODS) >= 140
