"""/livez and /readyz: whether this process works, and whether it should be sent requests.

Ready means: the database answers and has the newest shape, and this process is not leaving. Redis
is reported and decides nothing: without it questions are accepted and wait.
"""

from litestar import get

from backend.api.auth import near_or_keyed
from backend.api.bodies import DoorRequest
from backend.api.errors import NotReady
from backend.api.reports import Health


@get("/livez", guards=[near_or_keyed], summary="This process answers")
async def livez() -> Health:
    return Health(status="ok")


@get("/readyz", guards=[near_or_keyed], summary="This process can take questions")
async def readyz(request: DoorRequest) -> Health:
    door = request.door
    checks = {
        "database": await door.readiness.database(),
        "redis": "ok" if door.listener.connected else "away",
        "process": "draining" if door.waiting.draining else "ok",
    }
    if checks["database"] != "ok" or door.waiting.draining:
        raise NotReady(checks)
    return Health(status="ready", checks=checks)
