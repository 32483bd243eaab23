"""HTTP on the loopback, with the standard library: a client library takes longer to load."""

import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A status with its reason, and the JSON object of the body, or None."""

    status: int
    reason: str
    body: dict[str, Any] | None


def send(
    url: str,
    *,
    body: dict[str, Any] | None = None,
    key: str | None = None,
    timeout: float,
) -> Response:
    """GET the URL, or POST the body to it. Raises OSError or http.client.HTTPException.

    No proxy is ever asked: what the user has set up for the world is not for the loopback.
    """
    address = urlsplit(url)
    connection = http.client.HTTPConnection(
        address.hostname or "", address.port or 80, timeout=timeout
    )
    headers = {"Accept": "application/json"}
    if key is not None:
        headers["Authorization"] = f"Bearer {key}"
    content = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        content = json.dumps(body).encode()
    try:
        connection.request("GET" if body is None else "POST", address.path, content, headers)
        answer = connection.getresponse()
        return Response(status=answer.status, reason=answer.reason, body=_object(answer.read()))
    finally:
        connection.close()


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(content)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
