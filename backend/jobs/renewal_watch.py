"""Ask for renewals now and then: of what another embedding model made, and of what was forgotten.

A worker that starts with another `EMBEDDING_PROVIDER` is how the change becomes known. While workers
of both run, each renews what the other made; the first look after the last old one is gone settles it.
"""

import random
import threading
from functools import partial

import structlog

from backend.domain.errors import StoreUnavailable
from backend.jobs.renew_memories import want_all_renewals
from backend.store.database import Database

log = structlog.get_logger(__name__)

#: A look costs a millisecond or two a tenant.
LOOK_SECONDS = 3600.0
#: A database that is away comes back in seconds.
AGAIN_SECONDS = 10.0


class RenewalWatch:
    """One thread, which looks when the worker starts and then each hour."""

    def __init__(self, database: Database, embedding_model: str) -> None:
        self._look = partial(want_all_renewals, database, embedding_model)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="renewal-watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def _run(self) -> None:
        seconds = 0.0
        # Jitter keeps the workers of a deployment from looking in step.
        while not self._stop.wait(seconds * random.uniform(0.8, 1.2)):  # noqa: S311
            try:
                self._look()
                seconds = LOOK_SECONDS
            except StoreUnavailable:
                log.warning("renewals.look_skipped")
                seconds = AGAIN_SECONDS
            except Exception:
                log.exception("renewals.look_failed")
                seconds = LOOK_SECONDS
