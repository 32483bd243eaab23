"""Chooses tools without a model: sales from the parser's reading, all others by words.

The words that name a market series, ask how to act or which figures there are, are data (`grammar/<language>.yaml`).
"""

from collections.abc import Iterator, Mapping
from typing import Any

from backend.domain.chat import Subject, ToolSpec
from backend.semantic.lexicon import Lexicon, Phrase, lexicon
from backend.semantic.period import Period
from backend.semantic.period_reader import period_at
from backend.semantic.query_arguments import query_from_arguments, query_to_arguments
from backend.semantic.time_words import TimeWords, time_words
from backend.semantic.tokens import words

__all__ = [
    "CATALOG_TOOL",
    "GUIDANCE_TOOL",
    "QUERY_TOOL",
    "SERIES_TOOL",
    "SalesPlanner",
    "query_from_arguments",
    "query_to_arguments",
]

QUERY_TOOL = "sales_query_metrics"
SERIES_TOOL = "market_get_series"
GUIDANCE_TOOL = "playbook_find_guidance"
CATALOG_TOOL = "sales_list_metrics"

#: What the playbook is asked; longer questions are cut, its search needs no more.
_LONGEST_QUESTION = 500


class SalesPlanner:
    """The domain's Planner. Stateless, so threads may share it."""

    def plan(
        self, subject: Subject, tools: tuple[ToolSpec, ...]
    ) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The calls that answer the question, among the tools on offer: sales, market, playbook.

        A reading with words left over is only used where those words name a market series ("vendas
        de outubro e o dólar"): otherwise they may change what is asked.
        """
        offered = {tool.name for tool in tools}
        calls = (*_sales(subject), *_market(subject), *_playbook(subject), *_catalog(subject))
        return tuple((name, arguments) for name, arguments in calls if name in offered)


def _sales(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reading = subject.reading
    if reading is None or reading.query is None:
        return
    if reading.complete or (
        # In a follow-up, a market word rather replaces what was asked than joins it.
        not reading.follow_up
        # What may mean two things is asked back, never guessed.
        and not reading.readings
        and _is_market_talk(reading.not_understood, subject)
    ):
        yield QUERY_TOOL, query_to_arguments(reading.query)


def _market(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    named = _series(subject)
    if not named:
        return
    said = words(subject.question)
    time = time_words(said, _spoken(subject).period, subject.today, subject.language)
    period = _period(time)
    days = {
        "from": period.from_date.isoformat() if period and period.from_date else None,
        "to": period.to_date.isoformat() if period else None,
    }
    for series in named:
        yield SERIES_TOOL, {"series": series} | {key: day for key, day in days.items() if day}


def _playbook(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if subject.reading is not None and subject.reading.complete:
        return
    said = words(subject.question)
    patterns = _spoken(subject).playbook
    if subject.documented or any(
        _matches(pattern, said, at) for pattern in patterns for at in range(len(said))
    ):
        yield GUIDANCE_TOOL, {"query": subject.question[:_LONGEST_QUESTION]}


def _catalog(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if subject.reading is not None and subject.reading.complete:
        return
    catalog, said = _spoken(subject).catalog, words(subject.question)
    if any(catalog.match(said, at) for at in range(len(said))):
        yield CATALOG_TOOL, {}


def _spoken(subject: Subject) -> Lexicon:
    return lexicon(subject.language)


def _series(subject: Subject) -> tuple[str, ...]:
    """The market series that the question names, in its order."""
    market, said = _spoken(subject).market, words(subject.question)
    found = (market.match(said, at) for at in range(len(said)))
    return tuple(dict.fromkeys(each[0] for each in found if each))


def _is_market_talk(left: tuple[str, ...], subject: Subject) -> bool:
    """True when a series is named, and every word that was left over is about it."""
    spoken = _spoken(subject)
    about = {*spoken.market.words(), *spoken.market_talk.words()}
    return bool(_series(subject)) and all(word in about for text in left for word in words(text))


def _period(time: TimeWords) -> Period | None:
    """The first period that the question names."""
    found = (period_at(time, at) for at in range(len(time.words)))
    return next((each[0] for each in found if each), None)


def _matches(pattern: Phrase, said: tuple[str, ...], start: int) -> bool:
    """A part such as "*ar" stands for any longer word with that ending."""
    return len(said) >= start + len(pattern) and all(
        word[2:].endswith(part[1:]) if part.startswith("*") else word == part
        for part, word in zip(pattern, said[start:], strict=False)
    )
