"""Text as people mean it: without case, accents or doubled spaces."""

import unicodedata


def folded(text: str) -> str:
    """Fold a text so that "  São  PAULO " and "sao paulo" compare equal, as they read."""
    if text.isascii():
        return " ".join(text.casefold().split())
    decomposed = unicodedata.normalize("NFKD", text)
    bare = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(bare.casefold().split())
