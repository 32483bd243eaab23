"""How the tests of periods ask the reader, and how they write days."""

from datetime import date
from pathlib import Path
from typing import Any

import yaml

from backend.domain.language import Language
from backend.semantic.company_calendar import CompanyCalendar
from backend.semantic.lexicon import lexicon
from backend.semantic.period import Period
from backend.semantic.period_reader import period_at
from backend.semantic.time_words import TimeWords, time_words
from backend.semantic.tokens import words

DATA = Path(__file__).parent / "data"
BRAZIL = CompanyCalendar(country="BR")


def told(
    said: tuple[str, ...],
    language: Language,
    today: date,
    anchor: Period | None = None,
    calendar: CompanyCalendar = BRAZIL,
) -> TimeWords:
    return time_words(said, lexicon(language).period, today, language, anchor, calendar)


def read(
    text: str,
    language: Language,
    today: date,
    anchor: Period | None = None,
    calendar: CompanyCalendar = BRAZIL,
) -> Period | None:
    """The period that the whole text is, or all of it behind "|"; None where something is left."""
    company, _, expression = text.rpartition("|")
    before, said = words(company), words(expression)
    time = told((*before, *said), language, today, anchor, calendar)
    found = period_at(time, len(before))
    return found[0] if found and found[1] == len(time.words) else None


def found_in(text: str, language: Language, today: date) -> list[Period]:
    """Whatever is read as a period, at whichever word it begins."""
    said = words(text)
    time = told(said, language, today)
    found = (period_at(time, start) for start in range(len(said)))
    return [each[0] for each in found if each]


def days(text: str) -> Period:
    first, _, last = text.partition("..")
    if ".." not in text:
        last = first
    return Period(
        from_date=date.fromisoformat(first) if first else None, to_date=date.fromisoformat(last)
    )


def load(name: str) -> Any:
    """As text throughout: "2025" is an expression here."""
    text = (DATA / name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it builds strings only
