"""The words of the semantic layer: what a question about sales means, and what comes back.

A `MetricQuery` is the only thing a model may choose; SQL and arithmetic are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from backend.domain.language import Language

Grain = Literal["day", "week", "month", "quarter", "year"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """A request for certified figures. Dates are inclusive; both None means all time."""

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    #: Dimension -> its members; several members are alternatives.
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    from_date: date | None = None
    to_date: date | None = None
    grain: Grain | None = None
    order: Literal["desc", "asc"] | None = None
    order_by: str | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How a question was understood. `complete` only when every word found its meaning."""

    query: MetricQuery | None
    language: Language
    complete: bool
    #: The words that found no meaning, as the user wrote them.
    not_understood: tuple[str, ...] = ()
    #: True when the query was completed from the turn before ("e do mês anterior?").
    follow_up: bool = False


class Outcome(StrEnum):
    """How a metric query ended: an answer, or one of the four kinds of nothing."""

    OK = "ok"
    NO_ROWS = "no_rows"
    NOT_PERMITTED = "not_permitted"
    NOT_DEFINED = "metric_not_defined"
    SOURCE_DOWN = "source_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTable:
    """The answer to a MetricQuery. Row keys are metric and dimension names, `period` first."""

    query: MetricQuery
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]
    #: The statement with its values as literals, runnable as printed. The executed one is bound.
    sql: str
    #: The source's name, the model's version, and when it was read (RFC 3339).
    source: str
    model_version: str
    read_at: str
    #: True when there were more rows than an answer holds: a total of these would be wrong.
    truncated: bool = False
