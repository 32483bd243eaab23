"""Gather what the crew is told besides the question: recent turns, then what recall finds."""

from collections.abc import Mapping
from typing import Any

import structlog

from backend.domain.identity import Asker
from backend.domain.ports import Embedder
from backend.domain.turns import Context
from backend.memory.recall import recall
from backend.memory.recent import RECENT_TURNS, within_allowance
from backend.store import turns
from backend.store.database import Database
from backend.store.turns import Begun

log = structlog.get_logger(__name__)


def gather(
    database: Database, embedder: Embedder, begun: Begun
) -> tuple[Context, Mapping[str, Any] | None]:
    """The context of a turn, and the conversation's last metric query as it was stored.

    An embedder that fails costs the recall, not the answer.
    """
    asker: Asker = begun.asker
    with database.tenant(asker.tenant_id) as conn:
        newest_first = turns.recent(
            conn, asker.tenant_id, begun.conversation_id, before=begun.seq, limit=RECENT_TURNS
        )
    last_query = next((m.query for m in newest_first if m.query is not None), None)
    try:
        recalled = recall(
            database,
            embedder,
            asker,
            begun.question,
            except_turns=sorted({message.turn_id for message in newest_first}),
        )
    except (RuntimeError, ValueError, OSError):
        log.exception("recall.failed")
        recalled = ()
    return Context(memory=within_allowance(newest_first) + recalled), last_query
