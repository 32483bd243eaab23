"""The client's own database: read, never written, and never waited for without end.

Three things keep it so, each without the other two: the login has no more than SELECT, every
session is read-only, and every wait ends. The only place that speaks to it, and SQLAlchemy's pool
holds its few sessions: no thread of its own, nothing opened before it is needed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore, Lock
from time import monotonic
from typing import Any

import structlog
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from backend.domain.errors import SourceUnavailable
from backend.semantic.breaker import Breaker
from backend.semantic.compile import Compiled
from backend.semantic.connectors.connector import Connector
from backend.semantic.connectors.duck import DuckConnector
from backend.semantic.connectors.postgresql import PostgreSqlConnector
from backend.semantic.connectors.sqlite import SqliteConnector
from backend.semantic.engine import Engine
from backend.semantic.source_file import file_of
from backend.semantic.unreachable import is_outage, reason_of

log = structlog.get_logger(__name__)

# For a free connection.
_POOL_SECONDS = 3.0
# One worker's threads seldom ask at once, and the database is the client's.
_CONNECTIONS = 2
#: A quarter of a worker's threads: whoever comes to a slow source after them must not wait too, or no
#: thread would be left for the others' questions.
MOST_WAITING = 16
# Many quick questions at one moment are no slow source: who comes after them waits a little.
_ROOM_SECONDS = 0.5
# 2,000 rows of names and numbers are a tenth of this; more is a column that holds documents.
_RESULT_BYTES = 4_000_000
# What a number or a date takes, near enough.
_CELL_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    rows: tuple[tuple[Any, ...], ...]
    #: True when there was more than the statement's row limit, or than fits in memory.
    truncated: bool


class ClientDatabase:
    """Runs compiled statements. Connections are opened when first needed. Thread-safe."""

    def __init__(
        self,
        dsn: str,
        engine: Engine = Engine.POSTGRESQL,
        directories: Sequence[Path] = (),
        most_waiting: int = MOST_WAITING,
    ) -> None:
        """Connects to nothing yet. `dsn` is a secret: it is not kept where a repr would show it.

        A file (SQLite, DuckDB, a folder) must lie in one of `directories`. At most `most_waiting`
        threads wait for it at once; to the others it is unavailable. Raises SourceRefused.
        """
        self.engine = engine
        self._connector = _connector(dsn, engine, directories)
        self._pool = QueuePool(
            self._connector.connect,
            pool_size=_CONNECTIONS,
            max_overflow=0,
            timeout=_POOL_SECONDS,
            # The one used last is the one most likely to be alive.
            use_lifo=True,
            reset_on_return="rollback" if self._connector.transactional else None,
        )
        self._breaker = Breaker()
        self._room = BoundedSemaphore(most_waiting)
        self._failures: tuple[type[Exception], ...] = (*self._connector.errors, PoolExhausted)
        self._used_at = monotonic()
        self._lock = Lock()
        self._running = 0
        self._closed = False

    def run(self, compiled: Compiled) -> Result:
        """The statement's rows. Raises SourceUnavailable, which says nothing of the source."""
        if not self._room.acquire(timeout=_ROOM_SECONDS):
            log.warning("source.crowded")
            raise SourceUnavailable
        self._enter()
        try:
            result = self._tried(compiled)
        finally:
            self._leave()
            self._room.release()
        # Outside every handler, so that the driver's text is not even the cause.
        if result is None:
            raise SourceUnavailable
        return result

    def unreachable(self) -> str | None:
        """Why no session can be opened, in words that name neither place nor login; None if one can."""
        try:
            self._session().close()
        except self._failures as error:
            log.warning("source.failed", error=type(error).__name__)
            return reason_of(error)
        return None

    def writable(self) -> tuple[str, ...]:
        """What the login could write, one phrase each: a right login gives none.

        Raises SourceUnavailable.
        """
        try:
            connection = self._session()
            try:
                return self._connector.writable(connection.dbapi_connection)
            finally:
                connection.close()
        except self._failures as error:
            log.warning("source.failed", error=type(error).__name__)
        raise SourceUnavailable

    @property
    def idle_seconds(self) -> float:
        """How long nobody has asked; 0 while somebody does."""
        return 0.0 if self._running else monotonic() - self._used_at

    def rest(self) -> None:
        """Closes the connections that nobody uses; they are opened again when they are needed."""
        with self._lock:
            # One in use would come back to a pool that is no longer there.
            if not self._running:
                self._pool.dispose()
                self._pool = self._pool.recreate()

    def close(self) -> None:
        """Gives up everything; what still runs ends first, and a late question opens anew for itself."""
        with self._lock:
            self._closed = True
            if not self._running:
                self._shut()

    def _enter(self) -> None:
        with self._lock:
            self._running += 1

    def _leave(self) -> None:
        with self._lock:
            self._running -= 1
            self._used_at = monotonic()
            if self._closed and not self._running:
                self._shut()

    def _shut(self) -> None:
        self._pool.dispose()
        self._connector.close()

    def _tried(self, compiled: Compiled) -> Result | None:
        """The rows; None where the source has none to give, with the reason in the log."""
        if not self._breaker.lets_through():
            return None
        try:
            result = self._read(compiled)
        except PoolExhausted as error:
            # Those before us take long; that says nothing of the next.
            log.warning("source.failed", error=type(error).__name__)
            return None
        except self._failures as error:
            if is_outage(error):
                self._breaker.failed()
            else:
                # It refused the statement, so it is there.
                self._breaker.succeeded()
            state = getattr(error, "sqlstate", None)
            log.warning("source.failed", error=type(error).__name__, sqlstate=state)
            return None
        self._breaker.succeeded()
        return result

    def _read(self, compiled: Compiled) -> Result:
        connection = self._session()
        try:
            rows = self._connector.rows(connection.dbapi_connection, compiled.sql, compiled.params)
            return _held(rows, compiled.row_limit)
        except self._connector.errors:
            # Whatever state it is in, the next question has a fresh one.
            connection.invalidate()
            raise
        finally:
            connection.close()

    def _session(self) -> PoolProxiedConnection:
        """One that answers: the client's server may have closed it while nobody asked."""
        connection = self._pool.connect()
        for _ in range(_CONNECTIONS):
            if self._connector.is_alive(connection.dbapi_connection):
                break
            connection.invalidate()
            connection.close()
            connection = self._pool.connect()
        return connection


def _connector(dsn: str, engine: Engine, directories: Sequence[Path]) -> Connector:
    if engine is Engine.SQLITE:
        return SqliteConnector(file_of(dsn, directories))
    if engine is Engine.DUCKDB:
        return DuckConnector(file_of(dsn, directories))
    if engine is Engine.POSTGRESQL:
        return PostgreSqlConnector(dsn)
    raise SourceUnavailable


def _held(rows: Any, row_limit: int) -> Result:
    """As many rows as are told; what is over the limits is not read."""
    held: list[tuple[Any, ...]] = []
    size = 0
    try:
        for row in rows:
            size += sum(len(cell) if isinstance(cell, str) else _CELL_BYTES for cell in row)
            if len(held) == row_limit or size > _RESULT_BYTES:
                return Result(rows=tuple(held), truncated=True)
            held.append(row)
    finally:
        rows.close()
    return Result(rows=tuple(held), truncated=False)
