"""What the console and administrators read, as msgspec structs."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from backend.api.replies import Cost, Failure
from backend.domain.identity import Role
from backend.domain.turns import TurnStatus


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
    total: Annotated[int, Meta(description="Of all pages.")]
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


class Person(Struct, frozen=True, kw_only=True):
    user_id: str
    role: Role
    name: str | None
    attributes: dict[str, str]


class Health(Struct, frozen=True, kw_only=True):
    status: Literal["ok", "ready"]
    checks: dict[str, str] | UnsetType = UNSET
