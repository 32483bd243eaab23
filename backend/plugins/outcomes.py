"""What a tool hands back: JSON for the model, a sentence for the reader, facts for the trace."""

import json
from collections.abc import Mapping
from typing import Any

from backend.domain.language import Language
from backend.domain.trace import ToolOutcome
from backend.plugins.words import say

#: What the model should do about a failure. For a model, so in English; readers get `summary`.
_ADVICE: Mapping[str, str] = {
    "invalid_request": "Correct the arguments and call again, once.",
    "metric_not_defined": "Tell the user what is not defined. Never substitute another figure.",
    "not_permitted": "Tell the user they may not see this. Do not try another way.",
    "not_allowed": "This tool cannot be used in this turn. Answer without it.",
    "source_unavailable": "Tell the user the source did not answer. Never estimate the figure.",
    "deadline_exceeded": "There is no time left. Answer with what you have.",
    "internal": "The tool failed. Tell the user so. Never estimate the figure.",
}


def as_json(content: Mapping[str, Any]) -> str:
    """The text a model reads. Compact: every character of it is paid for."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def failed(
    code: str, language: Language, *, detail: str | None = None, summary: str | None = None
) -> ToolOutcome:
    """The outcome of a tool that could not do its work.

    `detail` goes to the model and must be a sentence of ours, never an exception's text.
    `summary` replaces the general sentence for the reader.
    """
    sentence = summary or say(language, f"failures.{code}")
    content = {"status": code, "summary": sentence, "advice": _ADVICE[code]}
    if detail is not None:
        content["detail"] = detail
    return ToolOutcome(content=as_json(content), ok=False, summary=sentence, error=code)
