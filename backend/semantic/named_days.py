"""The days that a question is about, for whoever looks for what was said then, not for figures.

"O que combinamos em março?" means the days of March; so does "what did I say yesterday?" one day.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, tzinfo

from backend.semantic.company_calendar import CompanyCalendar
from backend.semantic.language import detect_language
from backend.semantic.lexicon import lexicon
from backend.semantic.period import Period
from backend.semantic.period_reader import period_at
from backend.semantic.time_words import time_words
from backend.semantic.tokens import words

#: What is longer is a text; its first words say when, if any do.
_LONGEST_CHARACTERS = 600


def named_days(question: str, today: date, zone: tzinfo) -> list[tuple[datetime, datetime]]:
    """From, and until before, of each period with a beginning and an end that a question names."""
    midnight = time(tzinfo=zone)
    return [
        (
            datetime.combine(period.from_date, midnight),
            datetime.combine(period.to_date + timedelta(days=1), midnight),
        )
        for period in _periods(question[:_LONGEST_CHARACTERS], today)
        if period.from_date is not None and period.to_date < date.max
    ]


def _periods(question: str, today: date) -> Iterator[Period]:
    language = detect_language(question)
    said = words(question)
    time = time_words(said, lexicon(language).period, today, language, None, CompanyCalendar())
    start = 0
    while start < len(said):
        found = period_at(time, start)
        if found is not None:
            yield found[0]
        start = found[1] if found else start + 1
