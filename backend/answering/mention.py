"""A name in a statement: of a metric, a member, a time, or a word of rank."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Named = Literal["metric", "member", "period", "dimension", "best", "worst"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Characters `start` to `end` of a statement."""

    kind: Named
    start: int
    end: int
    #: Of metrics: their names. Of members: their folded names, all of one dimension.
    names: frozenset[str] = frozenset()
    dimension: str = ""
    #: Of a dimension: "regiões".
    plural: bool = False
    from_date: date | None = None
    to_date: date | None = None
    #: Of a period: "outubro", whose year the context tells; `from_date` is the nearest one's.
    yearless: bool = False
    #: Of a period: "o mês anterior", which is counted from the period of the answer.
    relative: bool = False
    #: Of a period: "na semana seguinte", which is counted from the one told before.
    later: bool = False
    #: Of a period: some days within, at most so many: "the last week of October".
    most_days: int = 0
    #: Of best and worst: one, and not a list of several.
    singular: bool = False
