"""What the console reads of turns and of the queue, as msgspec structs."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta, Struct

from backend.api.replies import Cost, Failure, Remembered, Route, UsageOfTurn
from backend.domain.turns import Decision, TurnStatus


class TurnLine(Struct, frozen=True, kw_only=True):
    """A turn as one line of a list."""

    turn_id: UUID
    conversation_id: UUID
    user_id: str
    channel: str
    agent: str
    question: Annotated[str, Meta(description="Its first 200 characters.")]
    status: TurnStatus
    decision: Decision | None
    model: str | None
    tokens_used: int
    cost_usd: Cost
    priced: bool
    llm_calls: int
    tools: Annotated[list[str], Meta(description="What it called, in order, each once.")]
    failed_calls: Annotated[int, Meta(description="Model and tool calls that failed.")]
    cached: bool
    time_ms: int | None
    error: Failure | None
    asked_at: datetime


class TurnPage(Struct, frozen=True, kw_only=True):
    """Turns, the newest first. `total` is of all pages, and equals `turns` of `/usage`."""

    turns: list[TurnLine]
    total: int
    next_cursor: Annotated[str, Meta(description="`cursor` of the next page.")] | None


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
    started_ms: Annotated[int, Meta(description="From the attempt's claim.")] | None
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
    started_ms: Annotated[int, Meta(description="From the attempt's claim.")] | None
    time_ms: int
    result_digest: Annotated[str, Meta(description="SHA-256 of what the model read.")]
    result: Annotated[str, Meta(description="The beginning of what the model read.")]


class AttemptMade(Struct, frozen=True, kw_only=True):
    attempt: int
    started_at: datetime


class Trace(Struct, frozen=True, kw_only=True):
    """How a turn was answered. Offsets (`started_ms`) count from the start of their attempt."""

    turn_id: UUID
    conversation_id: UUID
    user_id: str
    channel: str
    agent: str
    status: TurnStatus
    question: str
    response: str | None
    language: Literal["pt", "en", "es"] | None
    model: str | None
    cached: bool
    memory: list[Remembered]
    asked_at: datetime
    started_at: Annotated[datetime, Meta(description="When its first attempt began.")] | None
    finished_at: datetime | None
    queue_wait_ms: Annotated[int, Meta(description="From asked to started.")] | None
    time_ms: Annotated[int, Meta(description="From asked to answered.")] | None
    attempt: int
    attempts: list[AttemptMade]
    route: Route | None
    error: Failure | None
    usage: Annotated[UsageOfTurn, Meta(description="Over all attempts, as the ledger has it.")]
    steps: list[StepTaken]
    llm_calls: list[LlmCallMade]
    tool_calls: list[ToolCallMade]


class Lane(Struct, frozen=True, kw_only=True):
    """One lane of the queue, in tasks."""

    lane: Literal["interactive", "bulk"]
    ready: int
    running: int
    waiting: Annotated[int, Meta(description="For an earlier turn of their conversation.")]
    failed: Annotated[int, Meta(description="Given up, and kept to be seen.")]
    delayed: Annotated[int, Meta(description="To be tried again later.")]
    oldest_age_seconds: Annotated[float, Meta(description="Of what is ready or waiting.")] | None


class FailedTurn(Struct, frozen=True, kw_only=True):
    turn_id: UUID
    error: Failure
    asked_at: datetime


class QueueReport(Struct, frozen=True, kw_only=True):
    """What of the tenant's own is in the queue, and its last turns that failed."""

    lanes: list[Lane]
    recent_failures: list[FailedTurn]
