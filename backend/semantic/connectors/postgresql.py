"""A client's PostgreSQL, through psycopg. Every wait ends: in the server by its time-outs, here by a
deadline, because a server that has stopped keeps no promise.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import cast

import psycopg
from psycopg import Connection
from psycopg.abc import RV, PQGen, Query
from psycopg.rows import TupleRow

from backend.semantic.connectors import connector
from backend.semantic.connectors.connector import STATEMENT_SECONDS

# Readers wait for nothing but a table that is being altered.
_LOCK_SECONDS = 1.0
# libpq waits 2 seconds at least.
_CONNECT_SECONDS = 2
# BEGIN, COMMIT and the check of an idle connection are one exchange each.
_EXCHANGE_SECONDS = 2.0
_LOGIN = Path(__file__).parents[1] / "sql" / "postgresql_login.sql"

_SESSION = {
    "default_transaction_read_only": "on",
    "statement_timeout": f"{STATEMENT_SECONDS:.0f}s",
    "lock_timeout": f"{_LOCK_SECONDS:.0f}s",
    "idle_in_transaction_session_timeout": "60s",
    # Our statements name schemas; nothing of the client's may stand in for a built-in function.
    "search_path": "pg_catalog",
}


class PostgreSqlConnector:
    errors: tuple[type[Exception], ...] = (psycopg.Error,)
    transactional = True

    def __init__(self, dsn: str) -> None:
        # As SQLAlchemy writes it, with the driver: "postgresql+psycopg://…".
        self._dsn = re.sub(r"^postgresql\+\w+://", "postgresql://", dsn)

    def connect(self) -> "_BoundedConnection":
        conn = _BoundedConnection.connect(
            self._dsn,
            options=" ".join(f"-c {name}={value}" for name, value in _SESSION.items()),
            connect_timeout=_CONNECT_SECONDS,
            application_name="sales-crew",
            # Whatever the database keeps, we write and read every letter.
            client_encoding="UTF8",
        )
        conn.read_only = True
        return conn

    def is_alive(self, connection: "_BoundedConnection") -> bool:
        if connection.closed:
            return False
        try:
            connection.autocommit = True
            # An exchange is needed anyway; locks of a session are all that outlives a transaction.
            connection.execute("SELECT pg_advisory_unlock_all()")
            connection.autocommit = False
        except psycopg.Error:
            return False
        return True

    def rows(
        self, connection: "_BoundedConnection", sql: str, params: Mapping[str, object]
    ) -> Iterator[TupleRow]:
        with connection.answering_within(connector.ANSWER_SECONDS):
            # Streamed, so that what is over the limits is never held.
            yield from connection.cursor().stream(cast(Query, sql), params, size=200)

    def writable(self, connection: "_BoundedConnection") -> tuple[str, ...]:
        query = _LOGIN.read_bytes()
        return tuple(row[0] for row in connection.execute(query).fetchall())

    def close(self) -> None:
        """Nothing is kept beside sessions."""


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
