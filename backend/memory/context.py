"""Gather what the crew is told besides the question: recent turns, then what recall finds."""

import structlog

from backend.domain.identity import Asker
from backend.domain.language import Language
from backend.domain.ports import Embedder
from backend.domain.turns import Context
from backend.memory.recall import recall
from backend.memory.recent import RECENT_TURNS, remembered, within_allowance
from backend.store import recent_messages
from backend.store.database import Database
from backend.store.turns import Begun

log = structlog.get_logger(__name__)


def gather(database: Database, embedder: Embedder, begun: Begun) -> Context:
    """The context of a turn.

    An embedder that fails costs the recall, not the answer.
    """
    asker: Asker = begun.asker
    with database.tenant(asker.tenant_id) as conn:
        newest_first = recent_messages.recent(
            conn, asker.tenant_id, begun.conversation_id, before=begun.seq, limit=RECENT_TURNS
        )
    kept = within_allowance(newest_first)
    try:
        recalled = recall(
            database,
            embedder,
            asker,
            begun.question,
            except_messages=[message.message_id for message in kept],
        )
    except (RuntimeError, ValueError, OSError):
        log.exception("recall.failed")
        recalled = ()
    return Context(
        memory=remembered(kept) + recalled,
        language=Language(newest_first[0].language) if newest_first else Language.PORTUGUESE,
        last_query=next((m.query for m in newest_first if m.query is not None), None),
    )
