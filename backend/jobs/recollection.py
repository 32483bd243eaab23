"""What recall would find for a question of a person: an operator's look into memory."""

from collections.abc import Mapping
from typing import Any

from backend.answering.recalling import asked_of
from backend.answering.world import World
from backend.domain.errors import NotFound
from backend.domain.identity import TenantId
from backend.llm.provider_embedder import for_question
from backend.memory.recall import Memory, search
from backend.store import people


def recollection(world: World, tenant_id: TenantId, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """What answers the query best, up to three messages for each of the `k`. Raises NotFound."""
    question = asked_of(world, for_question(world.embedder), asked["query"])
    with world.database.tenant(tenant_id) as conn:
        asker = people.find(conn, tenant_id, asked["user_id"])
        if asker is None:
            raise NotFound("Nobody is called so here")
        found = search(conn, tenant_id, asker.person_id, question, limit=asked["k"])
    return {"items": [_item(memory) for memory in found]}


def _item(memory: Memory) -> Mapping[str, Any]:
    line, rank = memory.line, memory.rank
    return {
        "text": line.text,
        "role": line.role,
        "at": line.at.isoformat(),
        "score": round(rank.score, 4),
        "lexical": round(rank.lexical, 4),
        "semantic": None if rank.semantic is None else round(rank.semantic, 4),
        "external_id": line.external_id,
        "conversation_id": line.conversation,
        "beside": memory.beside,
    }
