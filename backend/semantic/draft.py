"""A metric query while it is being read from a question."""

from dataclasses import dataclass, field, replace
from typing import Literal

from backend.domain.sales import Comparison, Grain, Threshold
from backend.semantic.period import Period
from backend.semantic.span import MemberName


@dataclass(slots=True, kw_only=True)
class Draft:
    metrics: list[str] = field(default_factory=list)
    #: What the ranking goes by, where the question says so.
    criterion: str | None = None
    #: True where it was said by a word that judges: "os piores".
    judged: bool = False
    #: True where the question names a growth, which a ranking may go by.
    growth: bool = False
    #: True where it goes by how much the first metric has changed.
    by_change: bool = False
    dimensions: list[str] = field(default_factory=list)
    grain: Grain | None = None
    filters: dict[str, list[str]] = field(default_factory=dict)
    period: Period | None = None
    order: Literal["desc", "asc"] | None = None
    limit: int | None = None
    excluded: dict[str, list[str]] = field(default_factory=dict)
    compare: Comparison | None = None
    #: True where the question names the period that the whole of another is compared with.
    whole_compared: bool = False
    bounds: list[Threshold] = field(default_factory=list)
    share: bool = False
    cumulative: bool = False
    without: str | None = None
    other: bool = False
    #: True in a follow-up that adds members to those of the question before.
    joined: bool = False
    #: Dimensions that a follow-up restricts no more.
    opened: list[str] = field(default_factory=list)
    #: True in a follow-up that wants all rows of a ranking.
    unlimited: bool = False
    #: True for members that are compared with each other.
    side_by_side: bool = False
    #: Members of two dimensions that the question does not tell apart: the one taken, and the rest.
    doubtful: list[tuple[MemberName, tuple[MemberName, ...]]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """True when nothing was found that a follow-up could be about."""
        return not (
            self.metrics
            or self.filters
            or self.excluded
            or self.period
            or self.compare
            or self.bounds
            or self.share
            or self.cumulative
            or self.other
            or self.opened
            or self.unlimited
            or self.has_breakdown
        )

    @property
    def stands_alone(self) -> bool:
        """As in "top 5 customers this year": all is said but what is measured."""
        return bool(self.dimensions and self.limit and self.period)

    @property
    def names_metrics_only(self) -> bool:
        """True for "os pedidos": when, for whom and by what is left open."""
        return bool(self.metrics) and replace(self, metrics=[]).is_empty and self.without is None

    @property
    def has_breakdown(self) -> bool:
        return bool(self.dimensions or self.grain or self.order)

    def add_metric(self, name: str) -> None:
        if name not in self.metrics:
            self.metrics.append(name)

    def add_dimension(self, name: str) -> None:
        if name not in self.dimensions:
            self.dimensions.append(name)

    def add_member(self, dimension: str, member: str, *, excluded: bool = False) -> None:
        members = (self.excluded if excluded else self.filters).setdefault(dimension, [])
        if member not in members:
            members.append(member)
