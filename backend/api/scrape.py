"""/metrics: this process's Prometheus metrics, and the queue as the rows have it at this moment."""

import time

import structlog
from litestar import Response, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from backend.api.auth import near_or_keyed
from backend.api.bodies import DoorRequest
from backend.domain.errors import StoreUnavailable
from backend.observe import metrics
from backend.store import tasks
from backend.store.tasks import Depth

log = structlog.get_logger(__name__)

#: Several scrapers share one look at the queue.
KEPT_SECONDS = 2.0


@get(
    "/metrics",
    guards=[near_or_keyed],
    media_type=CONTENT_TYPE_LATEST,
    summary="Prometheus metrics",
)
async def prometheus(request: DoorRequest) -> Response[bytes]:
    if time.monotonic() >= _Shown.until:
        door = request.door
        try:
            depths = await door.calls.run(tasks.depth, door.database)
        except StoreUnavailable:
            # No figure is better than an old one.
            log.warning("metrics.queue_unread")
            metrics.DEPENDENCY_UP.labels("postgres").set(0)
            metrics.TASKS.clear()
            metrics.TASK_AGE.clear()
        else:
            metrics.DEPENDENCY_UP.labels("postgres").set(1)
            _show(depths)
            _Shown.until = time.monotonic() + KEPT_SECONDS
    metrics.DEPENDENCY_UP.labels("redis").set(request.door.listener.connected)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class _Shown:
    """Until when the queue's metrics, which belong to the process, are fresh."""

    until = 0.0


def _show(depths: list[Depth]) -> None:
    metrics.TASKS.clear()
    ages: dict[str, float] = dict.fromkeys(tasks.LANES, 0.0)
    for depth in depths:
        metrics.TASKS.labels(depth.lane, depth.kind, depth.state).set(depth.tasks)
        ages[depth.lane] = max(ages[depth.lane], depth.oldest_seconds)
    for lane, seconds in ages.items():
        metrics.TASK_AGE.labels(lane).set(seconds)
