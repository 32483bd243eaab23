"""A question as memory is searched for it: its words, its meaning, and the days that it names."""

from backend.answering.world import World
from backend.domain.ports import Embedder
from backend.memory.recall import Asked, meaning_of
from backend.semantic.named_days import named_days


def asked_of(world: World, embedder: Embedder, question: str) -> Asked:
    """`embedder` is the world's, as it takes a question."""
    return Asked(
        question,
        meaning_of(embedder, question),
        named_days(question, world.today(), world.zone),
    )
