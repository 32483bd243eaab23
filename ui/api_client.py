"""HTTP to the API: time-outs, and every failure as an ApiFailed with a code.

The key travels in the `Authorization` header and nowhere else.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

import httpx

from ui import environment
from ui.errors import ApiFailed

#: Read models answer in 150 ms; a reader waits no longer than this for one that does not.
_PATIENCE = httpx.Timeout(10.0, connect=3.0)
#: What a worker is asked for has the client's own database behind it; the API gives up after 25 s.
_WORKER_PATIENCE = httpx.Timeout(30.0, connect=3.0)
_ASKED_OF_A_WORKER = ("/metrics/", "/data-sources/", "/users/", "/knowledge/search")
#: The API lets a file arrive for two minutes.
_UPLOAD_PATIENCE = httpx.Timeout(130.0, connect=3.0)
#: The API sends a comment every 15 s into a silent stream: two missed ones mean that it is gone.
_STREAM_PATIENCE = httpx.Timeout(35.0, connect=3.0)


def get(path: str, key: str | None, params: Mapping[str, str] | None = None) -> Any:
    """Raises ApiFailed."""
    with _failures_told():
        return _body(
            _client().get(path, params=params, headers=_headers(key), timeout=_patience(path))
        )


def post(
    path: str, key: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Any:
    """Raises ApiFailed."""
    sent = {**_headers(key), **(headers or {})}
    with _failures_told():
        return _body(_client().post(path, json=body, headers=sent, timeout=_patience(path)))


def patch(path: str, key: str, body: Mapping[str, Any]) -> Any:
    """Raises ApiFailed."""
    with _failures_told():
        return _body(
            _client().patch(path, json=body, headers=_headers(key), timeout=_patience(path))
        )


def delete(path: str, key: str) -> Any:
    """What is told of it; None where nothing is. Raises ApiFailed."""
    with _failures_told():
        response = _client().delete(path, headers=_headers(key), timeout=_patience(path))
    return None if response.status_code == httpx.codes.NO_CONTENT else _body(response)


def download(path: str, key: str, most_bytes: int) -> bytes:
    """The whole body as it is. Raises ApiFailed: also for one that is larger than this."""
    parts, size = [], 0
    with (
        _failures_told(),
        _client().stream("GET", path, headers=_headers(key), timeout=_STREAM_PATIENCE) as response,
    ):
        if response.is_error:
            response.read()
            raise _failed(response)
        for part in response.iter_bytes():
            size += len(part)
            if size > most_bytes:
                raise ApiFailed("too_large")
            parts.append(part)
    return b"".join(parts)


def upload(path: str, key: str, name: str, content: bytes, fields: Mapping[str, str]) -> Any:
    """Send a file as a form does. Raises ApiFailed."""
    with _failures_told():
        return _body(
            _client().post(
                path,
                files={"file": (name, content)},
                data=dict(fields),
                headers=_headers(key),
                timeout=_UPLOAD_PATIENCE,
            )
        )


@contextmanager
def lines(path: str, key: str, last_event_id: str | None) -> Iterator[Iterator[str]]:
    """The lines of an event stream as they come; none when it is at its end. Raises ApiFailed."""
    resumed = {} if last_event_id is None else {"Last-Event-ID": last_event_id}
    asked = {**_headers(key), "Accept": "text/event-stream", **resumed}
    with (
        _failures_told(),
        _client().stream("GET", path, headers=asked, timeout=_STREAM_PATIENCE) as response,
    ):
        if response.is_error:
            response.read()
            raise _failed(response)
        yield response.iter_lines()


def new_client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    return httpx.Client(
        base_url=environment.api_url(),
        timeout=_PATIENCE,
        transport=transport,
        # Proxies and credentials of the machine are not for this connection.
        trust_env=False,
    )


@cache
def _client() -> httpx.Client:
    """One for all sessions: its connections are shared, the key is in each request."""
    return new_client()


def _patience(path: str) -> httpx.Timeout:
    return _WORKER_PATIENCE if path.startswith(_ASKED_OF_A_WORKER) else _PATIENCE


def _headers(key: str | None) -> dict[str, str]:
    return {} if key is None else {"Authorization": f"Bearer {key}"}


def _body(response: httpx.Response) -> Any:
    if response.is_error:
        raise _failed(response)
    try:
        return response.json()
    except ValueError as error:
        raise ApiFailed("not_understood") from error


def _failed(response: httpx.Response) -> ApiFailed:
    try:
        problem = response.json()
    except ValueError:
        problem = None
    if not isinstance(problem, dict) or not isinstance(problem.get("code"), str):
        return ApiFailed("not_understood", f"HTTP {response.status_code}")
    checks = problem.get("checks")
    return ApiFailed(
        problem["code"],
        str(problem.get("detail") or ""),
        checks if isinstance(checks, dict) else None,
    )


@contextmanager
def _failures_told() -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException as error:
        raise ApiFailed("timed_out") from error
    except httpx.HTTPError as error:
        raise ApiFailed("unreachable") from error
