"""Chooses tools without a model: sales from the parser's reading, market and playbook by words.

The words that name a market series, or ask how to act, are data (`grammar/<language>.yaml`).
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
        calls = (*_sales(subject), *_market(subject), *_playbook(subject))
        return tuple((name, arguments) for name, arguments in calls if name in offered)


def _sales(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    reading = subject.reading
    if reading is None or reading.query is None:
        return
    if reading.complete or (
        # In a follow-up, a market word rather replaces what was asked than joins it.
        not reading.follow_up and _is_market_talk(reading.not_understood, _spoken(subject))
    ):
        yield QUERY_TOOL, query_to_arguments(reading.query)


def _market(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    spoken, said = _spoken(subject), words(subject.question)
    named = [found[0] for at in range(len(said)) if (found := spoken.market.match(said, at))]
    period = _period(time_words(said, spoken.period, subject.today, subject.language))
    days = {
        "from": period.from_date.isoformat() if period and period.from_date else None,
        "to": period.to_date.isoformat() if period else None,
    }
    for series in dict.fromkeys(named):
        yield SERIES_TOOL, {"series": series} | {key: day for key, day in days.items() if day}


def _playbook(subject: Subject) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if subject.reading is not None and subject.reading.complete:
        return
    said = words(subject.question)
    patterns = _spoken(subject).playbook
    if any(_matches(pattern, said, at) for pattern in patterns for at in range(len(said))):
        yield GUIDANCE_TOOL, {"query": subject.question[:_LONGEST_QUESTION]}


def _spoken(subject: Subject) -> Lexicon:
    return lexicon(subject.language)


def _is_market_talk(left: tuple[str, ...], spoken: Lexicon) -> bool:
    """True when every word left is about a market series, and one of them names it."""
    market, talk = set(spoken.market.words()), set(spoken.market_talk.words())
    said = {word for text in left for word in words(text)}
    return bool(said & market) and said <= market | talk


def _period(time: TimeWords) -> Period | None:
    """The first period that the question names."""
    found = (period_at(time, at) for at in range(len(time.words)))
    return next((each[0] for each in found if each), None)


def _matches(pattern: Phrase, said: tuple[str, ...], start: int) -> bool:
    """As in "como *ar", which is "como" before a word that ends so."""
    return len(said) >= start + len(pattern) and all(
        word.endswith(part[1:]) if part.startswith("*") else word == part
        for part, word in zip(pattern, said[start:], strict=False)
    )
