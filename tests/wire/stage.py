"""What tests of the language models have in common: models, requests, and a planner."""

import time
from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.domain.chat import ChatMessage, ChatRequest, Purpose, Subject, ToolSpec
from backend.domain.language import Language
from backend.llm.factory import OpenModel, build_model
from backend.llm.model_config import ModelConfig, Provider

PROVIDERS: tuple[Provider, ...] = ("openai", "anthropic", "gemini", "openai_compatible")
#: One model of each provider that has a price and takes a temperature.
MODELS: Mapping[Provider, str] = {
    "openai": "gpt-4o-mini",
    "anthropic": "claude-haiku-4-5",
    "gemini": "gemini-2.5-flash",
    "openai_compatible": "local-model",
}

SALES = ToolSpec(
    name="sales_query_metrics",
    description="Certified sales figures.",
    parameters={
        "type": "object",
        "properties": {"metrics": {"type": "array", "items": {"type": "string"}}},
        "required": ["metrics"],
    },
)
MARKET = ToolSpec(
    name="market_get_series",
    description="Official market data.",
    parameters={
        "type": "object",
        "properties": {"series": {"type": "string"}},
        "required": ["series"],
    },
)


class NoPlanner:
    """Plans nothing."""

    def plan(
        self, subject: Subject, tools: tuple[ToolSpec, ...]
    ) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        return ()


def a_model(
    provider: Provider, base_url: str, *, model: str | None = None, timeout_seconds: float = 5
) -> OpenModel:
    """A model at an address. Close it, or take the fixture `model_at`, which does."""
    return build_model(
        ModelConfig(
            provider=provider,
            model=model or MODELS[provider],
            api_key="test-key",
            base_url=base_url,
            timeout_seconds=timeout_seconds,
        ),
        NoPlanner(),
    )


def a_request(
    *messages: ChatMessage,
    question: str = "Quanto vendemos?",
    seconds: float = 5,
    purpose: Purpose = Purpose.ANSWER,
    **more: Any,
) -> ChatRequest:
    """A request with `seconds` to its deadline; without messages, one that asks the question."""
    return ChatRequest(
        purpose=purpose,
        messages=messages or (ChatMessage(role="user", text=question),),
        subject=Subject(question=question, language=Language.PORTUGUESE, today=date(2026, 11, 24)),
        deadline=time.monotonic() + seconds,
        **more,
    )
