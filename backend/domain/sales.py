"""The words of the semantic layer: what a question about sales means, and what comes back.

A `MetricQuery` is the only thing a model may choose; SQL and arithmetic are ours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal

from backend.domain.language import Language

Grain = Literal["day", "week", "month", "quarter", "year"]
Comparison = Literal["previous_period", "same_period_last_year"]
Operator = Literal[">", ">=", "<", "<="]

#: What the dimensions of the rest row hold: no database spells a member so.
OTHER = "(other)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """Keep the rows whose `metric` stands so to `value`; a row where it is unknown is not kept."""

    metric: str
    op: Operator
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricQuery:
    """A request for certified figures. Dates are inclusive; both None means all time.

    What each field means where something is missing or equal is told in `semantic/compile.py`.
    """

    metrics: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    #: Dimension -> its members; several members are alternatives.
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Dimension -> members whose rows are left out; rows without a member stay.
    exclude: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    from_date: date | None = None
    to_date: date | None = None
    grain: Grain | None = None
    #: Adds `<metric>_previous` and `<metric>_change` (a fraction of the previous).
    compare: Comparison | None = None
    order: Literal["desc", "asc"] | None = None
    order_by: str | None = None
    limit: int | None = None
    #: With a limit: one more row for all that did not make it, named OTHER.
    other: bool = False
    having: tuple[Threshold, ...] = ()
    #: Adds `<metric>_share`, a fraction of what the filters leave.
    share: bool = False
    #: Each period's figure is the sum of all periods up to it.
    cumulative: bool = False
    #: Keep the dimension's members that have no row of this metric in the period.
    without: str | None = None
    #: Id or name of the source; None for the tenant's default.
    data_source: str | None = None


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
    #: Where the words may mean several queries: each of them, the likelier first. The reading is not
    #: complete then, and the asker is asked which was meant.
    readings: tuple[MetricQuery, ...] = ()


class Outcome(StrEnum):
    """How a metric query ended: an answer, or one of the four kinds of nothing."""

    OK = "ok"
    NO_ROWS = "no_rows"
    NOT_PERMITTED = "not_permitted"
    NOT_DEFINED = "metric_not_defined"
    SOURCE_DOWN = "source_unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricTable:
    """The answer to a MetricQuery.

    Row keys: `period` (the first day of it) first, then the dimensions, then each metric followed
    by its `_previous`, `_change` and `_share` where they were asked for.
    """

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
    #: True when the rows were kept from an earlier reading, at `read_at`.
    cached: bool = False
