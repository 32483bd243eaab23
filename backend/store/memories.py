"""What can be recalled of a person: their messages by meaning, exactly, and nobody else's."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Literal
from uuid import UUID

from psycopg.types.json import Jsonb

from backend.domain.identity import PersonId, TenantId, TurnId
from backend.store.database import Conn
from backend.store.queries import statements

_SQL = statements("memories")


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A message that was recalled; `score` is the cosine of its meaning to the question's."""

    message_id: UUID
    turn_id: UUID
    conversation_id: UUID
    role: Literal["user", "assistant"]
    text: str
    at: datetime
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Unremembered:
    """A message of an answered turn that has no vector yet."""

    id: UUID
    author: Literal["user", "agent"]
    text: str
    at: datetime
    person_id: UUID
    conversation_id: UUID
    turn_id: UUID


def unremembered(conn: Conn, tenant_id: TenantId, turn_id: TurnId) -> list[Unremembered]:
    rows = conn.execute(_SQL["unremembered"], {"tenant_id": tenant_id, "turn_id": turn_id})
    return [Unremembered(**row) for row in rows]


def remember(
    conn: Conn,
    tenant_id: TenantId,
    messages: Sequence[Unremembered],
    vectors: Sequence[Sequence[float]],
    embedding_model: str,
) -> None:
    """Keep the vectors of messages; a message that has one already is left alone."""
    if not messages:
        return
    conn.execute(
        _SQL["remember"],
        {
            "tenant_id": tenant_id,
            "embedding_model": embedding_model,
            "messages": Jsonb(
                [
                    {
                        "person_id": message.person_id,
                        "message_id": message.id,
                        "conversation_id": message.conversation_id,
                        "turn_id": message.turn_id,
                        "role": "user" if message.author == "user" else "assistant",
                        "text": message.text,
                        "at": message.at,
                        "embedding": _literal(vector),
                    }
                    for message, vector in zip(messages, vectors, strict=True)
                ]
            ),
        },
    )


def recall(
    conn: Conn,
    tenant_id: TenantId,
    person_id: PersonId,
    vector: Sequence[float],
    *,
    embedding_model: str,
    except_messages: Sequence[UUID],
    limit: int,
) -> list[Memory]:
    """The person's messages nearest in meaning, best first."""
    rows = conn.execute(
        _SQL["recall"],
        {
            "tenant_id": tenant_id,
            "person_id": person_id,
            "embedding": _literal(vector),
            "embedding_model": embedding_model,
            "except_messages": list(except_messages),
            "limit": limit,
        },
    )
    return [Memory(**row) for row in rows]


def _literal(vector: Sequence[float]) -> str:
    """A vector in pgvector's own text form; six digits are more than a half float holds."""
    return _form(len(vector)) % tuple(vector)


@cache
def _form(width: int) -> str:
    # One format for all numbers of a vector: a third of the time of one each.
    return "[" + ",".join(["%.6g"] * width) + "]"
