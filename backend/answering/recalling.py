"""A question as memory is searched for it: its words, its meaning, and the days that it names."""

from backend.answering.world import World
from backend.memory.recall import Asked, meaning_of
from backend.semantic.named_days import named_days


def asked_of(world: World, question: str) -> Asked:
    return Asked(
        question,
        meaning_of(world.embedder, question),
        named_days(question, world.today(), world.zone),
    )
