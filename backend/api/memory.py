"""GET /users/{user_id}/memory: what recall would find for a question of this user, and why."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from litestar import get
from litestar.params import FromPath, QueryParameter
from msgspec import Meta, Struct

from backend.api.auth import needs
from backend.api.bodies import DoorRequest
from backend.api.errands import ask_worker
from backend.api.paths import name_in
from backend.api.schemas import user_id_of
from backend.domain.errors import InvalidRequest
from backend.domain.identity import Scope
from backend.store.errands import Errand

#: As long as a message may be.
QUERY_CHARACTERS = 8_000
MOST_ITEMS = 100


class MemoryItem(Struct, frozen=True, kw_only=True):
    text: str
    role: Literal["user", "assistant"]
    at: datetime
    score: Annotated[float, Meta(description="0 to 1, over all memories of this user.")]
    lexical: Annotated[float, Meta(description="BM25 of its own words.")]
    semantic: Annotated[float, Meta(description="Cosine; null: no vector yet.")] | None
    external_id: str | None
    conversation_id: Annotated[str, Meta(description="The caller's own name, else our id.")]
    beside: Annotated[
        bool, Meta(description="Found by what was said around it rather than by its own words.")
    ]


class MemoryItems(Struct, frozen=True, kw_only=True):
    """What answers the query best, best first: up to three messages for each of the `k`, and 70 words."""

    items: list[MemoryItem]


@get(
    "/users/{user_id:str}/memory",
    guards=[needs(Scope.OPERATOR)],
    tags=[Scope.OPERATOR],
    summary="What recall would find for a question of this user",
)
async def user_memory(
    request: DoorRequest,
    user_id: FromPath[str],
    question: Annotated[str, QueryParameter(name="query", description="The question.")],
    k: Annotated[int, QueryParameter(ge=1, le=MOST_ITEMS)] = 10,
) -> MemoryItems:
    name = user_id_of(name_in(user_id))
    if not question.strip() or len(question) > QUERY_CHARACTERS or "\x00" in question:
        raise InvalidRequest(f"`query` should be text of 1 to {QUERY_CHARACTERS} characters")
    asked = {"user_id": name, "query": question, "k": k}
    told = await ask_worker(request, Errand(kind="recall", asked=asked))
    return msgspec.convert(told, MemoryItems)
