"""Text as people mean it: without case, accents or doubled spaces."""

import unicodedata


def folded(text: str) -> str:
    """ "  São  PAULO " and "sao paulo" are the same to a reader, so they are here."""
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())
