"""Connections that always belong to a tenant.

`Database.tenant(id)` opens a transaction in which row-level security sees one tenant only;
`Database.open()` opens one that may touch the two tables outside it (api_keys, tasks).
Whatever keeps Postgres from answering is StoreUnavailable.
"""

from collections.abc import Generator
from contextlib import contextmanager

from psycopg import Connection, OperationalError
from psycopg.rows import DictRow, dict_row
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from backend.domain.errors import StoreUnavailable
from backend.domain.identity import TenantId

Conn = Connection[DictRow]

#: A statement of ours is an index look-up; one that runs this long is a fault, not work.
STATEMENT_TIMEOUT_MS = 15_000
#: Shed load with a clear error rather than queue behind a database that is away.
CHECKOUT_SECONDS = 3.0


class Database:
    """A pool of connections as the application's own, non-owner role."""

    def __init__(self, dsn: str, *, size: int, name: str) -> None:
        self._pool: ConnectionPool[Conn] = ConnectionPool(
            dsn,
            min_size=1,
            max_size=size,
            open=False,
            name=name,
            timeout=CHECKOUT_SECONDS,
            connection_class=Connection[DictRow],
            kwargs={
                "row_factory": dict_row,
                "application_name": f"sales-crew {name}",
                "connect_timeout": 3,
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
                " -c idle_in_transaction_session_timeout=60000",
            },
            # Stale connections of a restarted Postgres are found here, not in a caller's hands.
            check=ConnectionPool.check_connection,
            # The pool doubles the time between its attempts, up to this; whoever wants a
            # connection after that makes it try at once. So it heals soon after the database.
            reconnect_timeout=2,
        )

    def start(self) -> None:
        """Begin connecting in the background; a database that is away does not stop us."""
        self._pool.open(wait=False)

    def close(self) -> None:
        self._pool.close(timeout=2)

    @contextmanager
    def tenant(self, tenant_id: TenantId) -> Generator[Conn]:
        """A transaction in which row-level security sees only `tenant_id`."""
        with self.open() as conn:
            conn.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant_id)])
            yield conn

    @contextmanager
    def open(self) -> Generator[Conn]:
        """A transaction with no tenant: the tables behind the wall answer with an error."""
        try:
            with self._pool.connection() as conn:
                yield conn
        except (OperationalError, PoolTimeout, PoolClosed) as error:
            raise StoreUnavailable from error
