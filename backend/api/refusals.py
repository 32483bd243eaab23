"""An error answered in bare ASGI, where the framework does not: around it, and to a handshake."""

from typing import Any

from litestar.enums import ScopeType
from litestar.types import Scope, Send

from backend.api import problems
from backend.domain.errors import SalesCrewError


async def refuse(scope: Scope, send: Send, error: SalesCrewError) -> None:
    """Send the problem as the whole response; a socket's handshake gets it in place of an upgrade."""
    answer = problems.response(problems.problem_of(error))
    prefix = "http" if scope["type"] == ScopeType.HTTP else "websocket.http"
    start: Any = {
        "type": f"{prefix}.response.start",
        "status": answer.status_code,
        "headers": [
            (b"content-type", problems.MEDIA_TYPE.encode()),
            (b"content-length", str(len(answer.content)).encode()),
            (b"connection", b"close"),
            *((name.lower().encode(), value.encode()) for name, value in answer.headers.items()),
        ],
    }
    body: Any = {"type": f"{prefix}.response.body", "body": answer.content}
    await send(start)
    await send(body)
