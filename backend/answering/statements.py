"""A draft cut into statements: a sentence, a line of a list, a row of a table, with what stands over it.

A statement is what one claim is made in: whose figure it is, of what and of when must be found there,
or in the heading that ends with a colon above it. Pure.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: A sentence ends at a mark that is followed by space, so not inside "1.234,56", nor behind "vs.".
_END = re.compile(
    r"(?<=[.!?…;])(?<!\bvs\.)(?<!\bVs\.)(?<!\baprox\.)(?<!\bapprox\.)(?<!\bSr\.)(?<!\bSra\.)(?<!\bDr\.)(?<!\bMr\.)"
    r"(?<!\bNo\.)(?=\s)|\n"
)
#: "Outubro:", "## Outubro", "**Outubro**".
_HEADING = re.compile(r":[ *]*$|^[ \t]*#{1,6}\s.*$|^[ \t]*\*\*[^*]+\*\*\s*$")
_LIST = re.compile(r"^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+|^[ \t]*\|")
_ROW = re.compile(r"[ \t]*\|")
_RULE = re.compile(r"\|?[ \t]*:?-[|:\- \t]*")
#: "| 1 | Sudeste |".
ROW_MARK = re.compile(r"[ \t]*\|[ \t*]*(\d{1,3})[ºª°.]?[ \t*]*(?=\|)")
#: Over such a column.
_PLACES = re.compile(
    r"^[\s*]*(?:#|n[ºo°.]{1,2}|nr\.?|pos\.?|posiç\w+|posici\w+|position|rank\w*|place|lugar|puesto|coloca\w+)[\s*]*$",
    re.IGNORECASE,
)
_MARK_ALONE = re.compile(r"[ \t*#-]*\d{1,3}[.)]")
_MARK = re.compile(r"^[ \t]*(\d{1,3})[.)][ \t]+")


@dataclass(frozen=True, slots=True)
class Statement:
    """`start` is where it begins in the draft. `heading` is what a list it belongs to is about."""

    text: str
    start: int
    heading: str = ""
    #: Its number in a numbered list.
    number: int | None = None
    #: Of a table's row: what stands over each of its cells.
    columns: Sequence[str] = ()

    @property
    def in_list(self) -> bool:
        return bool(_LIST.match(self.text))


def statements(text: str) -> Iterator[Statement]:
    """Every statement of a text, in order; together they are all of it."""
    heading, start, expected = "", 0, 1
    has_lines = False
    columns: Sequence[str] = ()
    for end in [*sentence_ends(text), len(text)]:
        piece = text[start:end]
        if _MARK_ALONE.fullmatch(piece):
            # "1." is no sentence: what follows tells what it is.
            continue
        if not piece.strip():
            if has_lines and piece.strip(" \t") == "\n" and text.endswith("\n", 0, start):
                # The list is over; one may as well begin after an empty line.
                heading, has_lines, columns = "", False, ()
            start = end
            continue
        is_line = _LIST.match(piece) is not None
        if is_line and _ROW.match(piece) and _is_head(piece, text[end:]):
            columns = columns if _RULE.fullmatch(piece.strip()) else cells(piece)
            has_lines = True
            yield Statement(piece, start)
        elif not is_line and not _is_heading(piece, text[end:]):
            # Prose after a list is about something of its own.
            yield Statement(piece, start)
            heading, has_lines, columns = "", False, ()
        elif is_line:
            row = _ROW.match(piece) is not None
            number = _place(piece, columns) if row else _number(piece, expected)
            expected = number + 1 if number else expected
            has_lines = True
            yield Statement(piece, start, heading, number, columns if row else ())
        else:
            # A title over a title: both tell what the list is about.
            heading = piece if has_lines else f"{heading}{piece}"
            has_lines, columns = False, ()
            yield Statement(piece, start)
        start = end


def sentence_ends(text: str) -> Iterator[int]:
    """Where each sentence and each line of a text ends; a table's row is never cut."""
    line = 0
    for match in _END.finditer(text):
        end = match.end()
        if match[0]:
            line = end
        elif _ROW.match(text, line) or _is_bracketed(text[line:end]):
            continue
        yield end


def _is_bracketed(piece: str) -> bool:
    """Whether a semicolon parts what stands in one bracket: "Bebidas (R$ 10; 4%)"."""
    return piece.endswith(";") and piece.count("(") > piece.count(")")


def cells(row: str) -> Sequence[str]:
    """What stands in each cell of a table's row."""
    return [row[start:end] for start, end in cell_ends(row)]


def cell_ends(row: str) -> Sequence[tuple[int, int]]:
    """Where each cell of a table's row begins and ends."""
    bars = [at for at, letter in enumerate(row) if letter == "|"]
    ends = [*bars[1:], len(row)] if not bars or row[bars[-1] + 1 :].strip() else bars[1:]
    return list(zip([at + 1 for at in bars], ends, strict=False))


def _is_heading(piece: str, behind: str) -> bool:
    """A title, or a line that no mark ends and a list follows."""
    if _HEADING.search(piece.strip()):
        return True
    if not piece.endswith("\n") or piece.strip()[-1] in ".!?…;":
        return False
    return _LIST.match(behind.lstrip("\n")) is not None


def _is_head(row: str, behind: str) -> bool:
    """The head of a table, or the rule below it."""
    if not any(each.isdigit() for each in row):
        return True
    return _RULE.fullmatch(behind.split("\n", 1)[0].strip()) is not None


def _place(row: str, columns: Sequence[str]) -> int | None:
    """Of the row of a table whose first column tells places."""
    mark = ROW_MARK.match(row)
    return int(mark[1]) if mark and columns and _PLACES.search(columns[0]) else None


def _number(piece: str, expected: int) -> int | None:
    """A list runs from one: "7) vendas" alone is a figure with a bracket."""
    mark = _MARK.match(piece)
    if mark is None or int(mark[1]) not in (1, expected) or not piece[mark.end() :].strip():
        return None
    return int(mark[1])
