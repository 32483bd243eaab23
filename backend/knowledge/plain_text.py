"""Plain text: paragraphs between empty lines; a numbered or shouted line alone is a heading."""

import re
from collections.abc import Iterator

from backend.knowledge.blocks import Block, Read, bounded
from backend.knowledge.headings import level_of

_PARAGRAPHS = re.compile(r"\n\s*\n")


def read_text(text: str) -> Read:
    """Raises DocumentTooLarge."""
    return Read(format="text", blocks=bounded(_blocks(text)))


def _blocks(text: str) -> Iterator[Block]:
    # A form feed begins a page of a printer, which nobody can see in the file.
    for paragraph in _PARAGRAPHS.split(text.replace("\r\n", "\n").replace("\f", "\n\n")):
        first, _, rest = paragraph.strip().partition("\n")
        level = level_of(first.strip(), alone=not rest)
        if level:
            yield Block(text=first.strip(), level=level)
            yield Block(text=rest)
        else:
            yield Block(text=paragraph)
