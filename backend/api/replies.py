"""A turn as the door answers it, as msgspec structs: the body of `/chat`, and what stands for it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from backend.domain.turns import TurnStatus

Cost = Annotated[str, Meta(description="US dollars, as a decimal string.", examples=["0.002980"])]


class Remembered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    role: Literal["user", "assistant"]
    text: str
    at: str
    source: Literal["recent", "recall", "fact"]
    score: float | None = None


class Route(Struct, frozen=True, kw_only=True):
    decision: Literal["direct", "sales", "market", "both", "clarify", "refuse", "handoff"]
    by: Literal["rules", "model"]
    reason: str
    confidence: float


class ToolUse(Struct, frozen=True, kw_only=True):
    name: str
    arguments: dict[str, Any]
    ok: bool
    rows: int | None
    time_ms: int
    sql: Annotated[str, Meta(description="Runnable as printed.")] | None
    error: str | None


class FigureSaid(Struct, frozen=True, kw_only=True):
    text: str
    value: float
    metric: str
    kind: Literal["value", "previous", "change", "difference", "share", "rank"]
    members: Annotated[dict[str, str], Meta(description="Whose figure it is, by dimension.")]
    from_: date | None = field(name="from")
    to: date | None
    tool_call: Annotated[int, Meta(description="Which of `tool_calls` returned it.")]


class UsageOfTurn(Struct, frozen=True, kw_only=True):
    llm_calls: int
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    cost_usd: Cost
    priced: bool


class Cached(Struct, frozen=True, kw_only=True):
    age_seconds: float
    read_at: datetime
    saved_usd: Annotated[
        str, Meta(description="What models cost to tell the same rows before, and did not now.")
    ]


class Chart(Struct, frozen=True, kw_only=True):
    tool_call: int
    spec: Annotated[dict[str, Any], Meta(description="Vega-Lite: data, never code.")]
    svg: Annotated[str, Meta(description="The same as a picture, for channels that run nothing.")]


class ChatAnswer(Struct, frozen=True, kw_only=True):
    """An answered turn."""

    response: str
    model: str
    tokens_used: int
    context_size: int
    memory: list[Remembered]
    turn_id: UUID
    conversation_id: UUID
    language: Literal["pt", "en", "es"]
    route: Route
    tool_calls: list[ToolUse]
    figures: list[FigureSaid]
    usage: UsageOfTurn
    cached: Annotated[bool, Meta(description="Its rows were kept from an earlier reading.")]
    time_ms: int
    understood: Annotated[str, Meta(description="The query that was read, in words.")] | None
    cache: Annotated[Cached, Meta(description="null: all was read just now.")] | None
    charts: list[Chart]


class StillOpen(Struct, frozen=True, kw_only=True):
    """A turn whose answer is to be fetched."""

    turn_id: UUID
    status: TurnStatus
    status_url: str
    events_url: str


class Failure(Struct, frozen=True, kw_only=True):
    code: str
    message: str


class TurnState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a turn stands; when answered, the members of ChatAnswer stand beside these."""

    turn_id: UUID
    conversation_id: UUID
    status: TurnStatus
    asked_at: datetime
    finished_at: datetime | None
    error: Failure | UnsetType = UNSET
    response: str | UnsetType = UNSET
    model: str | UnsetType = UNSET
    tokens_used: int | UnsetType = UNSET
    context_size: int | UnsetType = UNSET
    memory: list[Remembered] | UnsetType = UNSET
    language: Literal["pt", "en", "es"] | UnsetType = UNSET
    route: Route | UnsetType = UNSET
    tool_calls: list[ToolUse] | UnsetType = UNSET
    figures: list[FigureSaid] | UnsetType = UNSET
    usage: UsageOfTurn | UnsetType = UNSET
    cached: bool | UnsetType = UNSET
    time_ms: int | UnsetType = UNSET
    understood: str | UnsetType | None = UNSET
    cache: Cached | UnsetType | None = UNSET
    charts: list[Chart] | UnsetType = UNSET
