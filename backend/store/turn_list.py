"""Turns of a period, chosen by what they are: a page of them, how many there are, what they used.

The list and the report choose with the same words of SQL, so a figure of the one is the length of
the other.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Literal, LiteralString
from uuid import UUID

from backend.domain.identity import TenantId
from backend.store.database import Conn
from backend.store.queries import statements

_SQL = statements("turn_list")
_USAGE = statements("usage")

Row = dict[str, Any]
#: The last row that was seen of a list: its moment and its id.
Place = tuple[datetime, UUID]
Group = Literal["user", "model", "day", "channel", "agent"]

#: What a row of a list shows of its question.
QUESTION_CHARACTERS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Turns asked from `start` up to, not including, `end`. None: whatever it is.

    `model` may be `none`: no model answered. `has_error`: the turn, or a call of it, failed.
    """

    start: datetime
    end: datetime
    user_id: str | None = None
    channel: str | None = None
    agent: str | None = None
    model: str | None = None
    status: str | None = None
    decision: str | None = None
    tool: str | None = None
    has_error: bool | None = None
    conversation_id: UUID | None = None


def total(conn: Conn, tenant_id: TenantId, chosen: Chosen) -> int:
    row = _read(conn, _SQL["chosen"] + _SQL["total"], _names(tenant_id, chosen))[0]
    return int(row["total"])


def page(
    conn: Conn, tenant_id: TenantId, chosen: Chosen, *, before: Place | None, limit: int
) -> list[Row]:
    """The newest first; `before` is the place of the last one seen: when it was asked, and its id."""
    moment, last_id = before or (None, None)
    return _read(
        conn,
        _SQL["chosen"] + _SQL["page"],
        {
            **_names(tenant_id, chosen),
            "before": moment,
            "before_id": last_id,
            "limit": limit,
            "question_characters": QUESTION_CHARACTERS,
        },
    )


def usage(
    conn: Conn,
    tenant_id: TenantId,
    chosen: Chosen,
    *,
    group_by: Group,
    days: Sequence[tuple[date, datetime]],
) -> tuple[list[Row], Row]:
    """Turns, tokens and money by group, and of all of them; both from one look at the rows.

    `days` are those of the period, each with the moment at which it begins.
    """
    conn.execute(_USAGE["plan_totals"])
    *rows, totals = _read(
        conn,
        _SQL["chosen"] + _USAGE["totals"],
        {
            **_names(tenant_id, chosen),
            "group_by": group_by,
            "days": [day for day, _ in days],
            "midnights": [midnight for _, midnight in days],
        },
    )
    return rows, totals


def _names(tenant_id: TenantId, chosen: Chosen) -> Row:
    return {"tenant_id": tenant_id, **asdict(chosen)}


def _read(conn: Conn, statement: LiteralString, names: Row) -> list[Row]:
    """Planned anew each time: a plan that serves every choice serves none."""
    return conn.execute(statement, names, prepare=False).fetchall()
