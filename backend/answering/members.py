"""Whether a figure is of those whom a statement gives it to. Pure."""

from collections.abc import Sequence

from backend.answering.clauses import EXCEPT
from backend.answering.facts import Fact
from backend.answering.mention import Mention
from backend.answering.numbers import WrittenNumber
from backend.answering.ratios import is_of_rival
from backend.answering.said import Said


def fits_members(said: Said, fact: Fact, number: WrittenNumber) -> bool:
    if is_of_rival(said, number):
        return True
    named = (*said.mentions, *said.over)
    for dimension in {each.dimension for each in named if each.dimension}:
        bound = [
            each
            for each in said.binding.bound("member", number, dimension, compared=True)
            if not (each.names & fact.excluded and EXCEPT.search(said.text))
        ]
        own = fact.members.get(dimension)
        if not bound or (own is not None and any(each.names & own for each in bound)):
            continue
        if own is not None or not any(_is_of_another(named, fact, each) for each in bound):
            return False
    return True


def _is_of_another(named: Sequence[Mention], fact: Fact, mention: Mention) -> bool:
    """Whether the same word names the fact's member of another dimension: São Paulo, the state."""
    return any(
        each.start == mention.start and each.names & fact.members.get(each.dimension, frozenset())
        for each in named
        if each.kind == "member"
    )
