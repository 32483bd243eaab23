"""XLSX: each sheet a section, each row a line with the names of its columns. Formulas are not run."""

import io
from collections.abc import Iterator
from datetime import datetime, time
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from backend.domain.documents import MOST_CELLS, DocumentTooLarge, DocumentUnreadable
from backend.knowledge.blocks import Block, Read, bounded

#: Cells that are walked through, whether they hold something or not: one far off makes a sheet of
#: billions.
_MOST_WALKED = 20 * MOST_CELLS


def read_xlsx(content: bytes) -> Read:
    """Raises DocumentTooLarge, DocumentUnreadable."""
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        blocks = bounded(_blocks(book))
    except (
        InvalidFileException,
        BadZipFile,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        SyntaxError,
    ) as error:
        # A damaged file meets its reader in any of these ways.
        raise DocumentUnreadable from error
    return Read(format="xlsx", blocks=blocks)


def _blocks(book: Any) -> Iterator[Block]:
    left = _Allowance()
    for sheet in book.worksheets:
        # What its maker has hidden is not for readers.
        if sheet.sheet_state != "visible":
            continue
        yield Block(text=sheet.title, level=1)
        names: list[str] | None = None
        for cells in sheet.iter_rows():
            left.walk(len(cells))
            said = [_said(cell) for cell in cells]
            left.read(len([each for each in said if each]))
            if not any(said):
                # An empty row ends a table; the next has names of its own.
                names = None
            elif names is None:
                names = said
                yield Block(text=" | ".join(filter(None, said)))
            else:
                yield Block(text=_row(names, said))


class _Allowance:
    """What may be looked at in all sheets. Raises DocumentTooLarge when it is used up."""

    def __init__(self) -> None:
        self._cells, self._walked = MOST_CELLS, _MOST_WALKED

    def walk(self, cells: int) -> None:
        # An empty row costs a step, too.
        self._walked -= cells + 1
        if self._walked < 0:
            raise DocumentTooLarge

    def read(self, cells: int) -> None:
        self._cells -= cells
        if self._cells < 0:
            raise DocumentTooLarge


def _row(names: list[str], said: list[str]) -> str:
    """A row that tells by itself what each cell is: "Produto: X; Preço: 10"."""
    pairs = zip(names + [""] * (len(said) - len(names)), said, strict=False)
    return "; ".join(f"{name}: {text}" if name else text for name, text in pairs if text)


def _said(cell: Any) -> str:
    """A cell's value as a reader sees it, nearly: percentages and days as such, all else plain."""
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, int | float):
        return _number(value, is_percent="%" in (cell.number_format or ""))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return " ".join(str(value).split())


def _number(value: int | float, *, is_percent: bool) -> str:
    if is_percent:
        return f"{round(value * 100, 6):.10g}%"
    return str(value) if isinstance(value, int) else f"{value:.12g}"
