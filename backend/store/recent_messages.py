"""The messages of a conversation's last answered turns, as memory reads them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.domain.identity import ConversationId, TenantId
from backend.store.database import Conn
from backend.store.queries import statements

_SQL = statements("turns")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentMessage:
    """A message of an earlier turn of the conversation."""

    turn_id: UUID
    message_id: UUID
    author: str
    text: str
    at: datetime
    query: Mapping[str, Any] | None
    #: The language its turn was answered in.
    language: str


def recent(
    conn: Conn, tenant_id: TenantId, conversation_id: ConversationId, *, before: int, limit: int
) -> list[RecentMessage]:
    """The messages of the last `limit` answered turns before turn number `before`, newest first."""
    rows = conn.execute(
        _SQL["recent"],
        {
            "tenant_id": tenant_id,
            "conversation_id": conversation_id,
            "seq": before,
            "limit": limit,
        },
    )
    return [
        RecentMessage(
            turn_id=row["id"],
            message_id=row["message_id"],
            author=row["author"],
            text=row["text"],
            at=row["at"],
            query=row["query"],
            language=row["language"],
        )
        for row in rows
    ]
