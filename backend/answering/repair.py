"""One more call for a draft whose figures nothing supports: the same model, told what is wrong."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import structlog
import yaml

from backend.answering.check import figures_of
from backend.answering.evidence import Evidence
from backend.answering.numbers import written_numbers
from backend.answering.statements import Statement
from backend.answering.support import faults
from backend.domain.chat import ChatMessage, ChatRequest, Purpose, Subject
from backend.domain.errors import ClaimLost, SalesCrewError, StoreUnavailable
from backend.domain.ports import ChatModel
from backend.domain.turns import Draft

log = structlog.get_logger(__name__)

#: Statements that are quoted back; a draft with more is beyond repair anyway.
_MOST_QUOTED = 8


def mended(
    draft: Draft, evidence: Evidence, *, model: ChatModel, subject: Subject, deadline: float
) -> tuple[Draft, Sequence[Mapping[str, Any]]]:
    """The draft to check, and what was corrected of it: the model's second words if they are better.

    Of a second draft without any figure nothing is gained: the check knows what to tell instead.
    """
    wrong = list(faults(draft.text, evidence))
    if not wrong:
        return draft, ()
    statements = [statement for statement, _ in wrong]
    second = repaired(draft, statements, evidence, model=model, subject=subject, deadline=deadline)
    if second is None or not written_numbers(second.text):
        return draft, ()
    if len(list(faults(second.text, evidence))) >= len(wrong):
        return draft, ()
    return second, ({"reason": "repaired", "figures": figures_of(wrong)},)


def repaired(
    draft: Draft,
    wrong: Sequence[Statement],
    evidence: Evidence,
    *,
    model: ChatModel,
    subject: Subject,
    deadline: float,
) -> Draft | None:
    """The draft in the model's second words; None when it has none to give.

    Whether they are right is for the check to say. Raises ClaimLost, StoreUnavailable.
    """
    words = _words()
    request = ChatRequest(
        purpose=Purpose.REPAIR,
        messages=(
            ChatMessage(role="system", text=words["system"]),
            ChatMessage(
                role="user",
                text=words["user"].format(
                    question=subject.question,
                    draft=draft.text,
                    wrong="\n".join(f"- {each.text.strip()}" for each in wrong[:_MOST_QUOTED]),
                    tools="\n".join(outcome.content for outcome in evidence.outcomes if outcome.ok),
                ),
            ),
        ),
        subject=subject,
        deadline=deadline,
    )
    try:
        text = model.complete(request).text.strip()
    except (ClaimLost, StoreUnavailable):
        raise
    except SalesCrewError as error:
        log.warning("answer.not_repaired", code=error.code)
        return None
    return replace(draft, text=text) if text else None


@cache
def _words() -> dict[str, str]:
    text = Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8")
    loaded: dict[str, str] = yaml.safe_load(text)
    return loaded
