"""What every reader gives back: a document as its text in order, with headings and pages."""

from collections.abc import Iterable
from dataclasses import dataclass

from backend.domain.documents import MOST_CHARACTERS, DocumentTooLarge


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph, a row of a table, an entry of a list; or a heading, which has a level from 1."""

    text: str
    level: int = 0
    #: Counted from 1, where the format has pages.
    page: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    format: str
    blocks: tuple[Block, ...]
    pages: int | None = None


def bounded(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The blocks that say something, cleaned. Raises DocumentTooLarge."""
    kept, characters = list[Block](), 0
    for block in blocks:
        text = cleaned(block.text)
        if not text:
            continue
        characters += len(text)
        if characters > MOST_CHARACTERS:
            raise DocumentTooLarge
        kept.append(Block(text=text, level=block.level, page=block.page))
    return tuple(kept)


def cleaned(text: str) -> str:
    """Without what a reader does not see: control, invisible and direction-turning characters."""
    visible = "".join(letter if letter in "\n\t" or _is_seen(letter) else " " for letter in text)
    lines = (" ".join(line.split()) for line in visible.splitlines())
    return "\n".join(line for line in lines if line)


def row(cells: Iterable[str]) -> str:
    """A table's row as a line: "Vendedor: até 5%; sem pedir"."""
    first, *others = ["", *filter(None, (" ".join(cell.split()) for cell in cells))][1:] or [""]
    return f"{first}: {'; '.join(others)}" if others else first


def _is_seen(letter: str) -> bool:
    code = ord(letter)
    return not (
        code < 0x20
        or 0x7F <= code <= 0x9F
        or code == 0xAD
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or 0x2060 <= code <= 0x206F
        or 0xD800 <= code <= 0xDFFF
        or code in (0x061C, 0x180E, 0xFEFF)
        or 0xE0000 <= code <= 0xE0FFF
    )
