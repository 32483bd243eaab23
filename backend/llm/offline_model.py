"""The `offline` model: answers without any language model, by rules, the same every time.

It reads no prose but the question itself. A `Planner` chooses the tools; their own sentences are
the answer. Without a fitting tool it knows small talk and what the person told it, and otherwise
says what it is and what it cannot do. It costs nothing and counts no tokens.
"""

import json
import re
import time
from collections.abc import Mapping
from typing import Any

from backend.domain.chat import ChatMessage, ChatReply, ChatRequest, Purpose, Subject, ToolRequest
from backend.domain.errors import DeadlineExceeded
from backend.domain.ports import OnText, Planner
from backend.domain.usage import Usage
from backend.llm.offline.kept import certainly_kept
from backend.llm.offline.phrases import phrases
from backend.llm.offline.small_talk import small_talk
from backend.llm.offline.told import acknowledgement, asks, recollection

#: Whoever wrote a paragraph knows after these what was not read.
MAX_WORDS_NAMED = 8


class OfflineModel:
    """A `ChatModel`. Stateless, so any number of threads may share it."""

    name = "offline"
    provider = "offline"

    def __init__(self, planner: Planner) -> None:
        self._planner = planner

    def complete(self, request: ChatRequest, on_text: OnText | None = None) -> ChatReply:
        if time.monotonic() >= request.deadline:
            raise DeadlineExceeded
        if request.purpose is Purpose.ROUTE and request.answer_schema is not None:
            return _said(self._route(request, request.answer_schema), on_text)
        results = [message for message in request.messages if message.role == "tool"]
        if results:
            return _said(_from_tools(results, request.subject), on_text)
        wanted = self._wanted(request)
        if wanted and all(call.name.startswith("playbook_") for call in wanted):
            # A passage may fit; what the person said themselves does.
            said = certainly_kept(request.subject)
            if said is not None:
                return _said(said, on_text)
        if wanted:
            return _reply("", wanted)
        if request.subject.findings:
            return _said("\n\n".join(request.subject.findings), on_text)
        return _said(_talk(request.subject), on_text)

    def close(self) -> None:
        """There is nothing to close."""

    def _wanted(self, request: ChatRequest) -> tuple[ToolRequest, ...]:
        offered = {tool.name for tool in request.tools}
        planned = self._planner.plan(request.subject, request.tools) if offered else ()
        return tuple(
            ToolRequest(id=f"offline_{position}", name=name, arguments=arguments)
            for position, (name, arguments) in enumerate(planned)
            if name in offered
        )

    def _route(self, request: ChatRequest, schema: Mapping[str, Any]) -> str:
        """To the specialists whose tools fit; all else is answered here, along with the route."""
        names = [call.name for call in self._wanted(request)]
        reading = request.subject.reading
        market = any(name.startswith("market_") for name in names)
        sales = any(not name.startswith("market_") for name in names)
        if not names and reading is not None and reading.query is not None:
            sales = True
        if market or sales:
            decision = "both" if market and sales else "market" if market else "sales"
            said = {"decision": decision, "reason": " ".join(names) or "a metric was read"}
        else:
            answer = _talk(request.subject)
            said = {"decision": "direct", "reason": "no tool fits", "answer": answer}
        return json.dumps(_fitted(schema, said | {"confidence": 1.0}), ensure_ascii=False)


def _talk(subject: Subject) -> str:
    """The answer to a question that no tool fits."""
    answer = small_talk(subject.question, subject.language) or recollection(subject)
    if answer is not None:
        return answer
    noted = acknowledgement(subject)
    if noted is None:
        return _cannot(subject)
    # Told and asked at once: "my name is ..., can you ...?", but also "..., how are you?".
    asked = asks(subject.question).rpartition(", ")[2]
    if not asked or small_talk(asked, subject.language) is not None:
        return noted
    return f"{noted}\n\n{_cannot(subject)}"


def _cannot(subject: Subject) -> str:
    says = phrases(subject.language).says
    reading = subject.reading
    if subject.half_understood is not None:
        return subject.half_understood
    if reading is None or reading.complete or not reading.not_understood:
        return says["cannot"]
    words = ", ".join(f"“{word}”" for word in reading.not_understood[:MAX_WORDS_NAMED])
    return says["not_understood"].replace("{words}", words)


def _from_tools(results: list[ChatMessage], subject: Subject) -> str:
    """What the tools say, one paragraph each, after what a colleague found before."""
    failed = phrases(subject.language).says["failed"]
    paragraphs = [*subject.findings, *(_summary(result) or failed for result in results)]
    return "\n\n".join(dict.fromkeys(paragraphs))


def _summary(result: ChatMessage) -> str | None:
    try:
        content = json.loads(result.text)
    except ValueError:
        return None
    summary = content.get("summary") if isinstance(content, Mapping) else None
    return summary if isinstance(summary, str) and summary.strip() else None


def _fitted(schema: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Any]:
    """What was said in the form that the schema asks for: its properties, and only its choices."""
    fitted: dict[str, Any] = {}
    for name, form in schema["properties"].items():
        value = said.get(name, _EMPTY.get(form.get("type"), ""))
        choices = form.get("enum")
        fitted[name] = value if choices is None or value in choices else choices[0]
    return fitted


_EMPTY: Mapping[str, Any] = {"number": 0, "integer": 0, "boolean": False, "array": [], "object": {}}


def _said(text: str, on_text: OnText | None) -> ChatReply:
    if on_text is not None:
        for word in re.findall(r"\s*\S+\s*", text):
            on_text(word)
    return _reply(text, ())


def _reply(text: str, wanted: tuple[ToolRequest, ...]) -> ChatReply:
    return ChatReply(
        text=text,
        tool_requests=wanted,
        finish_reason="tool_calls" if wanted else "stop",
        model=OfflineModel.name,
        usage=Usage(),
    )
