"""One more call for a draft whose figures nothing supports: the same model, told what is wrong."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import structlog
import yaml

from backend.answering.evidence import Evidence
from backend.answering.statements import Statement
from backend.domain.chat import ChatMessage, ChatRequest, Purpose, Subject
from backend.domain.errors import ClaimLost, SalesCrewError, StoreUnavailable
from backend.domain.ports import ChatModel
from backend.domain.turns import Draft

log = structlog.get_logger(__name__)

#: Statements that are quoted back; a draft with more is beyond repair anyway.
_MOST_QUOTED = 8


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
