"""Facts that only a model sees: one cheap call a message, and nothing is taken that was not written.

A model points at facts, it does not word them: a quote that is not in the message, or that the gate
refuses, is dropped.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import yaml

from backend.domain.chat import ChatMessage, ChatRequest, Purpose, Subject
from backend.domain.errors import ClaimLost, SalesCrewError, StoreUnavailable
from backend.domain.facts import LABEL_CHARACTERS, SELF, TEXT_CHARACTERS, Statement, key_of
from backend.domain.language import Language
from backend.domain.ports import ChatModel
from backend.llm.offline.phrases import fold_around_is
from backend.memory.fact_gate import is_claim
from backend.memory.fact_rules import MOST_FACTS, topic_of

log = structlog.get_logger(__name__)

#: Five short quotes with their labels.
MAX_OUTPUT_TOKENS = 300

_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "facts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "quote": {"type": "string"},
                    "about": {"type": "string"},
                    "topic": {"type": "string"},
                },
                "required": ["quote", "about", "topic"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["facts"],
    "additionalProperties": False,
}


def facts_by_model(
    model: ChatModel, said: Sequence[str], *, today: date, deadline: float
) -> tuple[Statement, ...]:
    """The facts that a model finds in these sentences; none when it fails.

    Raises ClaimLost, StoreUnavailable.
    """
    text = "\n".join(said)
    quoted = json.dumps(text, ensure_ascii=False).replace("<", "\\u003c")
    request = ChatRequest(
        purpose=Purpose.LEARN,
        messages=(
            ChatMessage(role="system", text=_words()["system"]),
            ChatMessage(role="user", text=f"<said>{quoted}</said>"),
        ),
        subject=Subject(question=text, language=Language.PORTUGUESE, today=today),
        deadline=deadline,
        answer_schema=_SCHEMA,
        max_output_tokens=MAX_OUTPUT_TOKENS,
    )
    try:
        answer = model.complete(request).text
    except (ClaimLost, StoreUnavailable):
        raise
    except SalesCrewError as error:
        log.warning("facts.model_failed", code=error.code)
        return ()
    return tuple(_stated(answer, text))[:MOST_FACTS]


def _stated(answer: str, text: str) -> Iterator[Statement]:
    """What of a model's answer stands in the text itself."""
    try:
        # Models that know no schemas wrap their JSON in words or in a code block.
        found = json.loads(answer[answer.index("{") : answer.rindex("}") + 1])["facts"]
    except (ValueError, KeyError, TypeError):
        log.warning("facts.unreadable")
        return
    for each in found if isinstance(found, list) else ():
        statement = _statement(each, text) if isinstance(each, Mapping) else None
        if statement is not None:
            yield statement


def _statement(each: Mapping[str, Any], text: str) -> Statement | None:
    said = {name: str(each.get(name) or "") for name in ("quote", "about", "topic")}
    # What models change when they copy: spaces and the case of the first letter.
    wanted = " ".join(said["quote"].split()).strip(" .,;:!\"'")
    start = fold_around_is(text).find(fold_around_is(wanted))
    topic = topic_of(said["topic"])
    if not wanted or len(wanted) > TEXT_CHARACTERS or start < 0 or not topic:
        return None
    quote = text[start : start + len(wanted)]
    about = " ".join(said["about"].split())[:LABEL_CHARACTERS]
    subject = SELF if key_of(about) in ("", SELF, "writer", "user") else about
    if subject != SELF and key_of(subject) not in key_of(text):
        return None
    if "\n" in quote or is_claim(fold_around_is(f"{quote} {topic}")):
        return None
    return Statement(subject=subject, topic=topic, text=quote, noted_by="model")


@cache
def _words() -> dict[str, str]:
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    loaded: dict[str, str] = yaml.safe_load(text)
    return loaded
