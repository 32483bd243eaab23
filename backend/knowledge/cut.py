"""A document cut into passages: what stands under one heading, or a part of it, on one page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend.knowledge.blocks import Block

#: Characters of a passage, some 180 words: what answers one question, and three fit a prompt.
LONGEST = 1_000
#: A piece shorter than this is joined with what follows, where both stand under one heading.
_SHORTEST = 200
#: Headings of a place: more of them are a path that nobody reads.
_MOST_HEADINGS = 2
_LONGEST_HEADING = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    section: str
    page: int | None
    text: str


def cut(blocks: Sequence[Block], title: str) -> Iterator[Piece]:
    """The passages in their order. What the document calls itself at its top is no section."""
    own = {title.casefold(), _own_title(blocks)}
    path: list[tuple[int, str]] = []
    held: list[str] = []
    page: int | None = None
    for block in blocks:
        if block.level:
            yield from _pieces(held, path, page)
            held = []
            path = [each for each in path if each[0] < block.level]
            name = " ".join(block.text.split())[:_LONGEST_HEADING]
            if name.casefold() not in own:
                path.append((block.level, name))
            page = block.page
            continue
        if held and block.page != page:
            yield from _pieces(held, path, page)
            held = []
        page = block.page
        held.append(block.text)
    yield from _pieces(held, path, page)


def _own_title(blocks: Sequence[Block]) -> str:
    """Its first line, where that is the only heading of its level and no other stands above it."""
    levels = [block.level for block in blocks if block.level]
    if not levels or not blocks[0].level or levels.count(levels[0]) > 1 or min(levels) < levels[0]:
        return ""
    # A heading of the only level there is, with no other beside it, is a section.
    return " ".join(blocks[0].text.split())[:_LONGEST_HEADING].casefold() if levels[1:] else ""


def _pieces(
    held: Sequence[str], path: Sequence[tuple[int, str]], page: int | None
) -> Iterator[Piece]:
    section = " › ".join(name for _, name in path[-_MOST_HEADINGS:])
    text = ""
    for part in (part for block in held for part in _parts(block)):
        if text and len(text) + len(part) > LONGEST and len(text) >= _SHORTEST:
            yield Piece(section=section, page=page, text=text)
            text = ""
        text = f"{text}\n{part}" if text else part
    if text:
        yield Piece(section=section, page=page, text=text)


def _parts(block: str) -> Iterator[str]:
    """A block as it is, or cut at the ends of its lines, sentences, words."""
    while len(block) > LONGEST:
        end = _end(block[:LONGEST])
        yield block[:end].rstrip()
        block = block[end:].lstrip()
    if block:
        yield block


def _end(text: str) -> int:
    for mark in ("\n", ". ", "; ", " "):
        at = text.rfind(mark, _SHORTEST)
        if at > 0:
            return at + len(mark)
    return len(text)
