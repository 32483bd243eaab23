"""Read models: conversations, usage and traces as the door shows them. Rows as plain mappings."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from psycopg.errors import InvalidParameterValue

from backend.domain.errors import InvalidRequest
from backend.domain.identity import PersonId, TenantId, TurnId
from backend.store.database import Conn
from backend.store.queries import statements

_CONVERSATIONS = statements("conversations")
_USAGE = statements("usage")

Row = dict[str, Any]
#: The last row that was seen of a list: its moment and its id.
Place = tuple[datetime, UUID]


def conversations(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId | None,
    *,
    before: Place | None,
    limit: int,
) -> list[Row]:
    """The newest conversations first, of one person or of the whole tenant.

    `before` is the place of the last one seen: the moment of its last turn, and its id.
    """
    name = "of_tenant" if person_id is None else "of_person"
    moment, last_id = before or (None, None)
    return conn.execute(
        _CONVERSATIONS[name],
        {
            "tenant_id": tenant_id,
            "person_id": person_id,
            "before": moment,
            "before_id": last_id,
            "limit": limit,
        },
    ).fetchall()


def conversation(conn: Conn, tenant_id: TenantId, conversation_id: UUID) -> Row | None:
    return conn.execute(
        _CONVERSATIONS["one"], {"tenant_id": tenant_id, "conversation_id": conversation_id}
    ).fetchone()


def turns(
    conn: Conn, tenant_id: TenantId, conversation_id: UUID, *, after: int, limit: int
) -> list[Row]:
    """A conversation's turns in order, each with its messages."""
    return conn.execute(
        _CONVERSATIONS["turns"],
        {
            "tenant_id": tenant_id,
            "conversation_id": conversation_id,
            "after": after,
            "limit": limit,
        },
    ).fetchall()


def usage(
    conn: Conn,
    tenant_id: TenantId,
    *,
    start: datetime,
    end: datetime,
    zone: str,
    group_by: Literal["user", "model", "day", "channel", "agent", "all"],
) -> list[Row]:
    """Turns, tokens and money of the turns asked from `start` up to, not including, `end`.

    `all` is one row over the whole period, or none when nothing was asked. Raises InvalidRequest
    for a zone that Postgres does not know.
    """
    names = {"tenant_id": tenant_id, "from": start, "to": end, "zone": zone, "group_by": group_by}
    try:
        return conn.execute(_USAGE["totals"], names).fetchall()
    except InvalidParameterValue as error:
        raise InvalidRequest("`time_zone` names no zone that days can be counted in") from error


def trace(conn: Conn, tenant_id: TenantId, turn_id: TurnId) -> dict[str, list[Row]]:
    """The steps, model calls and tool calls of a turn, in order."""
    names = {"tenant_id": tenant_id, "turn_id": turn_id}
    return {
        name: conn.execute(_USAGE[name], names).fetchall()
        for name in ("steps", "llm_calls", "tool_calls")
    }
