"""Read models: conversations and traces as the door shows them. Rows as plain mappings."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.errors import InvalidParameterValue

from backend.domain.errors import InvalidRequest, NotFound
from backend.domain.identity import TenantId, TurnId
from backend.store.database import Conn
from backend.store.queries import statements

_CONVERSATIONS = statements("conversations")
_TRACE = statements("trace")
_USAGE = statements("usage")

Row = dict[str, Any]
#: The last row that was seen of a list: its moment and its id.
Place = tuple[datetime, UUID]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenConversations:
    """Those whose last turn was asked from `start` up to, not including, `end`. None: any."""

    user_id: str | None = None
    channel: str | None = None
    agent: str | None = None
    start: datetime | None = None
    end: datetime | None = None


def conversations(
    conn: Conn,
    tenant_id: TenantId,
    chosen: ChosenConversations,
    *,
    before: Place | None,
    limit: int,
) -> tuple[list[Row], int]:
    """The newest conversations first, and how many were chosen in all.

    `before` is the place of the last one seen: the moment of its last turn, and its id.
    """
    moment, last_id = before or (None, None)
    names = {"tenant_id": tenant_id, **asdict(chosen)}
    place = {"before": moment, "before_id": last_id, "limit": limit}
    # Planned anew each time: a plan that serves every choice serves none.
    counted = conn.execute(
        _CONVERSATIONS["chosen"] + _CONVERSATIONS["total"], names, prepare=False
    ).fetchall()
    rows = conn.execute(
        _CONVERSATIONS["chosen"] + _CONVERSATIONS["page"], {**names, **place}, prepare=False
    ).fetchall()
    return rows, counted[0]["total"]


def last_query(conn: Conn, tenant_id: TenantId, reference: str) -> Mapping[str, Any] | None:
    """The last metric query of a conversation, by our id or by the caller's own name for it.

    None when nothing was asked in it yet. Raises NotFound.
    """
    row = conn.execute(
        _CONVERSATIONS["last_query"], {"tenant_id": tenant_id, "reference": reference}
    ).fetchone()
    if row is None:
        raise NotFound
    found: Mapping[str, Any] | None = row["query"]
    return found


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


def check_zone(conn: Conn, zone: str) -> None:
    """Raises InvalidRequest for a zone that Postgres does not know."""
    try:
        conn.execute(_USAGE["zone"], {"zone": zone})
    except InvalidParameterValue as error:
        raise InvalidRequest("`time_zone` names no zone that days can be counted in") from error


def asked(conn: Conn, tenant_id: TenantId, turn_id: TurnId) -> Row:
    """A turn that exists, as it stands around its trace."""
    return conn.execute(_TRACE["asked"], {"tenant_id": tenant_id, "turn_id": turn_id}).fetchall()[0]


def trace(conn: Conn, tenant_id: TenantId, turn_id: TurnId) -> dict[str, list[Row]]:
    """The steps, model calls and tool calls of a turn, in order."""
    names = {"tenant_id": tenant_id, "turn_id": turn_id}
    return {
        name: conn.execute(_TRACE[name], names).fetchall()
        for name in ("steps", "llm_calls", "tool_calls")
    }
