"""What happened while a turn was answered, in the order it happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

#: What a figure tells of its metric: the value itself, the one it is compared with, the change
#: between them, the share of the whole, or the place in an order (1 is first).
FigureKind = Literal["value", "previous", "change", "difference", "share", "rank"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number an answer may say, and where it comes from."""

    #: As written in the reader's format, for example "R$ 1.234.567,89".
    text: str
    #: A change or a share is a fraction: 0.181 for "18,1%".
    value: float
    metric: str
    kind: FigureKind = "value"
    #: Dimension -> whose figure it is, as the reader is told; a total has none.
    members: Mapping[str, str] = field(default_factory=dict, hash=False)
    from_date: date | None = None
    to_date: date | None = None
    #: The tool call of this turn that returned it, counted from 0.
    tool_call: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedPassage:
    """Words of a document, and where they stand. Its numbers may be told with its name only."""

    title: str
    #: Document, section and page, in the reader's language.
    citation: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOutcome:
    """What a tool gives back: text for the model, and the facts we keep about it."""

    #: What the model reads: JSON, always with `status`.
    content: str
    ok: bool
    #: A sentence in the reader's language that answers by itself, if the tool can form one.
    summary: str | None = None
    figures: tuple[Figure, ...] = ()
    rows: int | None = None
    sql: str | None = None
    #: Public code, never an exception's text.
    error: str | None = None
    #: Title and place of what was read, for citations.
    sources: tuple[str, ...] = ()
    #: What was quoted from documents.
    passages: tuple[CitedPassage, ...] = ()
    #: A Vega-Lite specification of what was found, where there is something to draw.
    chart: Mapping[str, Any] | None = None
    #: True when the rows were read from the cache, and when they were read from the source (RFC 3339).
    cached: bool = False
    read_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """One tool call of a turn, as told to the caller and kept in the trace."""

    name: str
    arguments: Mapping[str, Any]
    outcome: ToolOutcome
    #: From the attempt's claim, as the times of steps.
    started_ms: int
    time_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A stretch of the road: understanding, an agent's run, the check. Times in ms from the claim."""

    kind: Literal["gather", "understand", "route", "agent", "check", "record"]
    name: str
    started_ms: int
    time_ms: int
    detail: Mapping[str, Any]
