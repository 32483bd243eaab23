"""DOCX: headings, paragraphs and tables in their order. Hidden text, comments and deletions are not read."""

import io
import re
from collections.abc import Iterator
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml.exceptions import InvalidXmlError
from docx.table import Table
from docx.text.paragraph import Paragraph
from lxml import etree

from backend.domain.documents import DocumentUnreadable
from backend.knowledge.blocks import Block, Read, bounded, row

#: The built-in styles' own names, whatever language Word was in.
_HEADING = re.compile(r"(?:heading|t[íi]tulo) (?P<level>[1-9])", re.IGNORECASE)


def read_docx(content: bytes) -> Read:
    """Raises DocumentTooLarge, DocumentUnreadable."""
    try:
        document = docx.Document(io.BytesIO(content))
        blocks = bounded(_blocks(document))
    except (
        PackageNotFoundError,
        InvalidXmlError,
        BadZipFile,
        etree.LxmlError,
        ValueError,
        KeyError,
        AttributeError,
        IndexError,
        TypeError,
    ) as error:
        # A damaged file meets its reader in any of these ways.
        raise DocumentUnreadable from error
    return Read(format="docx", blocks=blocks)


def _blocks(document: Document) -> Iterator[Block]:
    for part in document.iter_inner_content():
        if isinstance(part, Table):
            yield from _rows(part)
        else:
            yield Block(text=_seen(part), level=_level(part))


def _rows(table: Table) -> Iterator[Block]:
    for line in table.rows:
        # A cell that spans several columns is told for each of them.
        cells = dict.fromkeys((cell._tc, cell.text) for cell in line.cells)
        yield Block(text=row(text for _, text in cells))


def _level(paragraph: Paragraph) -> int:
    name = (paragraph.style.name if paragraph.style is not None else None) or ""
    if name.lower() in ("title", "título"):
        return 1
    matched = _HEADING.fullmatch(name)
    return int(matched["level"]) if matched else 0


def _seen(paragraph: Paragraph) -> str:
    if not any(run.font.hidden for run in paragraph.runs):
        return paragraph.text
    return "".join(run.text for run in paragraph.runs if not run.font.hidden)
