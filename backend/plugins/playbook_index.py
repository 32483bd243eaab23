"""Finds passages of a playbook by their words: stemmed, without accents, rare words weighing more.

A playbook is some dozens of passages, so the index is a list in memory, built at boot. A passage
counts as found only when it holds enough of what was asked; weak resemblance is no answer.
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from pathlib import Path

import yaml
from Stemmer import Stemmer

from backend.domain.language import Language
from backend.plugins.playbook_pages import Passage, read_pages
from backend.semantic.folding import folded

#: Share of the question's weight that a passage must hold. Below it, in trials with the demo
#: playbook, one common word in the wrong sense ("ganhar o jogo") brought a passage up.
LEAST_SHARE = 0.4
#: As many of the question's words in a title or heading say that the passage is about it.
_TITLE_WORDS = 2
#: Words of a heading or a title say what a passage is about, so each counts as several.
_HEADING_WEIGHT = 3
_TITLE_WEIGHT = 2
#: The customary constants of BM25.
_K1, _B = 1.2, 0.75


class PlaybookIndex:
    """The passages of one tenant. Immutable, so any number of threads may search it."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        self._terms = [_weighted(passage) for passage in passages]
        self._titles = [_named(passage) for passage in passages]
        self._spread = Counter(term for terms in self._terms for term in terms)
        total = sum(terms.total() for terms in self._terms)
        self._mean_length = total / max(len(self._terms), 1)

    @classmethod
    def load(cls, directory: Path) -> "PlaybookIndex":
        """The index of a playbook directory. Raises ValueError for a page that is not one."""
        return cls(read_pages(directory))

    def speaks(self, language: Language) -> bool:
        """True when some page is in this language: no others are found by its words."""
        return any(passage.language is language for passage in self._passages)

    def find(self, question: str, *, most: int) -> tuple[Passage, ...]:
        """The passages that answer `question` in part at least, best first."""
        return tuple(passage for _, passage in self.ranked(question, most=most))

    def ranked(self, question: str, *, most: int) -> tuple[tuple[float, Passage], ...]:
        """The same, each with its BM25 as a share of what that question could have reached."""
        asked = {language: set(_stems(question, language)) for language in Language}
        scored = [
            (self._share(terms, named, asked[passage.language]), passage)
            for passage, terms, named in zip(self._passages, self._terms, self._titles, strict=True)
        ]
        best = sorted((each for each in scored if each[0] > 0), key=lambda each: -each[0])
        return tuple(best[:most])

    def _share(self, terms: Counter[str], named: Set[str], asked: Set[str]) -> float:
        """0..1; 0 when the passage holds too little of what was asked, and is not called so."""
        weights = {term: self._weight(term) for term in asked}
        held = [term for term in weights if term in terms]
        enough = sum(weights[term] for term in held) >= LEAST_SHARE * sum(weights.values())
        if not held or not (enough or len(named & asked) >= _TITLE_WORDS):
            return 0.0
        length = _K1 * (1 - _B + _B * terms.total() / self._mean_length)
        said = sum(weights[term] * terms[term] / (terms[term] + length) for term in held)
        return said / sum(weights.values())

    def _weight(self, term: str) -> float:
        spread = self._spread[term]
        return math.log(1 + (len(self._passages) - spread + 0.5) / (spread + 0.5))


def _weighted(passage: Passage) -> Counter[str]:
    terms = Counter(_stems(passage.text, passage.language))
    # What stands before the first heading has the title for a heading: once is enough.
    if passage.section != passage.title:
        for term in _stems(passage.section, passage.language):
            terms[term] += _HEADING_WEIGHT
    for term in _stems(passage.title, passage.language):
        terms[term] += _TITLE_WEIGHT
    return terms


def _named(passage: Passage) -> frozenset[str]:
    """What its title and heading say."""
    return frozenset(_stems(f"{passage.title} {passage.section}", passage.language))


def _stems(text: str, language: Language) -> list[str]:
    # A stemmer keeps state while it works, and threads search at the same time: one per call.
    stemmer = Stemmer(_STEMMERS[language])
    words = "".join(letter if letter.isalnum() else " " for letter in text.casefold()).split()
    kept = [word for word in words if folded(word) not in _STOPWORDS[language]]
    # Stemmed with its accents, which Snowball's rules read, and folded after.
    return [folded(stem) for stem in stemmer.stemWords(kept)]


_STEMMERS: Mapping[Language, str] = {
    Language.PORTUGUESE: "portuguese",
    Language.ENGLISH: "english",
    Language.SPANISH: "spanish",
}


def _stopwords() -> Mapping[Language, frozenset[str]]:
    path = Path(__file__).parent / "wording" / "stopwords.yaml"
    listed = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {language: frozenset(listed[language].split()) for language in Language}


#: Words that carry no topic, without accents.
_STOPWORDS = _stopwords()
