"""A piece of SQL in an engine's own words, with gaps: "DATE({day}, 'start of month')"."""

import re
from collections.abc import Iterator

import sqlglot
from sqlglot import exp

_GAP = re.compile(r"\{([a-z]+)\}")
#: What a gap is while the text is parsed: an identifier that no template writes itself.
_MARK = "gap_"


class Template:
    """Parsed once; filled with trees as often as needed."""

    def __init__(self, text: str, dialect: str) -> None:
        marked = _GAP.sub(lambda gap: f"{_MARK}{gap[1]}", text)
        self._dialect = dialect
        self._tree = sqlglot.parse_one(marked, dialect=dialect)

    def of(self, **parts: exp.Expr) -> exp.Expr:
        """The piece with each gap filled. A part may be used again; it is copied."""
        tree = self._tree.copy()
        for node in list(tree.find_all(exp.Column)):
            if node.name.startswith(_MARK):
                part = parts[node.name.removeprefix(_MARK)].copy()
                if node is tree:
                    return part
                node.replace(part)
        return tree

    def nodes(self) -> Iterator[exp.Expr]:
        """What the piece is read back as, without its gaps: what the gate must allow."""
        written = self._tree.sql(dialect=self._dialect)
        for node in sqlglot.parse_one(written, dialect=self._dialect).walk():
            column = node.find_ancestor(exp.Column) if not isinstance(node, exp.Column) else node
            if column is None:
                yield node
