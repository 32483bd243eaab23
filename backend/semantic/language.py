"""Which of the three languages a text is in, from its function words and its letters."""

from collections.abc import Callable, Mapping

from backend.domain.language import Language
from backend.semantic.lexicon import lexicon
from backend.semantic.tokens import words

# Letters that only one of the three writes.
_LETTERS = {
    Language.PORTUGUESE: "ãõçâêôà",
    Language.SPANISH: "ñ¿¡",
}


#: Half a word: one that is misspelt in one language may be right in another ("mes pasado").
_MARGIN = 0.5

#: Says whether a word, folded, belongs to a language.
Knows = Callable[[str], bool]


def detect_language(text: str, default: Language = Language.PORTUGUESE) -> Language:
    """The language with the most evidence; `default` where there is none or it is even.

    Pass the conversation's language as `default`: "top 5?" goes on in it.
    """
    return likely_languages(text, default)[0]


def likely_languages(
    text: str, default: Language, more: Mapping[Language, Knows] | None = None
) -> tuple[Language, ...]:
    """The languages that hardly anything speaks against, `default` first if it is one of them.

    `more` knows words of each language that its lexicon does not: a company's for its figures.
    """
    evidence = _evidence(text, more or {})
    least = max(evidence.values()) - _MARGIN
    likely = [language for language in Language if evidence[language] >= least]
    return tuple(sorted(likely, key=lambda each: (each is not default, -evidence[each])))


def _speaks(language: Language, word: str) -> bool:
    spoken = lexicon(language)
    return word in spoken.words or word in spoken.everyday


def _evidence(text: str, more: Mapping[Language, Knows]) -> Mapping[Language, float]:
    """A word that two languages share says half as much for each."""
    found = dict.fromkeys(Language, 0.0)
    for word in words(text):
        speakers = [each for each in Language if _speaks(each, word)]
        speakers = speakers or [each for each, knows in more.items() if knows(word)]
        for language in speakers:
            found[language] += 1 / len(speakers)
    for language, letters in _LETTERS.items():
        found[language] += sum(letter in letters for letter in text.lower())
    return found
