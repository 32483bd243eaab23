"""A client's SQLite file: opened read-only, and every statement but a SELECT denied by its authorizer."""

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote

from backend.semantic.connectors import connector
from backend.semantic.folding import folded

# How many of SQLite's steps pass between two looks at the clock: some tenths of a millisecond.
_STEPS = 10_000
# A writer of the client's may hold the file for so long.
_BUSY_SECONDS = 1.0
_BATCH = 200
# Of one value: more is a statement that makes text up, or a document, which no figure is.
_MOST_BYTES = 4_000_000

_READS = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_READ,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)
#: Functions that reach beyond the file or the process's memory.
_UNSAFE = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})


class SqliteConnector:
    errors: tuple[type[Exception], ...] = (sqlite3.Error,)
    transactional = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def connect(self) -> "_Session":
        place = _place(self._path)
        conn = sqlite3.connect(
            f"file:{quote(str(self._path))}?mode=ro",
            uri=True,
            factory=_Session,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            # A pooled session is used by one thread after another, never by two at once.
            check_same_thread=False,
        )
        conn.execute("PRAGMA query_only = ON")
        conn.execute("PRAGMA trusted_schema = OFF")
        conn.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
        conn.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_BYTES)
        # Its own know the letters of English only.
        conn.create_function("lower", 1, _lower, deterministic=True)
        conn.create_function("upper", 1, _upper, deterministic=True)
        conn.create_function("folded", 1, _folded, deterministic=True)
        # Names in whatever encoding are shown, not refused.
        conn.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        conn.set_authorizer(_authorize)
        conn.place = place
        return conn

    def is_alive(self, connection: "_Session") -> bool:
        """False where another file has taken the place of the one that it still reads."""
        return connection.place == _place(self._path)

    def rows(
        self, connection: sqlite3.Connection, sql: str, params: Mapping[str, object]
    ) -> Iterator[tuple[Any, ...]]:
        until = monotonic() + connector.ANSWER_SECONDS
        connection.set_progress_handler(lambda: int(monotonic() > until), _STEPS)
        cursor = connection.execute(sql, dict(params))
        try:
            while batch := cursor.fetchmany(_BATCH):
                yield from batch
        finally:
            cursor.close()
            connection.set_progress_handler(None, 0)

    def writable(self, connection: sqlite3.Connection) -> tuple[str, ...]:
        """There is no login; the file is opened read-only by us."""
        return ()

    def close(self) -> None:
        """Nothing is kept beside sessions."""


class _Session(sqlite3.Connection):
    place: tuple[int, int] | None = None


def _place(path: Path) -> tuple[int, int] | None:
    """Which file it is, whatever it is called; None where there is none."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_dev, stat.st_ino


def _authorize(action: int, first: str | None, second: str | None, *_: object) -> int:
    if action not in _READS or (
        action == sqlite3.SQLITE_FUNCTION and (second or "").lower() in _UNSAFE
    ):
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _lower(text: Any) -> Any:
    return text.lower() if isinstance(text, str) else text


def _folded(text: Any) -> Any:
    return folded(text) if isinstance(text, str) else text


def _upper(text: Any) -> Any:
    return text.upper() if isinstance(text, str) else text
