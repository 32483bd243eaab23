"""One agent's exchange with its model, in CrewAI's messages and in ours.

CrewAI keeps the messages; what it cannot carry (a provider's own state, the reason why arguments
could not be read) is kept here under an id of ours and put back on the way out.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from crewai.utilities.string_utils import sanitize_tool_name

from backend.domain.chat import ChatMessage, ToolRequest, ToolSpec
from backend.domain.errors import InvalidRequest
from backend.domain.trace import ToolOutcome
from crews.tool_log import ToolLog, failed


class Conversation:
    """Translates in both directions, for one agent in one turn."""

    def __init__(self, tools: Sequence[ToolSpec], log: ToolLog) -> None:
        # CrewAI finds a tool by this form of its name, so it decides which names exist.
        self._names = {sanitize_tool_name(tool.name): tool.name for tool in tools}
        self._log = log
        self._requests: dict[str, ToolRequest] = {}
        #: What the model reads about a request that could not be carried out.
        self._refusals: dict[str, str] = {}

    def ask(self, requests: Iterable[ToolRequest]) -> list[dict[str, Any]]:
        """The requests as CrewAI takes them. Those that nobody can carry out are recorded here."""
        return [self._for_crewai(request) for request in requests]

    def messages(self, messages: Iterable[Mapping[str, Any]]) -> tuple[ChatMessage, ...]:
        """CrewAI's messages as the port takes them."""
        return tuple(self._for_model(message) for message in messages)

    def _for_crewai(self, request: ToolRequest) -> dict[str, Any]:
        # Ids of providers may be missing, or the same in two replies.
        our_id = f"request_{len(self._requests)}"
        self._requests[our_id] = request
        refused = self._refused(request)
        if refused is not None:
            outcome = self._log.run(request.name, request.arguments, lambda: refused)
            self._refusals[our_id] = outcome.content
        arguments = json.dumps(request.arguments, default=str)
        if request.malformed is not None:
            # Not JSON, so that CrewAI does not run the tool.
            arguments = f"unreadable: {request.malformed}"
        return {
            "id": our_id,
            "type": "function",
            "function": {"name": request.name, "arguments": arguments},
        }

    def _refused(self, request: ToolRequest) -> ToolOutcome | None:
        if sanitize_tool_name(request.name) not in self._names:
            names = ", ".join(self._names.values()) or "none"
            return failed("unknown_tool", f"There is no such tool. Tools: {names}.")
        if request.malformed is not None:
            return failed(
                InvalidRequest.code,
                f"The arguments were not a JSON object ({request.malformed}). Send them again.",
            )
        return None

    def _for_model(self, message: Mapping[str, Any]) -> ChatMessage:
        role, text = message["role"], message.get("content") or ""
        if role == "tool":
            our_id = message["tool_call_id"]
            request = self._requests[our_id]
            return ChatMessage(
                role="tool",
                text=self._refusals.get(our_id, text),
                tool_request_id=request.id,
                tool_name=request.name,
            )
        requests = tuple(self._requests[call["id"]] for call in message.get("tool_calls") or ())
        return ChatMessage(role=role, text=text, tool_requests=requests)
