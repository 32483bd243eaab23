"""Phrases of one or more words, found in a text by the longest match."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Generic, TypeVar

_Meaning = TypeVar("_Meaning")


class PhraseTable(Generic[_Meaning]):
    """Folded phrases and what each means. The first meaning given to a phrase stays."""

    def __init__(self, phrases: Mapping[tuple[str, ...], _Meaning]) -> None:
        self._phrases = {phrase: meaning for phrase, meaning in phrases.items() if phrase}
        lengths: dict[str, set[int]] = {}
        for phrase in self._phrases:
            lengths.setdefault(phrase[0], set()).add(len(phrase))
        #: Word -> how long the phrases are that it begins, the longest first. However many begin
        #: with it (all of a city's companies), there are few lengths to look up.
        self._lengths = {word: sorted(each, reverse=True) for word, each in lengths.items()}

    def match(self, words: Sequence[str], start: int) -> tuple[_Meaning, int] | None:
        """The meaning of the longest phrase that begins at `start`, and where it ends."""
        return next(self.matches(words, start), None)

    def matches(self, words: Sequence[str], start: int) -> Iterator[tuple[_Meaning, int]]:
        """Every phrase that begins at `start`, the longest first."""
        if start >= len(words):
            return
        # Most words begin no phrase: this is asked dozens of times for each word of a question.
        for length in self._lengths.get(words[start], ()):
            end = start + length
            phrase = tuple(words[start:end])
            if end <= len(words) and phrase in self._phrases:
                yield self._phrases[phrase], end

    def get(self, phrase: tuple[str, ...]) -> _Meaning | None:
        """The meaning of exactly this phrase."""
        return self._phrases.get(phrase)

    def words(self) -> Iterator[str]:
        """Every word of every phrase."""
        for phrase in self._phrases:
            yield from phrase
