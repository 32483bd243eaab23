"""A draft cut into statements: a sentence, a line of a list, a row of a table, with what stands over it.

A statement is what one claim is made in: whose figure it is, of what and of when must be found there,
or in the heading that ends with a colon above it. Pure.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

#: A sentence ends at a mark that is followed by space, so not inside "1.234,56".
_END = re.compile(r"(?<=[.!?…;])(?=\s)|\n")
#: "Outubro:", "## Outubro", "**Outubro**".
_HEADING = re.compile(r":[ *]*$|^[ \t]*#{1,6}\s.*$|^[ \t]*\*\*[^*]+\*\*\s*$")
_LIST = re.compile(r"^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+|^[ \t]*\|")
_ROW = re.compile(r"[ \t]*\|")
_RULE = re.compile(r"[|:\- \t]+")
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

    @property
    def in_list(self) -> bool:
        return bool(_LIST.match(self.text))


def statements(text: str) -> Iterator[Statement]:
    """Every statement of a text, in order; together they are all of it."""
    heading, start, expected = "", 0, 1
    has_lines = False
    for end in [*(match.end() for match in _END.finditer(text)), len(text)]:
        piece = text[start:end]
        if _MARK_ALONE.fullmatch(piece):
            # "1." is no sentence: what follows tells what it is.
            continue
        if not piece.strip():
            if has_lines and piece.strip(" \t") == "\n" and text.endswith("\n", 0, start):
                # The list is over; one may as well begin after an empty line.
                heading, has_lines = "", False
            start = end
            continue
        is_line = _LIST.match(piece) is not None
        if is_line and _ROW.match(piece) and not any(each.isdigit() for each in piece):
            # The head of a table, or the rule below it.
            heading = heading if _RULE.fullmatch(piece.strip()) else f"{heading}{piece}"
            has_lines = True
            yield Statement(piece, start)
        elif not is_line and not _HEADING.search(piece.strip()):
            # Prose after a list is about something of its own.
            yield Statement(piece, start)
            heading, has_lines = "", False
        elif is_line:
            number = _number(piece, expected)
            expected = number + 1 if number else expected
            has_lines = True
            yield Statement(piece, start, heading, number)
        else:
            # A title over a title: both tell what the list is about.
            heading = piece if has_lines else f"{heading}{piece}"
            has_lines = False
            yield Statement(piece, start)
        start = end


def _number(piece: str, expected: int) -> int | None:
    """A list runs from one: "7) vendas" alone is a figure with a bracket."""
    mark = _MARK.match(piece)
    if mark is None or int(mark[1]) not in (1, expected) or not piece[mark.end() :].strip():
        return None
    return int(mark[1])
