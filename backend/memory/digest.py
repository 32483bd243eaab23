"""What is kept of messages that are too old and too many to be recalled one by one.

Word for word, a few of each month: those of the person that say most. No sentence of ours stands
between them, so a digest is in the language that was spoken, and nothing in it was made up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from backend.domain.identity import ConversationId, TenantId
from backend.memory.terms import terms_of
from backend.store.folding import Old

#: Recallable exchanges of a person, a question and its answer each, unless the settings say otherwise.
MOST_EXCHANGES = 5_000
#: Of a month. What is told often is told in one of them.
MOST_LINES = 8
LINE_CHARACTERS = 160
#: Terms that say something; "ok, combinado" is not worth its place.
LEAST_TERMS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    #: When the last of it was said.
    at: datetime
    conversation_id: ConversationId
    text: str


def digests(tenant_id: TenantId, old: Sequence[Old]) -> list[Digest]:
    """One for each month in which anything was told, in their order. `old` is in its order, too."""
    by_month = groupby(old, key=lambda each: (each.at.year, each.at.month))
    return [made for _, said in by_month if (made := _digest(tenant_id, said)) is not None]


def _digest(tenant_id: TenantId, said: Iterable[Old]) -> Digest | None:
    telling = [(len(terms_of(tenant_id, each.text)), each) for each in said if _tells(each)]
    most = sorted(telling, key=lambda pair: -pair[0])[:MOST_LINES]
    kept = sorted(
        (each for count, each in most if count >= LEAST_TERMS),
        key=lambda each: (each.at, each.no),
    )
    if not kept:
        return None
    return Digest(
        at=kept[-1].at,
        conversation_id=kept[-1].conversation_id,
        text=" · ".join(f"{each.at.date()}: {_line(each.text)}" for each in kept),
    )


def _tells(old: Old) -> bool:
    """Whether the person told something: questions and our own answers can be had again."""
    return old.role == "user" and not old.text.rstrip().endswith("?")


def _line(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= LINE_CHARACTERS else said[: LINE_CHARACTERS - 1] + "…"
