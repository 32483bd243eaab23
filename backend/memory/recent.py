"""The last turns of a conversation, word for word, within an allowance."""

from collections.abc import Sequence
from typing import Literal

from backend.domain.chat import Remembered
from backend.store.turns import RecentMessage

#: Follow-ups reach back a few turns; recall brings what is older. Keeps prompts flat however
#: long a conversation grows.
RECENT_TURNS = 6
#: About 600 tokens at four characters each.
RECENT_CHARACTERS = 2_400
#: One long answer must not push the others out.
MESSAGE_CHARACTERS = 600


def within_allowance(newest_first: Sequence[RecentMessage]) -> tuple[Remembered, ...]:
    """The newest messages that fit, oldest first; long ones are cut."""
    kept: list[Remembered] = []
    left = RECENT_CHARACTERS
    for message in newest_first:
        text = clipped(message.text)
        if len(text) > left:
            break
        left -= len(text)
        kept.append(
            Remembered(
                role=_role(message.author),
                text=text,
                at=message.at.isoformat(),
                source="recent",
            )
        )
    return tuple(reversed(kept))


def clipped(text: str) -> str:
    return text if len(text) <= MESSAGE_CHARACTERS else text[: MESSAGE_CHARACTERS - 1] + "…"


def _role(author: str) -> Literal["user", "assistant"]:
    return "user" if author == "user" else "assistant"
