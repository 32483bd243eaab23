"""What a client of OpenAI's protocol asks of the rows besides a question of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.domain.identity import TenantId, TurnId
from backend.store.database import Database
from backend.store.queries import statements

_SQL = statements("chat_clients")

#: A client that hears nothing gives up after ten minutes by default, and tries twice more.
RETRIED_WITHIN = timedelta(minutes=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentName:
    name: str
    created_at: datetime


def agents(database: Database, tenant_id: TenantId) -> Sequence[AgentName]:
    """The tenant's agents, the default one first. Raises StoreUnavailable."""
    with database.tenant(tenant_id) as conn:
        rows = conn.execute(_SQL["agents"], {"tenant_id": tenant_id}).fetchall()
    return [AgentName(**row) for row in rows]


def last_asked(
    database: Database, tenant_id: TenantId, user_id: str, conversation: str, text: str
) -> TurnId | None:
    """The turn that this very question made a while ago, if the person has asked nothing since.

    Raises StoreUnavailable.
    """
    names = {
        "tenant_id": tenant_id,
        "user_id": user_id,
        "conversation": conversation,
        "text": text,
        "young": RETRIED_WITHIN,
    }
    with database.tenant(tenant_id) as conn:
        row = conn.execute(_SQL["last_asked"], names).fetchone()
    return None if row is None else TurnId(row["id"])
