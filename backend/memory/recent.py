"""The last turns of a conversation, word for word, within an allowance."""

from collections.abc import Sequence
from typing import Literal

from backend.domain.chat import Remembered
from backend.memory.token_count import tokens_of
from backend.store.recent_messages import RecentMessage

#: Follow-ups reach back a few turns; recall brings what is older. Keeps prompts flat however
#: long a conversation grows.
RECENT_TURNS = 6
#: Tokens of all that a prompt is told of them.
RECENT_TOKENS = 700
#: One long answer must not push the others out.
MESSAGE_CHARACTERS = 600


def within_allowance(newest_first: Sequence[RecentMessage]) -> Sequence[RecentMessage]:
    """The newest messages that fit, newest first. What does not is left to recall."""
    left = RECENT_TOKENS
    for kept, message in enumerate(newest_first):
        left -= tokens_of(clipped(message.text))
        if left < 0:
            return newest_first[:kept]
    return newest_first


def remembered(newest_first: Sequence[RecentMessage]) -> tuple[Remembered, ...]:
    """Messages as the crew sees them, oldest first; long ones are cut."""
    return tuple(
        Remembered(
            role=_role(message.author),
            text=clipped(message.text),
            at=message.at.isoformat(),
            source="recent",
        )
        for message in reversed(newest_first)
    )


def clipped(text: str) -> str:
    return text if len(text) <= MESSAGE_CHARACTERS else text[: MESSAGE_CHARACTERS - 1] + "…"


def _role(author: str) -> Literal["user", "assistant"]:
    return "user" if author == "user" else "assistant"
