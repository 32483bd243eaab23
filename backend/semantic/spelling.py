"""Misspelt words put right, where there is only one word that can have been meant.

A wrong guess is a wrong figure told with confidence: "contatos" are not "contratos". So a guess
needs a slip that fingers make (letters swapped, left out, doubled, the key beside, a letter of the
same sound) in a word of some length, and never touches a word that is known itself, nor one of the
language's look-alikes.
"""

from collections.abc import Iterable
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from backend.semantic.tokens import Token

#: Shorter words have too many neighbours that mean something else ("marca" is not "março").
_SHORTEST = 6
_KEYBOARD = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
#: Letters that are written for one another by ear, in Portuguese or Spanish.
_SOUNDS = frozenset(
    frozenset(pair) for pair in ("sz", "cs", "xs", "gj", "ei", "ou", "bv", "mn", "iy")
)


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
        if word in self._known or len(word) < _SHORTEST - 1 or not word.isalpha():
            return token
        near = process.extract(
            word,
            self._by_first.get(word[0], ()),
            scorer=OSA.distance,
            score_cutoff=1,
            limit=None,
        )
        slips = [meant for meant, _, _ in near if _is_slip(word, meant)]
        if not slips or len({_stem(meant) for meant in slips}) > 1:
            return token
        # Of singular and plural, the one with as many letters: "clientse" are several.
        best = min(slips, key=lambda meant: abs(len(meant) - len(word)))
        return replace(token, word=best, guessed=True)


def _is_slip(word: str, meant: str) -> bool:
    """`word` is one edit away from `meant`, and has its first letter."""
    differ = [
        index for index, pair in enumerate(zip(word, meant, strict=False)) if len({*pair}) > 1
    ]
    if len(word) == len(meant):
        # Two places: letters swapped.
        return len(differ) == 2 or _is_near(word[differ[0]], meant[differ[0]])
    if not differ:
        # One letter more or less at the end is another form of the word, unless it is doubled.
        return len(word) > len(meant) and word[-1] == word[-2]
    return True


def _is_near(typed: str, meant: str) -> bool:
    return frozenset((typed, meant)) in _SOUNDS or any(
        abs(row.find(typed) - row.find(meant)) == 1
        for row in _KEYBOARD
        if typed in row and meant in row
    )


def _stem(word: str) -> str:
    """Number and gender aside: "vendedora" and "vendedores" are one choice."""
    return word.rstrip("s").rstrip("aeo")
