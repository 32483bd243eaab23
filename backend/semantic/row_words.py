"""Whose a row is: its period and its members, as the reader is told."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.domain.language import Language
from backend.domain.sales import OTHER, MetricQuery
from backend.semantic.calendar_unit import Unit
from backend.semantic.model import SemanticModel
from backend.semantic.period import Period, whole
from backend.semantic.period_words import name_of, written_day
from backend.semantic.phrasebook import Phrasebook
from backend.semantic.validity import PERIOD


def keys(
    model: SemanticModel,
    query: MetricQuery,
    row: Mapping[str, Any],
    language: Language,
    words: Phrasebook,
) -> list[str]:
    """The period, then each dimension's member; of a row of nobody, that there is none."""
    told = []
    within = period_of(query, row)
    if query.grain and within is not None:
        told.append(name_of(within, Unit(query.grain), words))
    for name in query.dimensions:
        member, label = row[name], model.dimensions[name].labels[language].singular
        if member is None:
            told.append(words.say("item.without", label=label))
        elif member == OTHER:
            told.append(words.say("item.others"))
        else:
            told.append(told_member(member, words))
    return told


def members_of(query: MetricQuery, row: Mapping[str, Any], words: Phrasebook) -> dict[str, str]:
    """Dimension -> member; without those that the row has none of."""
    return {
        name: told_member(row[name], words) for name in query.dimensions if row[name] is not None
    }


def period_of(query: MetricQuery, row: Mapping[str, Any]) -> Period | None:
    """The whole unit that a row of a series is about; its first day is a date or ISO text."""
    if query.grain is None:
        return None
    first = row[PERIOD]
    day = first if isinstance(first, date) else date.fromisoformat(str(first)[:10])
    # The row begins where the company's week does.
    return whole(Unit(query.grain), day, day.weekday())


def told_member(member: Any, words: Phrasebook) -> str:
    """A day in the reader's format, yes or no in words, anything else as the database has it, on one line."""
    if isinstance(member, bool):
        return words.say("item.yes" if member else "item.no")
    if isinstance(member, date):
        return written_day(member, words)
    # A name may not end its line: what follows would read as ours.
    return " ".join(str(member).splitlines())
