"""A question cut into words, none of which is lost: what no rule claims is told to the user.

Sentence marks and pictures carry no meaning for us and are left out. Signs that do (% $ < > = +)
are words of their own, so that "vendas > 1000" cannot be read as "vendas".
"""

import re
import unicodedata
from dataclasses import dataclass

from backend.semantic.folding import folded


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word of a question."""

    #: As the user wrote it.
    text: str
    #: Folded, and put right where it was misspelt: what the rules read.
    word: str
    #: True when `word` is our guess at a misspelt `text`.
    guessed: bool = False


COMMA = ","
DASH = "-"

_TOKEN = re.compile(
    r"""
      \d{4}-\d{2}-\d{2}                          # 2026-10-31
    | \d{1,2}([/.-])\d{1,2}\1\d{2}(?:\d{2})?     # 31/10/2026, 31-10-26
    | \d{1,2}/\d{4}                              # 10/2026
    | \d{1,2}/\d{1,2}                            # 31/10
    | \d{4}-\d{2}(?!\d)                          # 2026-10
    | \d+\.(?:[ºª]|er\b)                        # 3.º, 1.er
    | \d+(?:[.,]\d+)*[^\W\d_]*[ºª°]?\d*[^\W\d_]* # 5, 1.000,50, 1º, 3rd, 10k, 1t26
    | (?!(?:tri|(?:tri|se)mestre|quarter)/)[^\W\d_]+/\d{2}(?:\d{2})?(?!\d)  # mar/25
    | (?:R|US)\$                                 # R$ 10
    | (?:w/o\b|[cpsw]/(?!\w))                     # c/ entrega, w/o
    | [^\W\d_][^\W_]*                            # vendas, t1
    | ,                                          # a list
    | (?<=\s)[-–—](?=\s)                         # a range
    | (?<=\d)[-–—](?=\d)
    | [%$€£<>=+≥≤≠×]
    """,
    re.VERBOSE | re.IGNORECASE,
)
# "today's sales": the mark of possession says nothing that the order of words does not.
_POSSESSIVE = re.compile(r"(?<=\w)['’`´]s\b", re.IGNORECASE)


def tokenise(text: str) -> tuple[Token, ...]:
    """Words in the order written. Hyphens part words: "Centro-Oeste" is two."""
    return tuple(
        Token(text=match.group(), word=_word(match.group()))
        for match in _TOKEN.finditer(_POSSESSIVE.sub("", unicodedata.normalize("NFC", text)))
    )


def words(text: str) -> tuple[str, ...]:
    """The folded words of a text: the form in which the vocabulary keeps its phrases."""
    return tuple(token.word for token in tokenise(text))


def _word(text: str) -> str:
    if text in "–—":
        return DASH
    return folded(text.replace("°", "º").replace(".º", "º").replace(".ª", "ª").replace(".er", "er"))
