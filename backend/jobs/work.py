"""Take one task and bring it to an end: done, handed back, tried again later, or given up.

    claim -> hold its lease -> do it -> (recorded by its handler)

What went wrong decides who pays for it. A database that is away is nobody's fault: the task goes
back uncounted. An error of ours with a public code is final, because whoever raised it has had
its retries. Anything else is a fault that another attempt may not meet; three are the end.
"""

import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

import structlog

from backend.domain.errors import AttemptsExhausted, ClaimLost, SalesCrewError, StoreUnavailable
from backend.jobs.admission import Admission
from backend.jobs.fair_share import FairShare
from backend.jobs.held import HeldClaims
from backend.llm.metered import patiently
from backend.observe import metrics
from backend.store import tasks
from backend.store.database import Database
from backend.store.tasks import Claim, Kind, Lane

log = structlog.get_logger(__name__)

#: A handler does the task and records it; what it returns, the same thread goes on with. `fail`
#: closes a task that has no more attempts.
Handler = Callable[[Claim], Claim | None]
Failure = Callable[[Claim, str], None]

#: How long a claim outlives its handler's own deadline, for recording.
GRACE_SECONDS = 15.0
#: Long enough for a database to come back; then the lease decides.
GIVE_BACK_PATIENCE_SECONDS = 60.0


class Workbench:
    """What a lane's threads do for each ring. Never raises."""

    def __init__(
        self,
        database: Database,
        held: HeldClaims,
        handlers: dict[Kind, tuple[Handler, Failure]],
        *,
        deadline_seconds: float,
        share: FairShare | None = None,
        admission: Admission | None = None,
    ) -> None:
        self._share = share or FairShare()
        self._admission = admission
        self._database = database
        self._held = held
        self._handlers = handlers
        self._deadline_seconds = deadline_seconds

    def work(self, lane: Lane, rung_by: str) -> None:
        """Do the lane's next task, if there is one, as soon as the processor has room for it."""
        admission = self._admission if lane == "interactive" else None
        with admission.entered() if admission else nullcontext(True) as admitted:
            claim = self._claimed(lane) if admitted else None
            if claim is None:
                return
            with admission.serving(claim.tenant_id) if admission else nullcontext():
                self._work(claim, rung_by)

    def _claimed(self, lane: Lane) -> Claim | None:
        try:
            return tasks.claim(self._database, lane, served=self._share.all())
        except StoreUnavailable:
            # The task stays ready, and the sweeper rings again.
            log.warning("claim.skipped", lane=lane)
            return None

    def _work(self, claim: Claim | None, rung_by: str) -> None:
        while claim is not None:
            claim = self._worked(claim, rung_by)

    def _worked(self, claim: Claim, rung_by: str) -> Claim | None:
        """Do a task; returns the one to go on with, if it left one."""
        with (
            structlog.contextvars.bound_contextvars(
                tenant_id=str(claim.tenant_id),
                attempt=claim.attempt,
                rung_by=rung_by,
                **claim.about,
            ),
            self._held.holding(claim, self._deadline_seconds + GRACE_SECONDS),
        ):
            try:
                outcome, follow_up = self._do(claim)
            finally:
                # Whoever answers a turn says in every line whose it is.
                structlog.contextvars.unbind_contextvars("person_id")
        metrics.TASKS_DONE.labels(claim.kind, outcome).inc()
        return follow_up

    def close(self, claim: Claim, error_code: str) -> None:
        """Give a task up: it is out of attempts, or trying again is useless."""
        _, fail = self._handlers[claim.kind]
        try:
            patiently(
                lambda: fail(claim, error_code), until=time.monotonic() + GIVE_BACK_PATIENCE_SECONDS
            )
        except ClaimLost:
            log.warning("claim.lost", **claim.about)
        except StoreUnavailable:
            log.warning("task.left_to_lease", **claim.about)

    def give_back(self, claim: Claim) -> None:
        """Return a task unharmed, waiting for the database if it is away."""
        try:
            patiently(
                lambda: tasks.give_back(self._database, claim),
                until=time.monotonic() + GIVE_BACK_PATIENCE_SECONDS,
            )
        except StoreUnavailable:
            log.warning("task.left_to_lease", **claim.about)

    def _do(self, claim: Claim) -> tuple[str, Claim | None]:
        handle, _ = self._handlers[claim.kind]
        try:
            return "done", handle(claim)
        except ClaimLost:
            log.warning("claim.lost", kind=claim.kind)
            return "lost", None
        except StoreUnavailable:
            log.warning("task.given_back", kind=claim.kind)
            self.give_back(claim)
            return "given_back", None
        except SalesCrewError as error:
            log.warning("task.failed", kind=claim.kind, code=error.code)
            self.close(claim, error.code)
            return "failed", None
        except Exception:
            log.exception("task.broke", kind=claim.kind, failures=claim.failures + 1)
            return self._again(claim), None

    def _again(self, claim: Claim) -> str:
        if claim.is_last:
            self.close(claim, AttemptsExhausted.code)
            return "failed"
        # 1 s, then 2 s: a fault of the moment has passed by then, and a person is waiting.
        delay = timedelta(seconds=2**claim.failures)
        try:
            tasks.retry(self._database, claim, delay=delay, error_code="internal")
        except StoreUnavailable:
            log.warning("task.left_to_lease", **claim.about)
        return "retried"
