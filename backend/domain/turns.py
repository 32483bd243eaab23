"""One unit of work: a turn, from what was asked to what was answered.

Asked -> Draft -> Checked
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal
from uuid import UUID

from backend.domain.chat import Remembered
from backend.domain.identity import Asker, ConversationId, TaskId, TurnId
from backend.domain.language import Language
from backend.domain.sales import MetricQuery
from backend.domain.trace import Figure, Step, ToolCall


class TurnStatus(StrEnum):
    """`queued -> running -> answered | failed | cancelled`; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    ANSWERED = "answered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Decision(StrEnum):
    """Where a question goes."""

    DIRECT = "direct"
    SALES = "sales"
    MARKET = "market"
    BOTH = "both"
    CLARIFY = "clarify"
    REFUSE = "refuse"
    HANDOFF = "handoff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A decision, who took it and why. `confidence` is 0..1."""

    decision: Decision
    by: Literal["rules", "model"]
    reason: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPolicy:
    """What a tenant's agent allows. Comes from the agent's stored settings."""

    name: str
    #: Roles that may be told sales figures.
    sales_roles: frozenset[str]
    #: The folder below `knowledge/` that holds its playbook, if it has one.
    playbook: str | None = None
    #: Whether its tenant has documents of its own that can be searched.
    has_documents: bool = False
    #: Whether questions that are certain are answered without a model.
    fast_path: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A claimed turn: what was asked, by whom, and what came with it."""

    task_id: TaskId
    turn_id: TurnId
    conversation_id: ConversationId
    attempt: int
    asker: Asker
    question: str
    channel: str
    agent: AgentPolicy
    asked_at: datetime
    today: date
    #: `time.monotonic()` instant at which the attempt must have ended.
    deadline: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the crew is told besides the question."""

    memory: tuple[Remembered, ...]
    #: The messages that are told in it: none of them need be recalled.
    told: tuple[UUID, ...] = ()
    #: The conversation's language so far; decides where a question's own words do not.
    language: Language = Language.PORTUGUESE
    #: The arguments of the last metric query of this conversation, for follow-ups.
    last_query: Mapping[str, Any] | None = None
    #: The queries between which the last answer asked to choose; empty where it did not.
    choices: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the crew wrote, with everything it used to write it."""

    text: str
    model: str
    route: Route
    tool_calls: tuple[ToolCall, ...]
    steps: tuple[Step, ...]
    #: How the question was understood, in the reader's words, where no model was asked.
    understood: str | None = None
    #: What the answer asks to choose between.
    choices: tuple[MetricQuery, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A draft whose every figure has evidence; safe to tell."""

    text: str
    draft: Draft
    figures: tuple[Figure, ...]
    #: What the check took out or replaced, for the trace.
    corrections: tuple[Mapping[str, Any], ...] = ()
