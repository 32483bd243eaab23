"""What is kept of an answered turn outside its rows: one log line, and the metrics."""

from collections.abc import Sequence

import structlog

from backend.domain.trace import ToolCall
from backend.domain.turns import Asked, Checked
from backend.observe import metrics
from backend.store.turns import Closed

log = structlog.get_logger(__name__)

#: Callers name channels as they like; a metric label may only hold these.
_CHANNELS = frozenset({"web", "whatsapp", "email", "crm", "ws", "api"})
#: The code of a call by a name that no tool has: the model made that name up.
_NO_SUCH_TOOL = "unknown_tool"


def report(asked: Asked, trace_id: str, checked: Checked, closed: Closed) -> None:
    """Log `turn.answered` with the fields of the contract; the prompt is redacted on its way."""
    draft = checked.draft
    decision = draft.route.decision.value
    time_ms = closed.body["time_ms"]
    channel = asked.channel if asked.channel in _CHANNELS else "other"
    metrics.TURNS.labels(channel, decision, "answered").inc()
    metrics.TURN_SECONDS.labels(decision).observe(time_ms / 1000)
    if checked.corrections:
        metrics.CORRECTIONS.inc()
    count_tools(draft.tool_calls)
    log.info(
        "turn.answered",
        tenant_id=str(asked.asker.tenant_id),
        user_id=asked.asker.user_id,
        # What lines are found by when the person is erased: it names nobody then.
        person_id=str(asked.asker.person_id),
        conversation_id=str(asked.conversation_id),
        turn_id=str(asked.turn_id),
        prompt=asked.question,
        tokens_used=closed.usage.tokens_used,
        time_ms=time_ms,
        tool_called=[call.name for call in draft.tool_calls],
        model=draft.model,
        cost_usd=closed.body["usage"]["cost_usd"],
        cached=closed.body["cached"],
        route=decision,
        attempt=asked.attempt,
        trace_id=trace_id,
        corrections=len(checked.corrections),
    )


def count_tools(calls: Sequence[ToolCall]) -> None:
    """Measure tool calls; called for an attempt that fails too, whose tools may be why."""
    for call in calls:
        error = call.outcome.error or ""
        name = "other" if error == _NO_SUCH_TOOL else call.name
        metrics.TOOL_SECONDS.labels(name, error).observe(call.time_ms / 1000)
