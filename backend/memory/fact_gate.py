"""Which sentences of a message may hold a fact at all, before any rule or model looks for one.

Most of what people write to an assistant is no fact about them: questions, requests, suppositions,
small talk, pasted text, what we told them ourselves. A memory that keeps such things is worth nothing.
"""

import re
from collections.abc import Iterator
from unicodedata import normalize

from backend.domain.language import Language
from backend.memory.fact_words import FactWords, fact_words

#: A longer message is a text that was pasted, and tells of whatever it tells of.
MOST_HEARD = 1_500

_SENTENCE = re.compile(r"(?:[^.!?;\n]|[.](?=\S))+[.!?;\n]?")
#: What somebody else said: between quotes, from three words on, and lines of a quoted mail.
_QUOTED = re.compile(r"[\"“«”](?:[^\"“”«»]*\s){2,}[^\"“”«»]*[\"”»]|^\s*>.*$|```.*?```", re.M | re.S)
#: Forwarded mail: what follows is not the sender's.
_FORWARDED = re.compile(
    r"^\s*-{2,}.*(?:forwarded|encaminhad|reenviad|original message|mensagem original|mensaje original)",
    re.M | re.I,
)


def sentences(message: str) -> Iterator[str]:
    """The person's own sentences, with their mark; none of a text that is too long to be said."""
    text = normalize("NFC", message)
    if len(text) > MOST_HEARD:
        return
    forwarded = _FORWARDED.search(text)
    if forwarded is not None:
        text = text[: forwarded.start()]
    for sentence in _SENTENCE.findall(_QUOTED.sub(" ", text)):
        if sentence.strip():
            yield " ".join(sentence.split())


def refused(folded: str, words: FactWords) -> str | None:
    """Why a sentence of this language is no fact, or None. Reads what `fold_around_is` gives."""
    for kind in ("asks", "doubts", "passing", "reported", "nothings"):
        if words.refuse[kind].search(folded):
            return kind
    if any(character.isdigit() for character in folded) and is_of_figures(folded, words):
        return "figures"
    return None


def is_of_figures(folded: str, words: FactWords) -> bool:
    """Whether it tells of what only the company's own database knows."""
    return (
        words.refuse["figures"].search(folded) is not None
        and words.refuse["goals"].search(folded) is None
    )


def is_request(folded: str) -> bool:
    """Whether it opens as a question or a request does, in whichever language: most of what is written."""
    return any(words.refuse["asks"].search(folded) for words in fact_words().values())


def is_claim(folded: str) -> bool:
    """Whether it claims rights, gives orders or tells a secret, in whichever language."""
    return any(
        fact_words()[language].refuse[kind].search(folded)
        for language in Language
        for kind in ("rights", "secrets")
    )
