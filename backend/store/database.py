"""Connections that always belong to a tenant.

`Database.tenant(id)` opens a transaction in which row-level security sees one tenant only;
`Database.open()` opens one that may touch the two tables outside it (api_keys, tasks).
Whatever keeps Postgres from answering is StoreUnavailable.
"""

from collections.abc import Generator
from contextlib import ExitStack, contextmanager

import msgspec
from psycopg import Connection, OperationalError
from psycopg.errors import ProgramLimitExceeded, QueryCanceled
from psycopg.rows import DictRow, dict_row
from psycopg.types.json import set_json_dumps, set_json_loads
from psycopg_pool import ConnectionPool, PoolClosed, PoolTimeout

from backend.domain.errors import StoreUnavailable
from backend.domain.identity import TenantId
from backend.store import number_arrays

Conn = Connection[DictRow]

#: A statement of ours is an index look-up; one that runs this long is a fault, not work.
STATEMENT_TIMEOUT_MS = 15_000
#: Shed load with a clear error rather than queue behind a database that is away.
CHECKOUT_SECONDS = 3.0


class Database:
    """A pool of connections as the application's own, non-owner role."""

    def __init__(self, dsn: str, *, size: int, name: str) -> None:
        self._size = size
        self._pool: ConnectionPool[Conn] = ConnectionPool(
            dsn,
            min_size=1,
            max_size=size,
            open=False,
            name=name,
            timeout=CHECKOUT_SECONDS,
            connection_class=Connection[DictRow],
            configure=_configure,
            kwargs={
                # We begin our transactions ourselves, in one trip with the tenant.
                "autocommit": True,
                "row_factory": dict_row,
                "application_name": f"sales-crew {name}",
                "connect_timeout": 3,
                "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS} -c timezone=UTC"
                " -c idle_in_transaction_session_timeout=60000",
            },
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
        # Only a UUID has this: no text can come in here.
        with self._transaction(tenant_id.hex) as conn:
            yield conn

    @contextmanager
    def open(self) -> Generator[Conn]:
        """A transaction with no tenant: the tables behind the wall answer with an error."""
        with self._transaction("") as conn:
            yield conn

    @contextmanager
    def _transaction(self, tenant: str) -> Generator[Conn]:
        try:
            with ExitStack() as stack:
                yield self._living(stack, tenant)
        except (QueryCanceled, ProgramLimitExceeded):
            # Operational by class, but a fault of ours: waiting for the database would not mend it.
            raise
        except (OperationalError, PoolTimeout, PoolClosed) as error:
            raise StoreUnavailable from error

    def _living(self, stack: ExitStack, tenant: str) -> Conn:
        """A connection that answers, with its tenant set.

        The first statement finds the stale connections of a restarted Postgres: asking each one
        whether it lives at every check-out would be a third of all round trips.
        """
        for _ in range(self._size + 1):
            attempt = ExitStack()
            conn = attempt.enter_context(self._pool.connection())
            try:
                conn.execute(
                    f"BEGIN; SELECT set_config('app.tenant_id', '{tenant}', true)".encode()
                )
            except OperationalError:
                if not conn.broken:
                    attempt.close()
                    raise
                # The pool throws a broken connection away when it gets it back.
                attempt.close()
                continue
            stack.push(attempt.pop_all())
            return conn
        raise OperationalError("every connection of the pool was stale")


def _configure(conn: Conn) -> None:
    """Read and write JSON with msgspec: a record carries dozens of values, each a few kilobytes.

    And arrays of numbers in their binary form.
    """
    set_json_dumps(msgspec.json.encode, conn)
    set_json_loads(msgspec.json.decode, conn)
    number_arrays.teach(conn)
