"""The router's answer, read: a decision and, for what needs no tool, the answer itself.

The router is asked once. Small talk, a question back and a refusal come with that one call.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.domain.turns import Decision, Route
from crews.sales_assistant.run import CrewRun

#: Decisions whose answer the router writes along with them.
ANSWERED_AT_ONCE = frozenset({Decision.DIRECT, Decision.CLARIFY, Decision.REFUSE})
#: The reason goes into the trace and to the client; a model may write pages.
MAX_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Routed:
    """Where the question goes, and the answer if there is one already."""

    route: Route
    answer: str | None = None


def answer_schema(possible: Sequence[Decision]) -> Mapping[str, Any]:
    """The JSON Schema of the router's answer; only `possible` decisions can be taken."""
    return {
        "type": "object",
        "properties": {
            "decision": {"type": "string", "enum": [decision.value for decision in possible]},
            "confidence": {"type": "number"},
            "reason": {"type": "string"},
            "answer": {"type": "string"},
        },
        "required": ["decision", "confidence", "reason", "answer"],
        "additionalProperties": False,
    }


def read(text: str, run: CrewRun) -> Routed:
    """What the router decided; `fallback` when that cannot be told."""
    try:
        # Models that know no schemas wrap their JSON in words or in a code block.
        said = json.loads(text[text.index("{") : text.rindex("}") + 1])
        decision = Decision(said["decision"])
        confidence = min(1.0, max(0.0, float(said["confidence"])))
    except (ValueError, KeyError, TypeError):
        return fallback(run)
    if decision not in run.possible():
        return fallback(run)
    return Routed(
        route=Route(
            decision=decision,
            by="model",
            reason=str(said.get("reason") or "")[:MAX_REASON],
            confidence=confidence,
        ),
        answer=_answer(said.get("answer")) if decision in ANSWERED_AT_ONCE else None,
    )


def fallback(run: CrewRun) -> Routed:
    """Without a usable decision: to the analyst if the parser found a metric, else a plain answer."""
    reading = run.subject.reading
    found = reading is not None and reading.query is not None
    decision = Decision.SALES if found and Decision.SALES in run.possible() else Decision.DIRECT
    return Routed(
        route=Route(
            decision=decision,
            by="model",
            reason="the router's answer could not be used",
            confidence=0.0,
        )
    )


def _answer(said: object) -> str | None:
    return said if isinstance(said, str) and said.strip() else None
