"""Where the crew's tests play: a model that says its lines, tools that return what they are told.

Sets the environment that CrewAI reads while it is imported, so it must be imported before `crews`.
"""

import os
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any

import pytest

from backend.domain.chat import (
    ChatReply,
    ChatRequest,
    Subject,
    ToolRequest,
    ToolSpec,
)
from backend.domain.events import EventKind
from backend.domain.language import Language
from backend.domain.ports import ChatModel, OnText, Tool
from backend.domain.trace import Figure, ToolOutcome
from backend.domain.turns import Decision, Route
from backend.domain.usage import Usage
from crews.sales_assistant.run import CrewRun

#: CrewAI writes a key and two directories when it is imported; they go here, and with the process.
_HOME = tempfile.TemporaryDirectory(prefix="sales-crew-tests-", ignore_cleanup_errors=True)

os.environ["CREWAI_DISABLE_TELEMETRY"] = "true"
os.environ["CREWAI_TRACING_ENABLED"] = "false"
with (
    pytest.MonkeyPatch.context() as patch,
    # Its import warns about its own modules, and warnings are errors in this suite.
    warnings.catch_warnings(action="ignore"),
):
    patch.setenv("HOME", _HOME.name)
    patch.setenv("XDG_DATA_HOME", _HOME.name)
    import crewai  # noqa: F401

#: CrewAI reads fields that it has deprecated, each time an agent is made.
CREWAI_WARNS = pytest.mark.filterwarnings("ignore::DeprecationWarning")

#: One line of a script: text, tool requests, an error to raise, or what to do with the request.
Line = str | tuple[ToolRequest, ...] | Exception | Callable[[ChatRequest], "Line"]

QUERY = ToolSpec(
    name="sales_query_metrics",
    description="Certified sales figures.",
    parameters={
        "type": "object",
        "properties": {
            "metrics": {"type": "array", "items": {"type": "string"}},
            "from": {"type": "string"},
            "limit": {"type": "integer", "default": 5},
        },
        "required": ["metrics"],
    },
)
SERIES = ToolSpec(
    name="market_get_series",
    description="Official market data.",
    parameters={
        "type": "object",
        "properties": {"series": {"type": "string"}},
        "required": ["series"],
    },
)


def wants(name: str, arguments: Mapping[str, Any] | None = None, **more: Any) -> tuple[ToolRequest]:
    """A reply that asks for one tool."""
    return (
        ToolRequest(**{"id": f"call_{name}", "name": name, "arguments": arguments or {}} | more),
    )


@dataclass
class ScriptedModel:
    """Says its lines in order and keeps what it was asked. Streams texts word by word."""

    lines: Sequence[Line]
    name: str = "scripted-1"
    provider: str = "scripted"
    requests: list[ChatRequest] = field(default_factory=list)

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        self.requests.append(request)
        return said(self.lines[len(self.requests) - 1], request, on_text)


def said(line: Line, request: ChatRequest, on_text: OnText | None) -> ChatReply:
    """The reply that a line stands for."""
    while callable(line):
        line = line(request)
    if isinstance(line, Exception):
        raise line
    usage = Usage(llm_calls=1, input_tokens=100, output_tokens=10)
    if isinstance(line, tuple):
        return ChatReply(
            text="", tool_requests=line, finish_reason="tool_calls", model="m", usage=usage
        )
    if on_text is not None:
        for word in line.split(" "):
            on_text(word if line.startswith(word) else f" {word}")
    return ChatReply(text=line, finish_reason="stop", model="m", usage=usage)


@dataclass
class StagedTool:
    """Answers with its content, or does what it is told with the arguments."""

    spec: ToolSpec = QUERY
    act: Callable[[Mapping[str, Any]], ToolOutcome] | None = None
    content: str = '{"status":"ok","summary":"As vendas foram R$ 10,00."}'
    given: list[Mapping[str, Any]] = field(default_factory=list)

    def call(self, arguments: Mapping[str, Any]) -> ToolOutcome:
        self.given.append(arguments)
        if self.act is not None:
            return self.act(arguments)
        figure = Figure(text="R$ 10,00", value=10.0, metric="revenue", tool_call=0)
        return ToolOutcome(content=self.content, ok=True, figures=(figure,), rows=1, sql="SELECT 1")


@dataclass
class Watcher:
    """Hears what a client would: events in order, and the text that stands."""

    events: list[tuple[EventKind, Mapping[str, Any]]] = field(default_factory=list)
    text: str = ""
    _lock: Lock = field(default_factory=Lock)

    def emit(self, kind: EventKind, data: Mapping[str, Any]) -> None:
        with self._lock:
            self.events.append((kind, data))
            if kind is EventKind.ANSWER_RESTARTED:
                self.text = ""

    def on_text(self, text: str) -> None:
        self.text += text

    def kinds(self) -> list[EventKind]:
        return [kind for kind, _ in self.events]


def subject(question: str = "Quais foram as vendas do mês passado?", **more: Any) -> Subject:
    given: dict[str, Any] = {
        "question": question,
        "language": Language.PORTUGUESE,
        "today": date(2026, 11, 24),
    }
    return Subject(**given | more)


def route(decision: Decision) -> Route:
    return Route(decision=decision, by="rules", reason="test", confidence=0.9)


def a_run(model: ChatModel, **more: Any) -> CrewRun:
    """A turn with both specialists, routed to the analyst unless said otherwise."""
    tools: dict[str, tuple[Tool, ...]] = {
        "sales": (StagedTool(),),
        "market": (StagedTool(spec=SERIES),),
    }
    now = time.monotonic()
    given: dict[str, Any] = {
        "subject": subject(),
        "route": route(Decision.SALES),
        "tools": tools,
        "model": model,
        "emit": Watcher().emit,
        "deadline": now + 30,
        "claimed_at": now,
    }
    return CrewRun(**given | more)
