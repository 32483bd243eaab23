"""What callers send, as msgspec structs. Unknown members are refused, so a misspelt one is seen.

`__post_init__` checks what a JSON Schema cannot say; its ValueError becomes a 400 with its text.
"""

import unicodedata
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from backend.domain.errors import InvalidRequest
from backend.domain.identity import Role

#: Characters of a name that a caller gives: a user, a conversation, an agent, a data source.
NAME_CHARACTERS = 128
MESSAGE_CHARACTERS = 8_000
METADATA_BYTES = 16 * 1024
#: Attributes decide which rows a person may see: few and short.
MOST_ATTRIBUTES = 50

Name = Annotated[str, Meta(min_length=1, max_length=NAME_CHARACTERS)]
UserId = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=NAME_CHARACTERS,
        description="Your own name for the person who asks.",
    ),
]


class ChatBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question of a user."""

    user_id: UserId
    message: Annotated[str, Meta(min_length=1, max_length=MESSAGE_CHARACTERS)]
    conversation_id: (
        Annotated[
            str,
            Meta(
                min_length=1,
                max_length=NAME_CHARACTERS,
                description="Ours from an earlier answer, or your own name for the conversation. "
                "Without one, the user's conversation on the channel goes on until 24 h after "
                "its last turn.",
            ),
        ]
        | None
    ) = None
    channel: Annotated[str, Meta(pattern="^[a-z][a-z0-9_-]{0,31}$")] = "web"
    agent: Annotated[Name, Meta(description="Default: the tenant's default agent.")] | None = None
    data_source: Annotated[Name, Meta(description="Id or name. Default: the tenant's.")] | None = (
        None
    )
    metadata: Annotated[
        dict[str, Any], Meta(description="Kept with the turn; at most 16 kB of JSON.")
    ] = {}

    def __post_init__(self) -> None:
        check_name(self.user_id, "user_id")
        check_name(self.channel, "channel")
        for name in ("conversation_id", "agent", "data_source"):
            value = getattr(self, name)
            if value is not None:
                check_name(value, name)
        if not self.message.strip():
            raise ValueError("`message` is blank")
        if len(msgspec.json.encode(self.metadata)) > METADATA_BYTES:
            raise ValueError("`metadata` is larger than 16 kB")


class Frame(ChatBody, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A question on a socket."""

    #: Comes back with every event of this question.
    ref: Annotated[str, Meta(max_length=NAME_CHARACTERS)] | None = None
    #: As the header of the same name: a frame may be sent again after a lost connection.
    idempotency_key: Annotated[str, Meta(min_length=1, max_length=255)] | None = None

    @property
    def body(self) -> ChatBody:
        """The question alone."""
        return ChatBody(**{name: getattr(self, name) for name in ChatBody.__struct_fields__})


class PersonBody(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Who a user is to the tenant. Replaces what was said before."""

    role: Role
    name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    attributes: Annotated[
        dict[Name, Annotated[str, Meta(max_length=256)]], Meta(max_length=MOST_ATTRIBUTES)
    ] = {}

    def __post_init__(self) -> None:
        if self.name is not None:
            check_name(self.name, "name")


def check_name(text: str, field: str) -> None:
    """Raises ValueError when a name is blank or holds control characters."""
    if not text.strip() or any(unicodedata.category(character) == "Cc" for character in text):
        raise ValueError(f"`{field}` should be visible text without control characters")


def name_of(text: str, field: str) -> str:
    """A name from a path or a query. Raises InvalidRequest."""
    if not 1 <= len(text) <= NAME_CHARACTERS:
        raise InvalidRequest(f"`{field}` should have 1 to {NAME_CHARACTERS} characters")
    try:
        check_name(text, field)
    except ValueError as error:
        raise InvalidRequest(str(error)) from error
    return text


def user_id_of(text: str) -> str:
    """A user's name from a path or a query. Raises InvalidRequest."""
    return name_of(text, "user_id")
