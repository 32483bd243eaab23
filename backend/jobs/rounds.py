"""Go round the tenants now and then, and look after what nobody asks for.

Renewals: of what another embedding model made, and of what was forgotten. A worker that starts with
another `EMBEDDING_PROVIDER` is how the change becomes known. While workers of both run, each renews
what the other made; the first round after the last old one is gone settles it.

Imports: of callers who left in the middle, their lines.
"""

import random
import threading

import structlog

from backend.domain.errors import StoreUnavailable
from backend.jobs.renew_memories import want_due_renewal
from backend.store import imports, tenants
from backend.store.database import Database

log = structlog.get_logger(__name__)

#: A round costs a millisecond or two a tenant.
ROUND_SECONDS = 3600.0
#: A database that is away comes back in seconds.
AGAIN_SECONDS = 10.0


def go_round(database: Database, embedding_model: str) -> None:
    """One round. Raises StoreUnavailable."""
    with database.open() as conn:
        everyone = tenants.with_keys(conn)
    for tenant_id in everyone:
        with database.tenant(tenant_id) as conn:
            want_due_renewal(conn, tenant_id, embedding_model)
            imports.forget_abandoned(conn, tenant_id)


class Rounds:
    """One thread, which goes round when the worker starts and then each hour."""

    def __init__(self, database: Database, embedding_model: str) -> None:
        self._database = database
        self._embedding_model = embedding_model
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="rounds", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        seconds = 0.0
        # Jitter keeps the workers of a deployment from going in step.
        while not self._stop.wait(seconds * random.uniform(0.8, 1.2)):  # noqa: S311
            seconds = ROUND_SECONDS
            try:
                go_round(self._database, self._embedding_model)
            except StoreUnavailable:
                log.warning("round.skipped")
                seconds = AGAIN_SECONDS
            except Exception:
                # What comes with the next hour must not be lost with this one.
                log.exception("round.failed")
