"""How much each tenant was served lately: who had least is next, at the claim and at the gate.

A count of turns begun that fades with time. Of two tenants with long backlogs each gets half; one
that comes with a few questions, beside another's thousands, is owed all of them at once.
"""

import threading
import time
from collections.abc import Mapping

from backend.domain.identity import TenantId

#: Long enough that a person's next question still counts as theirs, short enough that nobody pays
#: for this morning's import.
HALF_LIFE_SECONDS = 10.0
#: A tenant whose count has faded to this is as good as new.
FORGOTTEN = 0.05


class FairShare:
    """The tenants that one process served. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Count, and the `time.monotonic()` instant it was true at.
        self._served: dict[TenantId, tuple[float, float]] = {}

    def serve(self, tenant_id: TenantId) -> None:
        """Note that a turn of this tenant was begun."""
        now = time.monotonic()
        with self._lock:
            self._served[tenant_id] = (self._of(tenant_id, now) + 1.0, now)

    def of(self, tenant_id: TenantId) -> float:
        """How many turns of the tenant were begun lately."""
        return self._of(tenant_id, time.monotonic())

    def all(self) -> Mapping[TenantId, float]:
        """Every tenant that was served lately. Forgets the others."""
        now = time.monotonic()
        with self._lock:
            counts = {tenant_id: self._of(tenant_id, now) for tenant_id in self._served}
            lately = {key: count for key, count in counts.items() if count > FORGOTTEN}
            self._served = {key: self._served[key] for key in lately}
        return lately

    def _of(self, tenant_id: TenantId, now: float) -> float:
        count, at = self._served.get(tenant_id, (0.0, now))
        return float(count * 0.5 ** ((now - at) / HALF_LIFE_SECONDS))
