"""Members as the database writes them: "sudeste", "SP" and "e-mail" find what they mean.

For queries that come without the parser: a language model chose the words, or an operator.
"""

from collections.abc import Mapping
from dataclasses import replace

from backend.domain.sales import MetricQuery
from backend.semantic.folding import folded
from backend.semantic.model import SemanticModel

#: Dimension -> its members, as `Members.all` returns them.
Known = Mapping[str, tuple[str, ...]]


def as_written(model: SemanticModel, known: Known, query: MetricQuery) -> MetricQuery:
    """The query with each member that is known written as in the database."""
    return replace(
        query,
        filters=_written(model, known, query.filters),
        exclude=_written(model, known, query.exclude),
    )


def written(model: SemanticModel, known: Known, dimension: str, member: str) -> str:
    """The one member that the word can mean; the word itself when there is none, or not one."""
    members = known.get(dimension, ())
    # A query may come from a model's JSON, which keeps to no type; the compiler refuses it.
    if member in members or not isinstance(member, str):
        return member
    word = folded(member)
    meant = {each for each in members if folded(each) == word}
    if not meant:
        aliases = model.dimensions[dimension].aliases if members else {}
        meant = {
            each for each, words in aliases.items() if word in {folded(alias) for alias in words}
        }
    return meant.pop() if len(meant) == 1 else member


def _written(
    model: SemanticModel, known: Known, filters: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    return {
        dimension: tuple(written(model, known, dimension, member) for member in members)
        for dimension, members in filters.items()
    }
