"""Markdown: its headings, paragraphs, lists and tables. HTML in it is text like any other."""

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from backend.knowledge.blocks import Block, Read, bounded, row

#: As at the top of the playbook's own pages.
_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def read_markdown(text: str) -> Read:
    """Raises DocumentTooLarge."""
    body = _FRONT_MATTER.sub("", text.replace("\r\n", "\n"))
    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(body)
    return Read(format="markdown", blocks=bounded(_blocks(tokens)))


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    cells: list[str] | None = None
    heading = 0
    for token in tokens:
        if token.type == "heading_open":
            heading = int(token.tag[1:])
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield Block(text=row(cells or ()))
            cells = None
        elif token.type == "inline" and cells is not None:
            cells.append(_said(token))
        elif token.type == "inline":
            yield Block(text=_said(token), level=heading)
            heading = 0
        elif token.type in ("fence", "code_block"):
            yield Block(text=token.content)


def _said(token: Token) -> str:
    """The words of a line, without the marks that make them bold or a link."""
    parts = []
    for child in token.children or ():
        if child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type in ("softbreak", "hardbreak"):
            parts.append("\n")
        elif child.type == "image":
            parts.append(child.content)
    return "".join(parts)
