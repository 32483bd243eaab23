"""Greetings, thanks, goodbyes, and "what can you do?": recognised only when nothing else is said."""

import re
from unicodedata import normalize

from backend.domain.language import Language
from backend.llm.offline.phrases import Phrases, all_phrases, fold

#: When a text holds several ("hi, thanks, what can you do?"), the first of these is answered.
_BY_WEIGHT = ("about", "thanks", "goodbye", "greeting", "filler")


def small_talk(question: str, language: Language) -> str | None:
    """The answer to small talk, in its own language where its words show it; else None."""
    words = tuple(re.findall(r"\w+", fold(normalize("NFC", question))))
    for phrases in all_phrases(language):
        kinds = _kinds(words, phrases)
        for kind in _BY_WEIGHT:
            if kind in kinds:
                return phrases.says[kind]
    return None


def _kinds(words: tuple[str, ...], phrases: Phrases) -> set[str]:
    """The kinds of small talk that the words consist of; none as soon as one word is left over."""
    kinds: set[str] = set()
    start = 0
    while start < len(words):
        found = _longest(words[start:], phrases)
        if found is None:
            return set()
        kind, length = found
        kinds.add(kind)
        start += length
    return kinds


def _longest(words: tuple[str, ...], phrases: Phrases) -> tuple[str, int] | None:
    fitting = [
        (len(phrase), kind)
        for kind, texts in phrases.recognises.items()
        for phrase in texts
        if words[: len(phrase)] == phrase
    ]
    if not fitting:
        return None
    length, kind = max(fitting)
    return kind, length
