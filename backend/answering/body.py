"""The public body of an answered turn, exactly as the contract writes it. Pure."""

from typing import Any

from backend.domain.chat import Remembered
from backend.domain.language import Language
from backend.domain.trace import Figure, ToolCall
from backend.domain.turns import Asked, Checked, Context
from backend.domain.usage import Usage, dollars


def body(
    asked: Asked,
    context: Context,
    language: Language,
    checked: Checked,
    usage: Usage,
    *,
    time_ms: int,
) -> dict[str, Any]:
    route = checked.draft.route
    return {
        "response": checked.text,
        "model": checked.draft.model,
        "tokens_used": usage.tokens_used,
        "context_size": len(context.memory),
        "memory": [_remembered(line) for line in context.memory],
        "turn_id": str(asked.turn_id),
        "conversation_id": str(asked.conversation_id),
        "language": language.value,
        "route": {
            "decision": route.decision.value,
            "by": route.by,
            "reason": route.reason,
            "confidence": route.confidence,
        },
        "tool_calls": [_tool_call(call) for call in checked.draft.tool_calls],
        "figures": [_figure(figure) for figure in checked.figures],
        "usage": {
            "llm_calls": usage.llm_calls,
            "input_tokens": usage.input_tokens,
            "cached_input_tokens": usage.cached_input_tokens,
            "output_tokens": usage.output_tokens,
            "cost_usd": dollars(usage.cost_nano),
            "priced": usage.priced,
        },
        "cached": False,
        "time_ms": time_ms,
    }


def _remembered(line: Remembered) -> dict[str, Any]:
    said = {"role": line.role, "text": line.text, "at": line.at, "source": line.source}
    return said if line.score is None else {**said, "score": line.score}


def _tool_call(call: ToolCall) -> dict[str, Any]:
    return {
        "name": call.name,
        "arguments": dict(call.arguments),
        "ok": call.outcome.ok,
        "rows": call.outcome.rows,
        "time_ms": call.time_ms,
        "sql": call.outcome.sql,
        "error": call.outcome.error,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "text": figure.text,
        "value": figure.value,
        "metric": figure.metric,
        "from": figure.from_date.isoformat() if figure.from_date else None,
        "to": figure.to_date.isoformat() if figure.to_date else None,
        "tool_call": figure.tool_call,
    }
