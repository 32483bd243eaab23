"""Which turns or conversations: the parameters that lists and reports share.

A value that nothing has is no mistake: it finds nothing.
"""

from dataclasses import dataclass
from typing import Annotated, Literal
from uuid import UUID

from litestar.params import QueryParameter

from backend.api.periods import Period, PeriodAsked
from backend.api.schemas import check_name, user_id_of
from backend.domain.errors import InvalidRequest
from backend.domain.turns import Decision, TurnStatus
from backend.store.turn_list import Chosen
from backend.store.views import ChosenConversations

#: Longer than any name that a turn may have.
_MOST = 200

Channel = Annotated[str | None, QueryParameter(name="channel", max_length=_MOST)]
Agent = Annotated[str | None, QueryParameter(name="agent", max_length=_MOST)]


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnFilter:
    """What a report of turns may be narrowed to."""

    user_id: Annotated[str | None, QueryParameter(name="user_id")] = None
    channel: Channel = None
    agent: Agent = None
    model: Annotated[
        str | None,
        QueryParameter(
            name="model", max_length=_MOST, description="`none`: those that no model answered."
        ),
    ] = None
    status: Annotated[TurnStatus | None, QueryParameter(name="status")] = None

    def chosen(self, period: Period) -> Chosen:
        """Raises InvalidRequest."""
        user_id = None if self.user_id is None else user_id_of(self.user_id)
        names = {name: getattr(self, name) for name in ("channel", "agent", "model")}
        check_names(names)
        return Chosen(
            start=period.start, end=period.end, user_id=user_id, status=self.status, **names
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ListFilter:
    """What a list of turns may be narrowed to besides."""

    decision: Annotated[Decision | None, QueryParameter(name="decision")] = None
    tool: Annotated[
        str | None, QueryParameter(name="tool", max_length=_MOST, description="A tool it called.")
    ] = None
    has_error: Annotated[
        Literal["true", "false"] | None,
        QueryParameter(
            name="has_error", description="Whether the turn, or a model or tool call of it, failed."
        ),
    ] = None
    conversation_id: Annotated[UUID | None, QueryParameter(name="conversation_id")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationFilter:
    """What a list of conversations may be narrowed to; its days are those of the last turn."""

    user_id: Annotated[
        str | None, QueryParameter(name="user_id", description="Required without operator scope.")
    ] = None
    channel: Channel = None
    agent: Agent = None

    def chosen(self, asked: PeriodAsked) -> ChosenConversations:
        """Raises InvalidRequest."""
        user_id = None if self.user_id is None else user_id_of(self.user_id)
        check_names({"channel": self.channel, "agent": self.agent})
        start, end = asked.bounds()
        return ChosenConversations(
            user_id=user_id, channel=self.channel, agent=self.agent, start=start, end=end
        )


def check_names(names: dict[str, str | None]) -> None:
    """Raises InvalidRequest for a name that is blank or holds control characters."""
    for name, value in names.items():
        if value is not None:
            try:
                check_name(value, name)
            except ValueError as error:
                raise InvalidRequest(str(error)) from error
