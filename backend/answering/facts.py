"""The figures that a turn's tools returned, each with all that tells which it is: typed evidence.

A value alone supports nothing: R$ 10 of the South in October is no evidence for R$ 10 of the North, nor
of September.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from backend.domain.sales import OTHER
from backend.domain.trace import Figure, FigureKind, ToolOutcome
from backend.semantic.folding import folded

_REST = folded(OTHER)
#: What sources call such a row in their own words; one may be a member of its own, all the same.
_MAY_BE_REST = frozenset({
    _REST, "outros", "outras", "others", "other", "otros", "otras", "demais", "os demais", "resto", "los demas",
})  # fmt: skip
_DAYS_OF_A_WEEK = 7
_NO_SIGN = re.compile(r"[\d.,\s+-]")


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure. `members` are folded, by dimension, those that the query narrows it to as well."""

    value: Decimal
    kind: FigureKind
    metric: str
    members: Mapping[str, frozenset[str]]
    #: Folded names of those whose rows were left out.
    excluded: frozenset[str]
    from_date: date | None
    to_date: date | None
    is_percent: bool
    is_money: bool
    #: "R$": empty for what is no money.
    currency: str
    #: Which tool call, and which of its figures: for the order of a list.
    table: int

    @property
    def is_rest(self) -> bool:
        """Whether it is of all that did not make a list."""
        return any(_REST in names for names in self.members.values())

    @property
    def may_be_rest(self) -> bool:
        """Whether it may be: then it is ranked with no other."""
        return any(_MAY_BE_REST & names for names in self.members.values())


@dataclass(slots=True)
class Facts:
    """All figures of a turn so far."""

    facts: list[Fact] = field(default_factory=list)
    #: Tables that hold the first of an order only, with that order: the last of all is not among them.
    cut: dict[int, str] = field(default_factory=dict)
    #: The days that were asked for, and those they are compared with, as ISO texts.
    asked_days: set[tuple[str, str]] = field(default_factory=set)
    _tables: int = 0

    def add(self, outcome: ToolOutcome) -> None:
        narrowed = _narrowed(outcome.content, "filters")
        left_out = _narrowed(outcome.content, "exclude").values()
        excluded = frozenset(name for names in left_out for name in names)
        self.facts += [_fact(each, narrowed, excluded, self._tables) for each in outcome.figures]
        self.asked_days |= _days(outcome.content)
        order = _cut(outcome)
        if order:
            self.cut[self._tables] = order
        self._tables += 1

    def members(self) -> Mapping[str, frozenset[str]]:
        """Dimension -> every member that some figure is of."""
        found: dict[str, set[str]] = {}
        for fact in self.facts:
            for dimension, members in fact.members.items():
                found.setdefault(dimension, set()).update(members)
        return {dimension: frozenset(members) for dimension, members in found.items()}

    def is_ordered_by(self, fact: Fact) -> bool:
        """Whether its metric is the first of its table, by which rows are ordered."""
        return fact.metric == next(each.metric for each in self.facts if each.table == fact.table)

    def buckets(self) -> frozenset[tuple[date, date]]:
        """The first and last days of the weeks that some figures are of, one after the other."""
        found = {
            (fact.from_date, fact.to_date)
            for fact in self.facts
            if fact.from_date is not None
            and fact.to_date is not None
            and 1 <= (fact.to_date - fact.from_date).days < _DAYS_OF_A_WEEK
        }
        return frozenset(found) if len(found) > 1 else frozenset()

    def most_members(self, dimension: str) -> int:
        """How many members the longest table by a dimension has; the rest that made no list is none."""
        found: dict[int, set[frozenset[str]]] = {}
        for fact in self.facts:
            if dimension in fact.members and not fact.is_rest:
                found.setdefault(fact.table, set()).add(fact.members[dimension])
        return max(map(len, found.values()), default=0)

    def series(self, fact: Fact) -> Sequence[Fact]:
        """The figures of the same over time, if the figure is one of a series."""
        found = [
            other
            for other in self.facts
            if other.table == fact.table
            and (other.kind, other.metric, other.members) == (fact.kind, fact.metric, fact.members)
        ]
        # The total of all is not one of them.
        units = [each for each in found if not any(_contains(each, other) for other in found)]
        return units if len(units) > 1 and fact in units else ()

    def rivals(self, fact: Fact) -> Iterator[Fact]:
        """The figures that a ranking would compare this one with, itself among them.

        The row of all that did not make a list is no rival of those that did.
        """
        for other in self.facts:
            if (
                not other.may_be_rest
                and other.table == fact.table
                and (other.kind, other.metric) == (fact.kind, fact.metric)
                and (other.from_date, other.to_date) == (fact.from_date, fact.to_date)
                and other.members.keys() == fact.members.keys()
            ):
                yield other


def _fact(
    figure: Figure,
    narrowed: Mapping[str, frozenset[str]],
    excluded: frozenset[str],
    table: int,
) -> Fact:
    currency = "" if "%" in figure.text else _NO_SIGN.sub("", figure.text)
    own = {name: frozenset({folded(member)}) for name, member in figure.members.items()}
    return Fact(
        value=Decimal(str(figure.value)),
        kind=figure.kind,
        metric=figure.metric,
        members={**narrowed, **own},
        from_date=figure.from_date,
        to_date=figure.to_date,
        is_percent="%" in figure.text,
        is_money=bool(currency),
        currency=currency,
        excluded=excluded,
        table=table,
    )


def _cut(outcome: ToolOutcome) -> str:
    """The order of a table that was cut at its limit; empty where it is whole."""
    told = plain(outcome.content)
    query = told.get("provenance") if isinstance(told, dict) else None
    if not isinstance(query, dict) or not query.get("limit") or outcome.rows is None:
        return ""
    return str(query.get("order") or "") if outcome.rows >= query["limit"] else ""


def _days(content: str) -> set[tuple[str, str]]:
    told = plain(content)
    spans = (told.get("period"), told.get("compared_with")) if isinstance(told, dict) else ()
    return {
        (str(each.get("from")), str(each.get("to"))) for each in spans if isinstance(each, dict)
    }


def _narrowed(content: str, how: str) -> Mapping[str, frozenset[str]]:
    """The members that the whole answer is narrowed to, or goes without, as its provenance tells."""
    try:
        told = json.loads(content)
        filters: Mapping[str, Iterable[str]] = told["provenance"].get(how, {})
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {name: frozenset(map(folded, members)) for name, members in filters.items()}


def _same_days(one: Fact, other: Fact) -> bool:
    return (one.from_date, one.to_date) == (other.from_date, other.to_date)


def _contains(whole: Fact, part: Fact) -> bool:
    if whole.from_date is None or whole.to_date is None:
        return whole is not part
    return (
        part.from_date is not None
        and part.to_date is not None
        and not _same_days(whole, part)
        and whole.from_date <= part.from_date
        and part.to_date <= whole.to_date
    )


def plain(content: str) -> Any:
    """A tool's content as JSON, or None."""
    try:
        return json.loads(content, parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        return None
