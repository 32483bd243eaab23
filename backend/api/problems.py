"""Every error the door answers with, as RFC 9457 `application/problem+json` with a stable `code`.

Domain errors carry their own code; this page decides the HTTP status of each. What nobody
foresaw becomes `internal` and says nothing about its cause.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from backend.api.errors import ErrandRefused, NotReady
from backend.domain.errors import SalesCrewError

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
#: Long enough for every reason of ours; a reason that quotes input is cut here.
DETAIL_CHARACTERS = 500
#: More than a person mends before asking again.
MOST_PROBLEMS = 200
#: When to come back after a 503: a restarted database answers within this time.
RETRY_SECONDS = 2
#: Nobody reads this status: the caller went away. It exists for logs and metrics.
CLIENT_GONE = 499


_STATUS = {
    "invalid_request": 400,
    "unauthenticated": 401,
    "not_allowed": 403,
    "not_permitted": 403,
    "not_found": 404,
    "model_not_found": 404,
    "method_not_allowed": 405,
    "request_timeout": 408,
    "idempotency_conflict": 409,
    "name_taken": 409,
    "person_erased": 410,
    "fact_closed": 409,
    "knowledge_full": 409,
    "too_large": 413,
    "unsupported_media_type": 415,
    "too_many_requests": 429,
    "metric_not_defined": 422,
    "engine_not_executed": 422,
    "login_can_write": 422,
    "model_misfit": 422,
    "source_unreachable": 422,
    "source_too_slow": 422,
    "model_invalid": 422,
    "source_refused": 422,
    "login_unreadable": 422,
    "headers_too_large": 431,
    "client_gone": CLIENT_GONE,
    "store_unavailable": 503,
    "server_busy": 503,
    "workers_busy": 503,
    "source_unavailable": 503,
    "not_ready": 503,
    "answer_late": 504,
}

#: How a turn that failed is answered to a caller who waits for it. What stands behind us failed,
#: so 502, but: too late is 504, and content that no retry will make acceptable is 422.
_TURN_STATUS: Mapping[str, int] = {
    "deadline_exceeded": 504,
    "content_refused": 422,
    "context_too_long": 422,
    "cancelled": 409,
    "person_erased": 410,
}

_HEADERS: Mapping[int, Mapping[str, str]] = {
    401: {"WWW-Authenticate": "Bearer"},
    429: {"Retry-After": "1"},
    503: {"Retry-After": str(RETRY_SECONDS)},
}

_ROUTING: Mapping[int, str] = {
    404: "There is no such path here.",
    405: "This path has no such method; `Allow` names those it has.",
}

_CODE_OF_STATUS = {status: code for code, status in reversed(_STATUS.items())}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The body of every error."""

    media_type: ClassVar[str] = MEDIA_TYPE

    title: str
    status: int
    code: str
    detail: str
    #: The turn that failed, where the error is a turn's.
    turn_id: str | None = None
    #: What was looked at, where the error is about this server's own state.
    checks: Mapping[str, str] | None = None
    #: Each thing that is wrong, where there may be several.
    problems: Sequence[str] | None = None


def status_of(error: Exception) -> int:
    """The HTTP status of an error of ours or of the framework; 500 for anything else."""
    if isinstance(error, SalesCrewError):
        return _STATUS.get(_code_of(error), 500)
    return error.status_code if isinstance(error, HTTPException) else 500


def status_of_turn(error_code: str) -> int:
    """The HTTP status of a turn that failed with this code."""
    return _TURN_STATUS.get(error_code, 502)


def problem_of(error: Exception) -> Problem:
    """What a caller may read of an error."""
    status = status_of(error)
    if status >= 500 and not isinstance(error, SalesCrewError):
        error = SalesCrewError()
    if isinstance(error, SalesCrewError):
        code, detail = _code_of(error), str(error)
    else:
        code, detail = _CODE_OF_STATUS.get(status, "invalid_request"), _detail(error)
    return problem(
        status,
        code,
        detail,
        checks=error.checks if isinstance(error, NotReady) else None,
        problems=_problems_of(error),
    )


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    turn_id: str | None = None,
    checks: Mapping[str, str] | None = None,
    problems: Sequence[str] | None = None,
) -> Problem:
    return Problem(
        title=_title(status),
        status=status,
        code=code,
        detail=detail[:DETAIL_CHARACTERS],
        turn_id=turn_id,
        checks=checks,
        problems=problems,
    )


def response(body: Problem, headers: Mapping[str, str] | None = None) -> Response[bytes]:
    return Response(
        msgspec.json.encode(body),
        status_code=body.status,
        media_type=MEDIA_TYPE,
        headers={**_HEADERS.get(body.status, {}), **(headers or {})},
    )


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The exception handler of the whole application."""
    body = problem_of(error)
    if body.code == SalesCrewError.code:
        log.error("http.request_failed", exc_info=error)
    headers = {}
    if body.status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(_allowed(request))
    return response(body, headers)


def _code_of(error: SalesCrewError) -> str:
    """A worker's own code where it is a worker who refused."""
    return error.refusal.code if isinstance(error, ErrandRefused) else error.code


def _problems_of(error: Exception) -> list[str] | None:
    if not isinstance(error, ErrandRefused):
        return None
    problems = error.refusal.problems[:MOST_PROBLEMS]
    return [each[:DETAIL_CHARACTERS] for each in problems] or None


def _detail(error: Exception) -> str:
    if isinstance(error, ValidationException) and isinstance(error.extra, list):
        return "; ".join(_reason(each) for each in error.extra if isinstance(each, dict))
    status = status_of(error)
    return _ROUTING.get(status) or str(getattr(error, "detail", "")) or _title(status)


def _reason(each: Mapping[str, Any]) -> str:
    """One fault: `field: what is wrong with it`. The body's own name for itself is left out."""
    # Python's own words as names of ours end in an underscore.
    key = str(each.get("key", "")).removeprefix("data.").rstrip("_")
    message = str(each.get("message", ""))
    return message if key in ("", "data") else f"{key}: {message}"


def _allowed(request: Request[Any, Any, Any]) -> list[str]:
    """The methods that the path does know."""
    router, allowed = request.app.asgi_router, []
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        try:
            router.handle_routing(path=request.scope["path"], method=method)
        except HTTPException:
            continue
        allowed.append(method)
    return allowed


def _title(status: int) -> str:
    return "Client Closed Request" if status == CLIENT_GONE else HTTPStatus(status).phrase
