"""Conversations: a person's or the tenant's list, and one with its turns and messages in order."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get
from litestar.di import NamedDependency, Provide
from litestar.params import FromPath, QueryParameter

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.filters import ConversationFilter
from backend.api.pages import cursor_of, place_of
from backend.api.periods import PeriodAsked
from backend.api.replay import failure
from backend.api.replies import Failure
from backend.api.reports import Conversation, ConversationItem, ConversationPage, Message, TurnItem
from backend.domain.errors import NotAllowed, NotFound
from backend.domain.identity import Scope
from backend.domain.turns import TurnStatus
from backend.store import views
from backend.store.views import Row

#: A page that a screen or a script reads at once.
MOST_CONVERSATIONS = 100
#: Turns with their messages: at 8,000 characters each still a few megabytes.
MOST_TURNS = 200


@get(
    "/conversations",
    guards=[needs(Scope.CHAT, Scope.OPERATOR)],
    tags=[Scope.CHAT, Scope.OPERATOR],
    summary="Conversations of a user, or of all (operator)",
    dependencies={
        "asked": Provide(PeriodAsked, sync_to_thread=False),
        "which": Provide(ConversationFilter, sync_to_thread=False),
    },
)
async def list_conversations(
    request: DoorRequest,
    asked: NamedDependency[PeriodAsked],
    which: NamedDependency[ConversationFilter],
    cursor: Annotated[
        str | None,
        QueryParameter(name="cursor", max_length=200, description="From the page before."),
    ] = None,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=MOST_CONVERSATIONS)] = 50,
) -> ConversationPage:
    if which.user_id is None and not request.auth.may(Scope.OPERATOR):
        raise NotAllowed("Listing without `user_id` needs the scope operator")
    chosen = which.chosen(asked)
    before = None if cursor is None else place_of(cursor)
    door, tenant_id = request.door, request.auth.tenant_id

    def read() -> tuple[list[Row], int]:
        with door.database.tenant(tenant_id) as conn:
            views.check_zone(conn, asked.time_zone)
            return views.conversations(conn, tenant_id, chosen, before=before, limit=limit + 1)

    rows, total = await door.calls.run(read)
    shown = rows[:limit]
    return ConversationPage(
        conversations=[ConversationItem(**_item(row)) for row in shown],
        total=total,
        next_cursor=(
            cursor_of(shown[-1]["last_turn_at"], shown[-1]["id"]) if len(rows) > limit else None
        ),
    )


@get(
    "/conversations/{conversation_id:uuid}",
    guards=[needs(Scope.CHAT, Scope.OPERATOR)],
    tags=[Scope.CHAT, Scope.OPERATOR],
    summary="A conversation's turns and messages, in order",
)
async def read_conversation(
    request: DoorRequest,
    conversation_id: FromPath[UUID],
    after: Annotated[
        int,
        QueryParameter(
            name="after", ge=0, le=2**31 - 1, description="`seq` of the last turn seen."
        ),
    ] = 0,
    limit: Annotated[int, QueryParameter(name="limit", ge=1, le=MOST_TURNS)] = MOST_TURNS,
) -> Conversation:
    door, tenant_id = request.door, request.auth.tenant_id

    def read() -> tuple[Row | None, list[Row]]:
        with door.database.tenant(tenant_id) as conn:
            row = views.conversation(conn, tenant_id, conversation_id)
            return row, views.turns(conn, tenant_id, conversation_id, after=after, limit=limit + 1)

    row, turns = await door.calls.run(read)
    if row is None:
        raise NotFound
    return Conversation(
        **_item(row),
        turns=[_turn(each) for each in turns[:limit]],
        next_after=turns[limit - 1]["seq"] if len(turns) > limit else None,
    )


def _item(row: Row) -> Row:
    kept = ("user_id", "channel", "agent", "external_id", "created_at", "last_turn_at")
    return {
        "conversation_id": row["id"],
        **{name: row[name] for name in kept},
        "turn_count": row["turns"],
    }


def _turn(row: Row) -> TurnItem:
    code = row["error_code"]
    return TurnItem(
        turn_id=row["id"],
        seq=row["seq"],
        status=TurnStatus(row["status"]),
        asked_at=row["asked_at"],
        finished_at=row["finished_at"],
        model=row["model"],
        time_ms=row["time_ms"],
        error=None if code is None else msgspec.convert(failure(code), Failure),
        messages=[
            msgspec.convert({**message, "message_id": message["id"]}, Message)
            for message in row["messages"] or ()
        ],
    )
