"""The client's own database: read, never written, and never waited for without end.

Three things keep it so, each without the other two: the login has no more than SELECT, every
transaction is read-only, and every wait ends (in the server by its timeouts, here by a deadline,
because a server that has stopped keeps no promise). The only place that speaks to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

import psycopg
import structlog
from psycopg import Connection
from psycopg.abc import RV, PQGen
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from backend.domain.errors import SourceUnavailable
from backend.semantic.compile import Compiled

log = structlog.get_logger(__name__)

# A figure that takes longer is not one for a conversation.
_STATEMENT_SECONDS = 5.0
# The server ends a statement first; this is for the server that does not.
_ANSWER_SECONDS = _STATEMENT_SECONDS + 2.0
# Readers wait for nothing but a table that is being altered.
_LOCK_SECONDS = 1.0
# libpq waits 2 seconds at least.
_CONNECT_SECONDS = 2
# For a free connection, a fresh one included.
_POOL_SECONDS = 3.0
# BEGIN, COMMIT and the check of an idle connection are one exchange each.
_EXCHANGE_SECONDS = 2.0
# One worker's threads seldom ask at once, and the database is the client's.
_CONNECTIONS = 4
# 2,000 rows of names and numbers are a tenth of this; more is a column that holds documents.
_RESULT_BYTES = 4_000_000
# What a number or a date takes, near enough.
_CELL_BYTES = 16

_SESSION = {
    "default_transaction_read_only": "on",
    "statement_timeout": f"{_STATEMENT_SECONDS:.0f}s",
    "lock_timeout": f"{_LOCK_SECONDS:.0f}s",
    # Our statements name schemas; nothing of the client's may stand in for a built-in function.
    "search_path": "pg_catalog",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    rows: tuple[TupleRow, ...]
    #: True when there was more than the statement's row limit, or than fits in memory.
    truncated: bool


class ClientDatabase:
    """Runs compiled statements. Connections are opened when first needed. Thread-safe."""

    def __init__(self, dsn: str) -> None:
        """Connects to nothing yet. `dsn` is a secret: it is not kept where a repr would show it."""
        self._pool = ConnectionPool(
            dsn,
            connection_class=_BoundedConnection,
            kwargs={
                "options": " ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
                "connect_timeout": _CONNECT_SECONDS,
                "application_name": "sales-crew",
                # Whatever the database keeps, we write and read every letter.
                "client_encoding": "UTF8",
            },
            configure=_read_only,
            check=ConnectionPool.check_connection,
            min_size=0,
            max_size=_CONNECTIONS,
            timeout=_POOL_SECONDS,
            # Somebody has to ask again anyway; no need to keep knocking for minutes.
            reconnect_timeout=_POOL_SECONDS,
            max_idle=60.0,
            open=True,
        )

    def run(self, compiled: Compiled) -> Result:
        """The statement's rows. Raises SourceUnavailable, which says nothing of the source."""
        try:
            with self._pool.connection() as conn, conn.answering_within(_ANSWER_SECONDS):
                return _read(conn, compiled)
        except psycopg.Error as error:
            log.warning("source.failed", error=type(error).__name__, sqlstate=error.sqlstate)
        # Outside the handler, so that the driver's text is not even the cause.
        raise SourceUnavailable

    def close(self) -> None:
        self._pool.close()


class _BoundedConnection(Connection[TupleRow]):
    """Every wait for the server ends; one that ended too late ends the connection with it."""

    _deadline: float | None = None

    @contextmanager
    def answering_within(self, seconds: float) -> Iterator[None]:
        """Everything in this block together takes no longer."""
        self._deadline = monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = None

    def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
        """As its parent's, which waits without end unless it is told otherwise."""
        until = self._deadline or monotonic() + (timeout or _EXCHANGE_SECONDS)
        try:
            return super().wait(gen, interval, max(0.0, until - monotonic()))
        except psycopg.OperationalError:
            if monotonic() >= until:
                # What the server still sends belongs to nobody.
                self.close()
            raise


def _read_only(conn: Connection[Any]) -> None:
    conn.read_only = True


def _read(conn: Connection[TupleRow], compiled: Compiled) -> Result:
    rows: list[TupleRow] = []
    size = 0
    # Streamed, so that what is over the limits is never held.
    for row in conn.cursor().stream(compiled.sql, compiled.params, size=200):
        size += sum(len(cell) if isinstance(cell, str) else _CELL_BYTES for cell in row)
        if len(rows) == compiled.row_limit or size > _RESULT_BYTES:
            return Result(rows=tuple(rows), truncated=True)
        rows.append(row)
    return Result(rows=tuple(rows), truncated=False)
