"""Which way a figure went over time, where no tool has worked it out: from one unit of a series to the next. Pure."""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from backend.answering.clauses import clause_ends
from backend.answering.direction_words import SAVE
from backend.answering.evidence import Evidence
from backend.answering.facts import Fact, Facts
from backend.answering.fitting import is_within
from backend.answering.mention import Mention
from backend.answering.metric_of import are_akin, is_named
from backend.answering.said import Said

_SINCE_THEN = re.compile(
    r"\b(?:desde então|de lá para cá|desde entonces|since then|ever since)\b", re.IGNORECASE
)


def every_step(
    said: Said,
    at: int,
    evidence: Evidence,
    changes: Sequence[Fact],
    members: Sequence[Mention],
    metrics: Sequence[Mention],
) -> Iterator[Decimal]:
    """Every change, or step of a series, of those and of the time that are named: "em todos os meses"."""
    saved = SAVE.search(said.text)
    left_out = [
        each
        for each in said.mentions
        if each.kind == "member" and saved and each.start > saved.start()
    ]
    periods = [
        each
        for each in said.mentions
        if each.kind == "period" and not said.binding.is_compared_with(each)
    ]

    def is_meant(fact: Fact) -> bool:
        return (
            not fact.is_rest
            and not any(
                each.names & fact.members.get(each.dimension, frozenset()) for each in left_out
            )
            and (not periods or any(is_within(fact, each, evidence) for each in periods))
        )

    told = [fact for fact in changes if is_meant(fact)]
    if told:
        yield from (fact.value for fact in told)
        return
    values = [
        fact
        for fact in evidence.facts.facts
        if fact.kind == "value"
        and is_of_subject(fact, said, at, members, metrics)
        and is_meant(fact)
    ]
    for one, other in pairwise(values):
        if evidence.facts.series(one) and (one.metric, one.members) == (
            other.metric,
            other.members,
        ):
            yield other.value - one.value


def is_of_subject(
    fact: Fact, said: Said, at: int, members: Sequence[Mention], metrics: Sequence[Mention]
) -> bool:
    """Whether the figure is of those and of what a direction is told of at that place."""
    if metrics and not any(
        is_named(said, fact, each, at)
        # "As devoluções recuaram", where their rate is known.
        or (fact.is_percent and any(are_akin(name, fact.metric) for name in each.names))
        for each in metrics
    ):
        return False
    named = list(members) or [each for each in said.over if each.kind == "member"]
    return not named or any(
        each.names & fact.members.get(each.dimension, frozenset()) for each in named
    )


def told_steps(
    said: Said,
    at: int,
    facts: Facts,
    members: Sequence[Mention],
    metrics: Sequence[Mention],
    matched: Sequence[Fact],
) -> Iterator[int]:
    """Which way a series went between the two figures that are told, or the two times that are named."""
    start, end = clause_ends(said.text, said.mentions, at)
    within = [each for each in said.mentions if each.kind == "period" and start <= each.start < end]
    if any(start <= number.start < end for number in said.numbers):
        within = []
    told = [fact for fact in matched if fact.kind in ("value", "previous")]
    if len(told) < 2 or within:
        told = [
            fact
            for fact in facts.facts
            if fact.kind == "value"
            and is_of_subject(fact, said, at, members, metrics)
            and any(
                _touches(fact, each)
                for each in within or [each for each in said.mentions if each.kind == "period"]
            )
        ]
    timed = sorted(
        (fact for fact in told if fact.from_date is not None),
        key=lambda fact: fact.from_date.toordinal() if fact.from_date else 0,
    )
    found = False
    for first in timed:
        for last in timed:
            if (
                first.from_date != last.from_date
                and timed.index(first) < timed.index(last)
                and first.metric == last.metric
                and first.members == last.members
            ):
                found = True
                yield _sign(last.value - first.value)
    if not found:
        yield from _steps_of_series(said, at, facts, members, metrics, timed)


def _steps_of_series(
    said: Said,
    at: int,
    facts: Facts,
    members: Sequence[Mention],
    metrics: Sequence[Mention],
    timed: Sequence[Fact],
) -> Iterator[int]:
    """To the one time that is told, from the one before; without a time, or since that time, every step."""
    is_since = _SINCE_THEN.search(said.text) is not None
    values = [
        fact
        for fact in facts.facts
        if fact.kind == "value" and is_of_subject(fact, said, at, members, metrics)
    ]
    for one, other in pairwise(values):
        if one not in facts.series(other) or one.members != other.members:
            continue
        if not timed or is_since or other in timed:
            yield _sign(other.value - one.value)


def _sign(step: Decimal) -> int:
    return (step > 0) - (step < 0)


def _touches(fact: Fact, period: Mention) -> bool:
    """Whether the figure's time begins or ends the period that is named, in whichever year."""
    if fact.from_date is None or fact.to_date is None:
        return False
    if period.from_date is None or period.to_date is None:
        return False
    starts = fact.from_date.timetuple()[1:3] == period.from_date.timetuple()[1:3]
    ends = fact.to_date.timetuple()[1:3] == period.to_date.timetuple()[1:3]
    same_year = period.yearless or fact.from_date.year == period.from_date.year
    return (starts or ends) and same_year
