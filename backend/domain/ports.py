"""The outside, as the inside sees it. Every port has at least two real implementations or callers."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Protocol

from backend.domain.chat import ChatReply, ChatRequest, Subject, ToolSpec
from backend.domain.errors import EmbedderUnavailable
from backend.domain.events import EventKind
from backend.domain.language import Language
from backend.domain.sales import MetricQuery, Reading
from backend.domain.trace import ToolOutcome

#: Receives text as a model writes it. Never called after `complete` has returned or raised.
OnText = Callable[[str], None]
#: Tells a client what is happening; never raises (a lost event costs nothing but the view).
Emit = Callable[[EventKind, Mapping[str, Any]], None]


class ChatModel(Protocol):
    """A language model: OpenAI, Anthropic, Gemini, anything compatible, or `offline`.

    Raises ModelUnavailable, ModelMisconfigured, ModelAnswerUnusable, ContextTooLong,
    ContentRefused or DeadlineExceeded; nothing else. Owns the only retries there are.
    """

    @property
    def name(self) -> str:
        """As the answer names it: the configured model, or `offline`."""
        ...

    @property
    def provider(self) -> str:
        """OpenTelemetry `gen_ai.provider.name`: openai, anthropic, gcp.gemini, offline ..."""
        ...

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply: ...


class Planner(Protocol):
    """Chooses tools without a model: what the `offline` model thinks with."""

    def plan(
        self, subject: Subject, tools: tuple[ToolSpec, ...]
    ) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The tools to call with their arguments, in order; empty when none fits."""
        ...


class Tool(Protocol):
    """One thing a crew may do in this turn, already bound to its tenant and asker."""

    @property
    def spec(self) -> ToolSpec: ...

    def call(self, arguments: Mapping[str, Any]) -> ToolOutcome:
        """Run it. Never raises: a failure is an outcome with `ok=False` and a public code."""
        ...


#: What whoever can do without a vector lives with: what an embedder promises to raise, and what the
#: libraries below it raise all the same.
EMBEDDER_FAILURES = (EmbedderUnavailable, RuntimeError, ValueError, OSError)


class Embedder(Protocol):
    """Text to unit vectors of 512 numbers."""

    @property
    def model(self) -> str:
        """Kept on each row, so vectors of different models are never compared."""
        ...

    def embed(self, texts: list[str]) -> list[list[float]]:
        """In the order of the texts. Raises EmbedderUnavailable."""
        ...


class Parser(Protocol):
    """A question in everyday words to a MetricQuery over one semantic model."""

    def read(
        self, question: str, *, today: date, previous: MetricQuery | None, language: Language
    ) -> Reading:
        """`previous` is the conversation's last query, which "e do mês anterior?" goes on from.

        `language` is the conversation's: it decides where the words of the question do not.
        """
        ...
