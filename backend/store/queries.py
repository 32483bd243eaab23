"""The named SQL statements of `sql/*.sql`, read once.

A file holds blocks that open with `-- name --`; the comment lines below the name say why the
statement is as it is.
"""

import re
from functools import cache
from pathlib import Path
from typing import LiteralString, cast

_FOLDER = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- (\w+) --$", re.MULTILINE)


@cache
def statements(noun: str) -> dict[str, LiteralString]:
    """The statements of `sql/<noun>.sql` by name."""
    _, *parts = _NAME.split((_FOLDER / f"{noun}.sql").read_text(encoding="utf-8"))
    # The text comes from our own files, never from input: as good as a literal.
    return {
        name: cast("LiteralString", body.strip())
        for name, body in zip(parts[::2], parts[1::2], strict=True)
    }
