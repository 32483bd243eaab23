"""CSV that a spreadsheet opens as data and never as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

#: What a spreadsheet may take for the beginning of a formula or command.
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")


def table_file(heading: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([_harmless(cell) for cell in heading])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _harmless(cell: object) -> str:
    """Figures as they are; a text that could run gets the apostrophe which makes it a text."""
    if cell is None:
        return ""
    if isinstance(cell, (int, float)):
        return str(cell)
    text = str(cell)
    # Some programs strip blanks before they look.
    return f"'{text}" if text.lstrip(" \u00a0\ufeff").startswith(_DANGEROUS) else text
