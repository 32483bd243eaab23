"""What recall would find for a question of a person: an operator's look into memory."""

from collections.abc import Mapping
from typing import Any

from backend.answering.world import World
from backend.domain.errors import NotFound
from backend.domain.identity import TenantId
from backend.llm.provider_embedder import for_question
from backend.memory.recall import meaning_of, search
from backend.store import people
from backend.store.memories import Memory


def recollection(world: World, tenant_id: TenantId, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `k` best memories and what was said before and after each. Raises NotFound."""
    meaning = meaning_of(for_question(world.embedder), asked["query"])
    with world.database.tenant(tenant_id) as conn:
        asker = people.find(conn, tenant_id, asked["user_id"])
        if asker is None:
            raise NotFound("Nobody is called so here")
        found = search(conn, tenant_id, asker.person_id, asked["query"], meaning, limit=asked["k"])
    return {"items": [_item(memory) for memory in found]}


def _item(memory: Memory) -> Mapping[str, Any]:
    return {
        "text": memory.text,
        "role": memory.role,
        "at": memory.at.isoformat(),
        "score": round(memory.score, 4),
        "lexical": round(memory.lexical, 4),
        "semantic": None if memory.semantic is None else round(memory.semantic, 4),
        "external_id": memory.external_id,
        "conversation_id": memory.conversation,
        "beside": memory.no != memory.found_by,
    }
