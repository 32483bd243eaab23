"""Misspelt words put right, where there is only one word that can have been meant.

A wrong guess would be a wrong figure, so: only words of five letters or more, with the same first
letter, one slip away (two from nine letters on), and never a word that is known itself.
"""

from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from backend.semantic.tokens import Token

#: Below this, most words have a neighbour that means something else ("mesa", "mês").
_SHORTEST = 5
#: From here on two slips still leave most of the word standing.
_LONG = 9


class Spelling:
    """`meant`: the words a misspelling may stand for. `known`: words that are right as they are."""

    def __init__(self, *, meant: Iterable[str], known: Iterable[str]) -> None:
        self._known = frozenset(known)
        self._by_first: dict[str, list[str]] = {}
        for word in sorted(set(meant)):
            if len(word) >= _SHORTEST and word.isalpha():
                self._by_first.setdefault(word[0], []).append(word)

    def correct(self, token: Token) -> Token:
        """The token with its word put right, or as it was."""
        word = token.word
        if word in self._known or len(word) < _SHORTEST or not word.isalpha():
            return token
        near = process.extract(
            word,
            self._by_first.get(word[0], ()),
            scorer=OSA.distance,
            score_cutoff=2 if len(word) >= _LONG else 1,
            limit=3,
        )
        if not near:
            return token
        best, distance, _ = near[0]
        rivals = [other for other, far, _ in near[1:] if far == distance]
        if any(_stem(other) != _stem(best) for other in rivals):
            return token
        return replace(token, word=best, guessed=True)


def _stem(word: str) -> str:
    """Number and gender aside: "vendedora" and "vendedores" are one choice."""
    return word.rstrip("s").rstrip("aeo")
