"""What the door answers, as msgspec structs: the contract's bodies and their descriptions."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from backend.domain.identity import Role
from backend.domain.turns import TurnStatus

Cost = Annotated[str, Meta(description="US dollars, as a decimal string.", examples=["0.002980"])]


class Remembered(Struct, frozen=True, kw_only=True, omit_defaults=True):
    role: Literal["user", "assistant"]
    text: str
    at: str
    source: Literal["recent", "recall"]
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
    cached: bool
    time_ms: int


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


class ConversationItem(Struct, frozen=True, kw_only=True):
    conversation_id: UUID
    user_id: str
    channel: str
    agent: str
    external_id: Annotated[str, Meta(description="The caller's own name for it.")] | None
    created_at: datetime
    last_turn_at: datetime
    turn_count: int


class ConversationPage(Struct, frozen=True, kw_only=True):
    """Conversations, the newest first."""

    conversations: list[ConversationItem]
    next_cursor: Annotated[str, Meta(description="`cursor` of the next page.")] | None


class Message(Struct, frozen=True, kw_only=True):
    message_id: UUID
    author: Literal["user", "agent", "human", "system"]
    text: str
    at: datetime


class TurnItem(Struct, frozen=True, kw_only=True):
    turn_id: UUID
    seq: int
    status: TurnStatus
    asked_at: datetime
    finished_at: datetime | None
    model: str | None
    time_ms: int | None
    error: Failure | None
    messages: list[Message]


class Conversation(ConversationItem, frozen=True, kw_only=True):
    """A conversation with its turns, the oldest first."""

    turns: list[TurnItem]
    next_after: Annotated[int, Meta(description="`after` of the next page.")] | None


class UsageFigures(Struct, frozen=True, kw_only=True):
    turns: int
    answered: int
    failed: int
    llm_calls: int
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    tokens_used: int
    cost_usd: Cost
    priced: Annotated[bool, Meta(description="False: some calls have no known price.")]
    mean_time_ms: float | None
    p95_time_ms: float | None
    cache_hits: int


class UsageRow(UsageFigures, frozen=True, kw_only=True):
    key: Annotated[str, Meta(description="The group; null: no model answered.")] | None


class UsageReport(Struct, frozen=True, kw_only=True):
    """What was asked in a period and what it cost."""

    from_: date = field(name="from")
    to: date
    time_zone: str
    group_by: Literal["user", "model", "day", "channel", "agent"]
    rows: list[UsageRow]
    totals: UsageFigures


class StepTaken(Struct, frozen=True, kw_only=True):
    attempt: int
    seq: int
    kind: str
    name: str
    started_ms: Annotated[int, Meta(description="From the attempt's claim.")]
    time_ms: int
    detail: dict[str, Any]


class LlmCallMade(Struct, frozen=True, kw_only=True):
    id: UUID
    attempt: int
    purpose: str
    provider: str
    model: str
    state: Literal["open", "ok", "failed"]
    started_at: datetime
    time_ms: int | None
    input_tokens: int
    cached_input_tokens: int
    output_tokens: int
    cost_usd: Cost
    priced: bool
    finish_reason: str | None
    error_code: str | None


class ToolCallMade(Struct, frozen=True, kw_only=True):
    attempt: int
    seq: int
    name: str
    arguments: dict[str, Any]
    ok: bool
    rows: int | None
    sql: str | None
    error_code: str | None
    time_ms: int
    result_digest: Annotated[str, Meta(description="SHA-256 of what the model read.")]
    result: Annotated[str, Meta(description="The beginning of what the model read.")]


class Trace(Struct, frozen=True, kw_only=True):
    """How a turn was answered."""

    turn_id: UUID
    conversation_id: UUID
    status: TurnStatus
    attempt: int
    route: Route | None
    error: Failure | None
    steps: list[StepTaken]
    llm_calls: list[LlmCallMade]
    tool_calls: list[ToolCallMade]


class Person(Struct, frozen=True, kw_only=True):
    user_id: str
    role: Role
    name: str | None
    attributes: dict[str, str]


class Health(Struct, frozen=True, kw_only=True):
    status: Literal["ok", "ready"]
    checks: dict[str, str] | UnsetType = UNSET
