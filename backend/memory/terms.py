"""The words of a text as recall compares them: folded, without stop words, cut to their stems.

A stem is kept as a number of 64 bits, which differs between tenants. So there is no list of words
that could leak, or be forgotten about when a person is erased.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import filterfalse
from pathlib import Path

import Stemmer
import yaml

from backend.domain.identity import TenantId
from backend.domain.language import Language

#: Raised when the same text would give other terms: what was written before is then written anew.
VERSION = 1
#: A message is cut there; what is longer is a document, and belongs into the playbook.
LONGEST_CHARACTERS = 20_000
#: Words of a question that are looked up. A longer one is a text, and its first words will do.
MOST_ASKED = 40

_WORD = re.compile(r"[a-z0-9]+")
_STEMMERS = {
    Language.PORTUGUESE: "portuguese",
    Language.ENGLISH: "english",
    Language.SPANISH: "spanish",
}


@dataclass(frozen=True, slots=True)
class AskedTerms:
    """A question's terms. Those of one `word` are the same word in several languages' stems."""

    terms: Sequence[int]
    words: Sequence[int]


def terms_of(
    tenant_id: TenantId, text: str, default: Language = Language.PORTUGUESE
) -> Mapping[int, int]:
    """How often each term occurs in a text; `default` is its language where its words do not tell."""
    said = list(_words(text))
    language = _language(said, default)
    stop = _stop_words()[language]
    counts = Counter(_stem(language, word) for word in said if word not in stop)
    return {_number(tenant_id, stemmed): count for stemmed, count in counts.items()}


def language_of(text: str, default: Language = Language.PORTUGUESE) -> Language:
    """The language that most of a text's small words are of; `default` where they do not tell."""
    return _language(list(_words(text)), default)


def asked_terms(tenant_id: TenantId, question: str) -> AskedTerms:
    """What to look for: each word that says something, as every language would have stemmed it.

    Whoever asks in one language may have said it in another, and short texts are easily mistaken.
    """
    said = list(dict.fromkeys(_words(question)))
    language = _language(said, Language.PORTUGUESE)
    stop = _stop_words()[language]
    terms, numbers = list[int](), list[int]()
    for number, word in enumerate([word for word in said if word not in stop][:MOST_ASKED]):
        for stemmed in dict.fromkeys(_stem(each, word) for each in Language):
            terms.append(_number(tenant_id, stemmed))
            numbers.append(number)
    return AskedTerms(terms=terms, words=numbers)


def _words(text: str) -> Iterator[str]:
    """Words of letters and digits, without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text[:LONGEST_CHARACTERS])
    bare = "".join(filterfalse(unicodedata.combining, decomposed))
    return (found[0] for found in _WORD.finditer(bare.casefold()))


def _language(said: Sequence[str], default: Language) -> Language:
    """The one whose stop words they have most of."""
    lists = _stop_words()
    counts = {language: sum(word in lists[language] for word in said) for language in Language}
    most = max(counts.values())
    return default if counts[default] == most else max(counts, key=lambda each: counts[each])


@cache
def _stop_words() -> Mapping[Language, frozenset[str]]:
    text = (Path(__file__).parent / "stop_words.yaml").read_text(encoding="utf-8")
    return {
        Language(name): frozenset(words.split()) for name, words in yaml.safe_load(text).items()
    }


@lru_cache(maxsize=100_000)
def _stem(language: Language, word: str) -> str:
    """A stemmer keeps a state while it works: one for each call, which costs less than a lock."""
    stemmed: str = Stemmer.Stemmer(_STEMMERS[language], 0).stemWord(word)
    return stemmed


@lru_cache(maxsize=100_000)
def _number(tenant_id: TenantId, stemmed: str) -> int:
    digest = blake2b(stemmed.encode(), digest_size=8, key=tenant_id.bytes)
    return int.from_bytes(digest.digest(), "big", signed=True)
