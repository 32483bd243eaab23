"""Where the tests of the offline model play."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from backend.domain.chat import (
    ChatMessage,
    ChatReply,
    ChatRequest,
    Purpose,
    Remembered,
    Subject,
    ToolSpec,
)
from backend.domain.language import Language
from backend.llm.offline_model import OfflineModel

PT, EN, ES = Language.PORTUGUESE, Language.ENGLISH, Language.SPANISH


@dataclass
class Plan:
    """A planner that plans what it was given, for the tools that are offered."""

    calls: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    subjects: list[Subject] = field(default_factory=list)

    def plan(
        self, subject: Subject, tools: tuple[ToolSpec, ...]
    ) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        self.subjects.append(subject)
        return self.calls


def a_subject(question: str, language: Language = PT, *told: str, **more: Any) -> Subject:
    """A subject with what the person said before, oldest first."""
    memory = tuple(
        Remembered(role="user", text=text, at=f"2026-11-{day:02}T10:00:00-03:00", source="recent")
        for day, text in enumerate(told, start=1)
    )
    return Subject(
        question=question, language=language, today=date(2026, 11, 24), memory=memory, **more
    )


def a_request(subject: Subject, *messages: ChatMessage, **more: Any) -> ChatRequest:
    defaults: dict[str, Any] = {"purpose": Purpose.ANSWER, "deadline": time.monotonic() + 60}
    return ChatRequest(subject=subject, messages=messages, **(defaults | more))


def say(question: str, language: Language = PT, *told: str, **more: Any) -> str:
    return ask(a_request(a_subject(question, language, *told, **more))).text


def ask(request: ChatRequest, plan: Plan | None = None) -> ChatReply:
    return OfflineModel(plan or Plan()).complete(request)


def told_by_tool(content: Any) -> ChatMessage:
    text = content if isinstance(content, str) else json.dumps(content)
    return ChatMessage(role="tool", text=text, tool_request_id="x", tool_name="x")
