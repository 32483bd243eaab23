"""The tenant's documents as a turn may use them, and whether they are what is asked about."""

from backend.answering.question import Question
from backend.answering.world import World
from backend.domain.sales import Reading
from backend.knowledge.library import Library
from backend.llm.offline.small_talk import small_talk


def documents_of(world: World, question: Question) -> Library | None:
    """None for an agent that has none."""
    asked = question.asked
    if not asked.agent.has_documents:
        return None
    return Library(world.database, question.embedder, asked.asker.tenant_id)


def is_documented(documents: Library | None, reading: Reading, question: str) -> bool:
    """Whether the tenant's documents answer what the parser has not read to the last word."""
    if documents is None or reading.complete or reading.readings:
        return False
    # Who greets is greeted, whatever the documents say of a good day.
    return small_talk(question, reading.language) is None and documents.knows(question)
