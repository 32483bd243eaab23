"""The one shape in which every language model is spoken to, whatever the provider's wire says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from backend.domain.language import Language
from backend.domain.sales import Reading
from backend.domain.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSpec:
    """A tool as a model sees it. `name` is [a-z0-9_]{1,64}; `parameters` is a JSON Schema object."""

    name: str
    description: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolRequest:
    """A model's wish to call a tool. `id` is the provider's, or ours where it gives none."""

    id: str
    name: str
    #: Parsed; a model that sent something else than a JSON object gets the error back as text.
    arguments: Mapping[str, Any]
    #: The reason the arguments could not be read, when they could not.
    malformed: str | None = None
    #: What the provider wants back unchanged on the next call (Gemini's thought signature).
    provider_state: Any = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    """One message of a model call.

    `assistant` may carry `tool_requests`; `tool` answers one of them by `tool_request_id`.
    """

    role: Literal["system", "user", "assistant", "tool"]
    text: str = ""
    tool_requests: tuple[ToolRequest, ...] = ()
    tool_request_id: str | None = None
    tool_name: str | None = None


class Purpose(StrEnum):
    """Why a model is called; a ledger column and a metric label, so the set is closed."""

    ROUTE = "route"
    ANSWER = "answer"
    ANALYSE = "analyse"
    RESEARCH = "research"
    COMPOSE = "compose"
    REPAIR = "repair"
    LEARN = "learn"
    #: A text's vector, to recall by it or to remember it.
    EMBED = "embed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One line of memory as the crew sees it: dated, attributed, quoted."""

    role: Literal["user", "assistant"]
    text: str
    #: RFC 3339 with offset.
    at: str
    source: Literal["recent", "recall", "fact"]
    score: float | None = None
    #: Of what was recalled: its scores by word and by meaning, and whether it only stands beside
    #: what was found. Of a fact: its id, subject and topic. For the trace.
    why: Mapping[str, Any] | None = None
    #: Of a fact: whose words these are.
    told_by: Literal["user", "operator"] = "user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a call is about, as data.

    Wire providers ignore it: they read the messages. The `offline` model, which reads no
    prose, works from it.
    """

    question: str
    language: Language
    today: date
    memory: tuple[Remembered, ...] = ()
    #: How the semantic parser read the question, if it did.
    reading: Reading | None = None
    #: The user's own name as stored by the tenant, if any.
    user_name: str | None = None
    #: What to say of a question that asks for figures and was not understood to the end.
    half_understood: str | None = None
    #: Whether the tenant's own documents hold most of what is asked.
    documented: bool = False
    #: What a colleague in the same turn has found already, to be told along with the answer.
    findings: tuple[str, ...] = ()
    #: What the question tells that will be kept as a fact, in the person's own words.
    noted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One call to a model. `deadline` is a `time.monotonic()` instant that ends it, whatever happens."""

    purpose: Purpose
    messages: tuple[ChatMessage, ...]
    subject: Subject
    deadline: float
    tools: tuple[ToolSpec, ...] = ()
    #: A JSON Schema the answer must follow (used by the router), or None for prose.
    answer_schema: Mapping[str, Any] | None = None
    max_output_tokens: int = 1_024
    temperature: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatReply:
    """What a model answered: text, or tools it wants called (then `text` may be empty).

    A reply without a finish reason is never built: the provider raises instead.
    """

    text: str
    tool_requests: tuple[ToolRequest, ...] = ()
    #: `stop` or `tool_calls`; a cut or filtered answer raises instead of becoming a reply.
    finish_reason: Literal["stop", "tool_calls"]
    #: The model that answered, as the provider names it.
    model: str
    usage: Usage = field(default_factory=Usage)
