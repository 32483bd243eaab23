"""Lists whose noun is said once: "orders won and LOST", "GROSS and net sales"."""

from collections.abc import Sequence

from backend.semantic.kind import Kind
from backend.semantic.phrase_table import PhraseTable
from backend.semantic.span import Meaning
from backend.semantic.tokens import COMMA


def metric_of_shared_noun(
    said: PhraseTable[Meaning], spoken: Sequence[str], start: int
) -> Meaning | None:
    """The metric that one word of such a list stands for, with the noun of the others."""
    before = start
    while before >= 3 and _joins(said, spoken[before - 1]):
        # Back to the member of the list that has the noun: "won, lost and open".
        noun, kind = spoken[before - 3], spoken[before - 2]
        if _metric(said, noun, kind) is not None:
            return _metric(said, noun, spoken[start])
        before -= 2
    if start + 3 < len(spoken) and _joins(said, spoken[start + 1]):
        kind, noun = spoken[start + 2], spoken[start + 3]
        if _metric(said, kind, noun) is not None:
            return _metric(said, spoken[start], noun)
    return None


def _joins(said: PhraseTable[Meaning], word: str) -> bool:
    meaning = said.get((word,))
    return word == COMMA or (meaning is not None and meaning.kind is Kind.AND)


def _metric(said: PhraseTable[Meaning], *phrase: str) -> Meaning | None:
    meaning = said.get(phrase)
    return meaning if meaning is not None and meaning.kind is Kind.METRIC else None
