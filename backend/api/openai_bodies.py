"""What a client of OpenAI's protocol sends, and the question that it stands for. Pure.

Of the messages only the last one of the user is asked: the conversation is remembered here, not
in the client. System messages are nobody's instruction: an agent's role is its tenant's to give.
Options that would change the form of an answer are refused; all others are ignored.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from backend.api.openai_errors import ParameterRefused
from backend.api.schemas import ChatBody, Name

#: The channel of all that comes this way, for the books.
CHANNEL = "openai"
#: Where members of our body stand in theirs.
_PARAMETERS = {"user_id": "user", "message": "messages", "conversation_id": "metadata"}


class Part(Struct, frozen=True, kw_only=True):
    """A piece of a message. Only text is read."""

    type: str
    text: str | None = None


class Said(Struct, frozen=True, kw_only=True):
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None


class StreamOptions(Struct, frozen=True, kw_only=True):
    include_usage: bool | None = None


class CompletionBody(Struct, frozen=True, kw_only=True):
    """A chat so far, as OpenAI's clients send it. Members that are not named here are ignored."""

    model: Annotated[Name, Meta(description="An agent's name; `GET /v1/models` lists them.")]
    messages: Annotated[
        list[Said],
        Meta(min_length=1, description="The last message of the role `user` is the question."),
    ]
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    user: Annotated[str, Meta(description="Your own name for the person who asks.")] | None = None
    safety_identifier: Annotated[str, Meta(description="Stands for `user`.")] | None = None
    metadata: (
        Annotated[
            dict[str, Any],
            Meta(description="Kept with the turn; `conversation_id` names the conversation."),
        ]
        | None
    ) = None
    n: Annotated[int, Meta(description="1 or absent.")] | None = None
    response_format: (
        Annotated[dict[str, Any], Meta(description='`{"type": "text"}` or absent.')] | None
    ) = None
    modalities: Annotated[list[str], Meta(description='`["text"]` or absent.')] | None = None
    logprobs: Annotated[bool, Meta(description="False or absent.")] | None = None
    tools: Annotated[list[Any], Meta(description="Empty or absent.")] | None = None
    functions: Annotated[list[Any], Meta(description="Empty or absent.")] | None = None

    @property
    def wants_usage(self) -> bool:
        return self.stream_options is not None and bool(self.stream_options.include_usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Who asks, and in which conversation, as far as headers tell it; `nobody` asks without a name."""

    user: str | None
    conversation: str | None
    nobody: str


def question_of(body: CompletionBody, names: Names) -> ChatBody:
    """The question as `POST /chat` takes it. Raises ParameterRefused."""
    _refuse_other_forms(body)
    asked = [message for message in body.messages if message.role == "user"]
    if not asked:
        raise ParameterRefused("messages", "`messages` has none of the role `user`")
    given: Mapping[str, Any] = body.metadata or {}
    conversation = given.get("conversation_id") or names.conversation or _derived(body, asked[0])
    question = {
        "user_id": body.user or body.safety_identifier or names.user or names.nobody,
        "message": _text(asked[-1]),
        "conversation_id": conversation,
        "channel": CHANNEL,
        "agent": body.model,
        "metadata": given,
    }
    try:
        return msgspec.convert(question, ChatBody)
    except msgspec.ValidationError as error:
        message = str(error)
        for ours, theirs in _PARAMETERS.items():
            if f"$.{ours}`" in message or f"`{ours}` " in message:
                message = message.replace(f"$.{ours}", theirs).replace(f"`{ours}`", f"`{theirs}`")
                raise ParameterRefused(theirs, message) from error
        raise ParameterRefused("metadata", message) from error


def _refuse_other_forms(body: CompletionBody) -> None:
    """Raises ParameterRefused for what would need an answer of another form than ours."""
    other_forms = {
        "n": body.n not in (None, 1),
        "response_format": (body.response_format or {}).get("type", "text") != "text",
        "modalities": set(body.modalities or ("text",)) != {"text"},
        "logprobs": bool(body.logprobs),
        "tools": bool(body.tools),
        "functions": bool(body.functions),
    }
    for parameter, is_asked in other_forms.items():
        if is_asked:
            raise ParameterRefused(
                parameter,
                f"`{parameter}` is not supported here: an answer is one text, "
                "and the agent has tools of its own",
            )


def _text(message: Said) -> str:
    """The words of the question. Raises ParameterRefused: what else is in it would be unanswered."""
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    others = [part.type for part in message.content if part.type != "text"]
    if others:
        raise ParameterRefused("messages", f"Only text can be asked here, not `{others[0]}`")
    return _words(message.content)


def _derived(body: CompletionBody, first: Said) -> str:
    """A name for a chat that has none: what it began with stays the same however often it is sent."""
    content = first.content or ""
    words = content if isinstance(content, str) else _words(content)
    digest = hashlib.sha256(msgspec.json.encode([body.model, words.strip()])).hexdigest()
    return f"chat-{digest[:32]}"


def _words(parts: list[Part]) -> str:
    return "\n".join(part.text for part in parts if part.text)
