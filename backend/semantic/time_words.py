"""The words of one question as the period grammar looks at them, and the day it is asked on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from backend.domain.language import Language
from backend.semantic.calendar_unit import Unit
from backend.semantic.company_calendar import CompanyCalendar
from backend.semantic.lexicon import PeriodWords
from backend.semantic.moment import Moment
from backend.semantic.period import Period, ago, recent, whole


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWords:
    """Every reader below takes the place of a word, and answers with where its find ends."""

    words: Sequence[str]
    lexicon: PeriodWords
    #: The day that "today" means.
    today: date
    #: In a follow-up, the period of the question before.
    anchor: Period | None = None
    #: True where 03/04 may be March 4 (English).
    month_first_possible: bool = False
    #: True where "março 24" is no day: Portuguese, whose days stand before the month.
    day_before_month: bool = False
    calendar: CompanyCalendar = field(default_factory=CompanyCalendar)
    #: What single expression begins at each word: every range rule asks again.
    moments: dict[int, Moment | None] = field(default_factory=dict, compare=False, repr=False)

    def word(self, start: int) -> str:
        """The word there, or "" past the end."""
        return self.words[start] if 0 <= start < len(self.words) else ""

    def end_of(self, name: str, start: int) -> int | None:
        """Where a phrase of that class of the lexicon ends, if one begins here."""
        found = self.lexicon.classes[name].match(self.words, start)
        return found[1] if found else None

    def skip(self, name: str, start: int) -> int:
        """Past a phrase of that class, if one begins here."""
        return self.end_of(name, start) or start

    def follows(self, name: str, start: int) -> bool:
        """True if the word before `start` is one of that class."""
        word = self.word(start - 1)
        return bool(word) and self.lexicon.classes[name].match((word,), 0) is not None

    def this(self, unit: Unit) -> Period:
        """The running one; weeks begin as the company's do."""
        return whole(unit, self.today, self.calendar.first_weekday)

    def ago(self, unit: Unit, count: int) -> Period:
        return ago(unit, count, self.today, self.calendar.first_weekday)

    def recent(self, unit: Unit, count: int) -> Period:
        return recent(unit, count, self.today, self.calendar.first_weekday)

    def unit_of(self, period: Period) -> Unit | None:
        """What it is exactly one of, weeks as the company's."""
        first = period.from_date
        if first and period == whole(Unit.WEEK, first, self.calendar.first_weekday):
            return Unit.WEEK
        return period.unit

    def unit(self, start: int) -> tuple[Unit, int] | None:
        return self.lexicon.units.match(self.words, start)

    def is_plural(self, start: int) -> bool:
        """True for "months", of a word that is a unit."""
        return self.word(start) in self.lexicon.plural_units

    def number(self, start: int) -> int | None:
        """A whole number of up to four digits, or one of the lexicon's number words."""
        word = self.word(start)
        if word.isascii() and word.isdigit() and len(word) <= 4:
            return int(word)
        found = self.lexicon.numbers.match(self.words, start)
        return found[0] if found else None

    def count(self, start: int) -> int | None:
        """A number, also the "a" of "a month ago"."""
        return 1 if self.end_of("one", start) is not None else self.number(start)


def time_words(
    words: Sequence[str],
    lexicon: PeriodWords,
    today: date,
    language: Language,
    anchor: Period | None = None,
    calendar: CompanyCalendar | None = None,
) -> TimeWords:
    return TimeWords(
        words=words,
        lexicon=lexicon,
        today=today,
        anchor=anchor,
        month_first_possible=language is Language.ENGLISH,
        day_before_month=language is Language.PORTUGUESE,
        calendar=calendar or CompanyCalendar(),
    )
