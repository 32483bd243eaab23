"""Our spans, with the names and attributes of OpenTelemetry's conventions (HTTP and GenAI).

    GET /route -> answer turn -> invoke_agent <name> -> chat <model>
                                                     -> execute_tool <name>

What the conventions lack starts with `sales.`. No attribute names a person, and what was said
goes through `Span.tell` alone.
"""

from contextlib import AbstractContextManager
from uuid import UUID

from backend.domain.chat import ChatMessage, ChatReply, ChatRequest
from backend.domain.trace import ToolOutcome
from backend.domain.turns import Draft
from backend.domain.usage import NANO_PER_DOLLAR, Usage
from backend.observe import tracing
from backend.observe.tracing import Origin, Span

#: Asked for every few seconds, by machines, for ever.
_PROBES = frozenset({"/livez", "/readyz", "/metrics"})


def request(method: str, path: str, origin: Origin) -> AbstractContextManager[Span]:
    """A request to the door. Its path is not told: paths name people."""
    if path in _PROBES:
        return tracing.NO_SPAN
    return tracing.span(method, "server", {"http.request.method": method}, origin)


def served(span: Span, method: str, route: str, status: int) -> None:
    span.rename(f"{method} {route}")
    span.note({"http.route": route, "http.response.status_code": status})
    if status >= 500:
        span.fail(str(status))


def turn(
    turn_id: UUID,
    conversation_id: UUID,
    origin: Origin,
    *,
    lane: str,
    attempt: int,
    waited_ms: int,
) -> AbstractContextManager[Span]:
    """A worker's attempt at a turn; `waited_ms` is what the question has waited for it."""
    attributes: dict[str, tracing.Attribute] = {
        "messaging.system": "dramatiq",
        "messaging.operation.name": "answer",
        "messaging.operation.type": "process",
        "messaging.destination.name": lane,
        "messaging.message.id": str(turn_id),
        "gen_ai.conversation.id": str(conversation_id),
        "sales.turn.attempt": attempt,
        "sales.turn.waited_ms": waited_ms,
    }
    return tracing.span("answer turn", "consumer", attributes, origin)


def agent(name: str) -> AbstractContextManager[Span]:
    attributes = {"gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": name}
    return tracing.span(f"invoke_agent {name}", "internal", attributes)


def drafted(span: Span, draft: Draft) -> None:
    span.note({"sales.route.decision": draft.route.decision.value})


def chat(provider: str, model: str, request: ChatRequest) -> AbstractContextManager[Span]:
    attributes: dict[str, tracing.Attribute] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": provider,
        "gen_ai.request.model": model,
        "gen_ai.request.max_tokens": request.max_output_tokens,
        "gen_ai.request.temperature": request.temperature,
        "sales.model.purpose": request.purpose.value,
    }
    return tracing.span(f"chat {model}", "client", attributes)


def asked(span: Span, request: ChatRequest) -> None:
    span.tell("gen_ai.input.messages", lambda: [_message(each) for each in request.messages])


def replied(span: Span, reply: ChatReply) -> None:
    span.note(
        {
            "gen_ai.response.model": reply.model,
            "gen_ai.response.finish_reasons": (reply.finish_reason,),
        }
    )
    said = ChatMessage(role="assistant", text=reply.text, tool_requests=reply.tool_requests)
    span.tell(
        "gen_ai.output.messages",
        lambda: [{**_message(said), "finish_reason": reply.finish_reason}],
    )


def used(span: Span, usage: Usage) -> None:
    """What a call used, whether or not it ended in a reply. Of most that failed nobody knows."""
    if usage.tokens_used == 0:
        return
    span.note(
        {
            "gen_ai.usage.input_tokens": usage.input_tokens,
            "gen_ai.usage.output_tokens": usage.output_tokens,
            "gen_ai.usage.cache_read.input_tokens": usage.cached_input_tokens,
        }
    )
    if usage.priced:
        span.note({"sales.cost_usd": usage.cost_nano / NANO_PER_DOLLAR})


def tool(name: str) -> AbstractContextManager[Span]:
    attributes = {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": name,
        "gen_ai.tool.type": "function",
    }
    return tracing.span(f"execute_tool {name}", "internal", attributes)


def worked(span: Span, arguments: object, outcome: ToolOutcome) -> None:
    if outcome.rows is not None:
        span.note({"sales.tool.rows": outcome.rows})
    if outcome.error is not None:
        span.fail(outcome.error)
    span.tell("gen_ai.tool.call.arguments", lambda: arguments)
    span.tell("gen_ai.tool.call.result", lambda: outcome.content)


def _message(message: ChatMessage) -> dict[str, object]:
    """As the conventions' JSON schema of messages has it."""
    parts: list[dict[str, object]] = []
    if message.role == "tool":
        parts.append(
            {
                "type": "tool_call_response",
                "id": message.tool_request_id,
                "response": message.text,
            }
        )
    elif message.text:
        parts.append({"type": "text", "content": message.text})
    parts.extend(
        {"type": "tool_call", "id": each.id, "name": each.name, "arguments": each.arguments}
        for each in message.tool_requests
    )
    return {"role": message.role, "parts": parts}
