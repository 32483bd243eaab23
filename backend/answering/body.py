"""The public body of an answered turn, exactly as the contract writes it. Pure."""

from datetime import UTC, datetime
from typing import Any

from backend.domain.chat import Remembered, Subject
from backend.domain.trace import Figure, ToolCall
from backend.domain.turns import Asked, Checked, Draft
from backend.domain.usage import Usage, dollars
from backend.semantic.chart_svg import svg_of


def body(
    asked: Asked,
    subject: Subject,
    checked: Checked,
    usage: Usage,
    *,
    time_ms: int,
    told_cost_nano: int = 0,
) -> dict[str, Any]:
    """`told_cost_nano` is what the models cost that told the same rows before."""
    route = checked.draft.route
    return {
        "response": checked.text,
        "model": checked.draft.model,
        "tokens_used": usage.tokens_used,
        "context_size": len(subject.memory),
        "memory": [_remembered(line) for line in subject.memory],
        "turn_id": str(asked.turn_id),
        "conversation_id": str(asked.conversation_id),
        "language": subject.language.value,
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
        "cached": is_cached(checked.draft),
        "time_ms": time_ms,
        "understood": checked.draft.understood,
        "cache": _cache(checked.draft, max(0, told_cost_nano - usage.cost_nano)),
        "charts": [
            {
                "tool_call": number,
                "spec": dict(call.outcome.chart),
                "svg": svg_of(call.outcome.chart, subject.language),
            }
            for number, call in enumerate(checked.draft.tool_calls)
            if call.outcome.chart is not None
        ],
    }


def is_cached(draft: Draft) -> bool:
    """Whether all that the answer tells of was kept from an earlier reading."""
    calls = draft.tool_calls
    return bool(calls) and all(call.outcome.cached for call in calls)


def _cache(draft: Draft, saved_nano: int) -> dict[str, Any] | None:
    """How old kept rows are, and what they spared; None where all were read just now.

    Spared is what the models of the answer that first told these rows cost, less what this one cost:
    nothing where neither asked a model, or where both did.
    """
    kept = [call.outcome.read_at for call in draft.tool_calls if call.outcome.cached]
    moments = [datetime.fromisoformat(each) for each in kept if each]
    if not moments:
        return None
    age = (datetime.now(UTC) - min(moments)).total_seconds()
    return {
        "age_seconds": round(max(0.0, age), 1),
        "read_at": min(moments).isoformat(),
        "saved_usd": dollars(saved_nano),
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
        "kind": figure.kind,
        "members": dict(figure.members),
        "from": figure.from_date.isoformat() if figure.from_date else None,
        "to": figure.to_date.isoformat() if figure.to_date else None,
        "tool_call": figure.tool_call,
    }
