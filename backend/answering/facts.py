"""The figures that a turn's tools returned, each with all that tells which it is: typed evidence.

A value alone supports nothing: R$ 10 of the South in October is no evidence for R$ 10 of the North, nor
of September.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from backend.domain.trace import Figure, FigureKind, ToolOutcome
from backend.semantic.folding import folded


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure. `members` are folded, by dimension, those that the query narrows it to as well."""

    value: Decimal
    kind: FigureKind
    metric: str
    members: Mapping[str, frozenset[str]]
    from_date: date | None
    to_date: date | None
    is_percent: bool
    is_money: bool
    #: Which tool call, and which of its figures: for the order of a list.
    table: int


@dataclass(slots=True)
class Facts:
    """All figures of a turn so far."""

    facts: list[Fact] = field(default_factory=list)
    _tables: int = 0

    def add(self, outcome: ToolOutcome) -> None:
        narrowed = _narrowed(outcome.content)
        self.facts += [_fact(each, narrowed, self._tables) for each in outcome.figures]
        self._tables += 1

    def members(self) -> Mapping[str, frozenset[str]]:
        """Dimension -> every member that some figure is of."""
        found: dict[str, set[str]] = {}
        for fact in self.facts:
            for dimension, members in fact.members.items():
                found.setdefault(dimension, set()).update(members)
        return {dimension: frozenset(members) for dimension, members in found.items()}

    def series(self, fact: Fact) -> Sequence[Fact]:
        """The figures of the same over time, if the figure is one of a series."""
        found = [
            other
            for other in self.facts
            if other.table == fact.table
            and (other.kind, other.metric, other.members) == (fact.kind, fact.metric, fact.members)
        ]
        return found if len(found) > 1 else ()

    def rivals(self, fact: Fact) -> Iterator[Fact]:
        """The figures that a ranking would compare this one with, itself among them."""
        for other in self.facts:
            if (
                other.table == fact.table
                and (other.kind, other.metric) == (fact.kind, fact.metric)
                and (other.from_date, other.to_date) == (fact.from_date, fact.to_date)
                and other.members.keys() == fact.members.keys()
            ):
                yield other


def _fact(figure: Figure, narrowed: Mapping[str, frozenset[str]], table: int) -> Fact:
    own = {name: frozenset({folded(member)}) for name, member in figure.members.items()}
    return Fact(
        value=Decimal(str(figure.value)),
        kind=figure.kind,
        metric=figure.metric,
        members={**narrowed, **own},
        from_date=figure.from_date,
        to_date=figure.to_date,
        is_percent="%" in figure.text,
        is_money=any(
            not each.isascii() or each in "$R" for each in figure.text if not each.isdigit()
        )
        and "%" not in figure.text,
        table=table,
    )


def _narrowed(content: str) -> Mapping[str, frozenset[str]]:
    """The members that the whole answer is narrowed to, as its provenance tells."""
    try:
        told = json.loads(content)
        filters: Mapping[str, Iterable[str]] = told["provenance"]["filters"]
    except (ValueError, KeyError, TypeError):
        return {}
    return {name: frozenset(map(folded, members)) for name, members in filters.items()}


def plain(content: str) -> Any:
    """A tool's content as JSON, or None."""
    try:
        return json.loads(content, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return None
