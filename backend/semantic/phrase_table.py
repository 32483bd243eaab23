"""Phrases of one or more words, found in a text by the longest match."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

_Meaning = TypeVar("_Meaning")


class PhraseTable(Generic[_Meaning]):
    """Folded phrases and what each means. The first meaning given to a phrase stays."""

    def __init__(self, phrases: Mapping[tuple[str, ...], _Meaning]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], _Meaning]]] = {}
        for phrase, meaning in phrases.items():
            if phrase:
                self._by_first.setdefault(phrase[0], []).append((phrase, meaning))
        for entries in self._by_first.values():
            entries.sort(key=lambda entry: -len(entry[0]))

    def match(self, words: Sequence[str], start: int) -> tuple[_Meaning, int] | None:
        """The meaning of the longest phrase that begins at `start`, and where it ends."""
        if start >= len(words):
            return None
        # Most words begin no phrase: this is asked dozens of times for each word of a question.
        for phrase, meaning in self._by_first.get(words[start], ()):
            end = start + len(phrase)
            if len(phrase) == 1 or tuple(words[start:end]) == phrase:
                return meaning, end
        return None

    def matches(self, words: Sequence[str], start: int) -> Iterator[tuple[_Meaning, int]]:
        """Every phrase that begins at `start`, the longest first."""
        if start >= len(words):
            return
        for phrase, meaning in self._by_first.get(words[start], ()):
            end = start + len(phrase)
            if tuple(words[start:end]) == phrase:
                yield meaning, end

    def words(self) -> Iterator[str]:
        """Every word of every phrase."""
        for entries in self._by_first.values():
            for phrase, _ in entries:
                yield from phrase
