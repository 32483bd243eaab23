"""What the tenant's documents say to a question: an administrator's look at what answers would cite."""

from collections.abc import Mapping
from typing import Any

from backend.answering.world import World
from backend.domain.identity import TenantId
from backend.knowledge.library import Guidance, Library
from backend.llm.provider_embedder import for_question
from backend.plugins.citation import citation


def guidance(world: World, tenant_id: TenantId, asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """The `k` nearest passages, best first, each with its place and whether an answer would cite it."""
    library = Library(world.database, for_question(world.embedder), tenant_id)
    found = library.look(asked["query"], most=asked["k"])
    return {"passages": [_item(each) for each in found]}


def _item(found: Guidance) -> dict[str, Any]:
    return {
        "document_id": str(found.document_id),
        "title": found.title,
        "source": found.source,
        "section": found.section,
        "page": found.page,
        "citation": citation(
            found.language, found.title, found.section, page=found.page, part=found.part
        ),
        "text": found.text,
        "language": found.language.value,
        "score": round(found.score, 4),
        "lexical": round(found.lexical, 4),
        "semantic": None if found.semantic is None else round(found.semantic, 4),
        "answers": found.answers,
    }
