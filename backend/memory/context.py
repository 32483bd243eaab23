"""Gather what the crew is told besides the question: recent turns, then what recall finds
and what is known for a fact.

In two steps, for a question that is certain needs no more than the first.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from backend.domain.chat import Remembered
from backend.domain.identity import Asker
from backend.domain.language import Language
from backend.domain.turns import Context
from backend.memory.facts import known
from backend.memory.recall import Asked, recall
from backend.memory.recent import RECENT_TURNS, remembered, within_allowance
from backend.store import recent_messages
from backend.store.database import Conn
from backend.store.recent_messages import RecentMessage
from backend.store.turns import Begun


def gather(conn: Conn, begun: Begun) -> Context:
    """What was said in this conversation just before."""
    asker: Asker = begun.asker
    newest_first = recent_messages.recent(
        conn, asker.tenant_id, begun.conversation_id, before=begun.seq, limit=RECENT_TURNS
    )
    kept = within_allowance(newest_first)
    return Context(
        memory=remembered(kept),
        told=tuple(message.message_id for message in kept),
        language=Language(newest_first[0].language) if newest_first else Language.PORTUGUESE,
        last_query=next(
            (m.query for m in newest_first if m.query is not None and "choices" not in m.query),
            None,
        ),
        choices=_choices(newest_first),
    )


def look_back(
    conn: Conn, begun: Begun, context: Context, asked: Asked, *, is_read_by_model: bool
) -> tuple[Remembered, ...]:
    """What was said long before, wherever it was, and the facts that stand.

    A model reads a fact among the recent turns, and pays for each word; rules look for facts only.
    """
    recalled = recall(conn, begun.asker, asked, except_ids=context.told, told=context.memory)
    return recalled + known(
        conn, begun.asker, begun.question, except_messages=context.told if is_read_by_model else ()
    )


def _choices(newest_first: Sequence[RecentMessage]) -> tuple[Mapping[str, Any], ...]:
    """What the very last answer asked to choose between."""
    last = newest_first[0].query if newest_first else None
    return tuple((last or {}).get("choices", ()))
