"""PDF: its text page by page. A line in larger letters than most, or a numbered one, is a heading."""

import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from pypdf import PageObject, PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError

from backend.domain.documents import (
    MOST_CHARACTERS,
    MOST_PAGES,
    DocumentEncrypted,
    DocumentTooLarge,
    DocumentUnreadable,
)
from backend.knowledge.blocks import Block, Read, bounded
from backend.knowledge.headings import level_of

#: Times the size of the running text from which letters make a heading.
_LARGER = 1.15
_LONGEST_HEADING = 120


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    #: Height of its letters, as drawn.
    size: float
    page: int


def read_pdf(content: bytes) -> Read:
    """Raises DocumentEncrypted, DocumentTooLarge, DocumentUnreadable."""
    try:
        reader = PdfReader(io.BytesIO(content))
        # Some only forbid changes, and open with an empty password: these are read.
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentEncrypted
        pages = len(reader.pages)
        if pages > MOST_PAGES:
            raise DocumentTooLarge
        lines = list(_lines(reader))
    except (FileNotDecryptedError, NotImplementedError) as error:
        raise DocumentEncrypted from error
    except (PyPdfError, ValueError, KeyError, TypeError, IndexError, AttributeError) as error:
        # A damaged file meets its reader in any of these ways.
        raise DocumentUnreadable from error
    return Read(format="pdf", blocks=bounded(_blocks(lines)), pages=pages)


def _lines(reader: PdfReader) -> Iterator[_Line]:
    characters = 0
    for number, page in enumerate(reader.pages, start=1):
        for text, size in _of_page(page):
            characters += len(text)
            if characters > MOST_CHARACTERS:
                raise DocumentTooLarge
            yield _Line(text, size, number)


def _of_page(page: PageObject) -> Iterator[tuple[str, float]]:
    """Its lines, each with the size of most of its letters; an empty one ends a paragraph."""
    sizes: list[tuple[str, float]] = []

    def seen(
        text: str, cm: list[float], tm: list[float], font: object, font_size: float | None
    ) -> None:
        if text.strip():
            sizes.append((text.strip(), round(abs((font_size or 0.0) * tm[3] * cm[3]), 1)))

    whole = page.extract_text(visitor_text=seen)
    at = 0
    for line in whole.splitlines():
        bare = line.strip()
        within: Counter[float] = Counter()
        # The visitor saw the same pieces in the same order; a line is made of some of them.
        while at < len(sizes) and bare and sizes[at][0].split("\n")[0].strip() in bare:
            within[sizes[at][1]] += len(sizes[at][0])
            at += 1
            if sum(within.values()) >= len(bare):
                break
        yield bare, within.most_common(1)[0][0] if within else 0.0


def _blocks(lines: list[_Line]) -> Iterator[Block]:
    spread: Counter[float] = Counter()
    for line in lines:
        spread[line.size] += len(line.text)
    body = spread.most_common(1)[0][0] if spread else 0.0
    larger = sorted({line.size for line in lines if line.size > body * _LARGER}, reverse=True)
    paragraph: list[str] = []
    page = 1
    for line in lines:
        is_large = body > 0 and line.size > body * _LARGER
        level = larger.index(line.size) + 1 if is_large else level_of(line.text, alone=False)
        is_heading = level > 0 and len(line.text) <= _LONGEST_HEADING and bool(line.text)
        if paragraph and (is_heading or not line.text or line.page != page):
            yield Block(text="\n".join(paragraph), page=page)
            paragraph = []
        page = line.page
        if is_heading:
            yield Block(text=line.text, level=min(level, 6), page=page)
        elif line.text:
            paragraph.append(line.text)
    if paragraph:
        yield Block(text="\n".join(paragraph), page=page)
