"""The SELECTs that read members: all of a dimension, or those that hold what somebody wrote."""

from collections.abc import Sequence

from sqlglot import exp

from backend.semantic.dialects.dialect import Dialect
from backend.semantic.fact import dimension_source, table_source
from backend.semantic.folding import folded
from backend.semantic.identifier import identifier
from backend.semantic.model import SemanticModel
from backend.semantic.placeholder import slot

#: More words than a name needs to be told from the others by.
_MOST_WORDS = 6


def all_members(model: SemanticModel, dimension: str, dialect: Dialect, limit: int) -> exp.Select:
    """Each different member once, in order."""
    table = model.dimensions[dimension].table
    member = dimension_source(model, dimension, dialect)
    return (
        exp.select(member.as_(identifier(dimension)))
        .distinct()
        .from_(table_source(model, table, dialect))
        .where(exp.Not(this=exp.Is(this=member.copy(), expression=exp.Null())))
        .order_by(exp.Literal.number(1))
        .limit(limit)
    )


def members_holding(
    model: SemanticModel, dimension: str, words: int, dialect: Dialect, limit: int
) -> exp.Select:
    """Those that hold every one of so many words, which are values of the slots `word_0`, …"""
    select = all_members(model, dimension, dialect, limit)
    member = dimension_source(model, dimension, dialect)
    return select.where(
        *(dialect.piece("holds", text=member, part=slot(f"word_{each}")) for each in range(words))
    )


def words_of(text: str) -> Sequence[str]:
    """What a member must hold: without case and accents, as the `holds` of a dialect compares.

    Without what no database can hold either: NUL, and half of a character.
    """
    written = text.replace("\0", " ").encode(errors="ignore").decode()
    return tuple(dict.fromkeys(folded(written).split()))[:_MOST_WORDS]
