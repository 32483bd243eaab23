"""Errors of `/v1`, in the shape that OpenAI's own clients turn into their exceptions.

Statuses, headers, codes and log lines are those of `backend/api/problems.py`; only the body differs.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import MediaType, Request, Response
from litestar.exceptions import ValidationException
from msgspec import UNSET, UnsetType

from backend.api import problems
from backend.api.problems import Problem
from backend.domain.errors import InvalidRequest

PREFIX = "/v1/"
#: What such clients match on, where OpenAI has a word of its own for a code of ours.
_CODES = {"unauthenticated": "invalid_api_key", "context_too_long": "context_length_exceeded"}
_TYPES = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}


class ParameterRefused(InvalidRequest):
    """A member of the body has a value that is not taken here."""

    def __init__(self, parameter: str, message: str) -> None:
        super().__init__(message)
        self.parameter = parameter


class OpenAIError(msgspec.Struct, frozen=True, kw_only=True):
    message: str
    type: str
    code: str
    param: str | None = None
    #: The turn that failed, where the error is a turn's.
    turn_id: str | UnsetType = UNSET


class OpenAIProblem(msgspec.Struct, frozen=True, kw_only=True):
    """The body of every error below `/v1`."""

    error: OpenAIError


def of_problem(problem: Problem, parameter: str | None = None) -> OpenAIProblem:
    server_fault = "server_error" if problem.status >= 500 else "invalid_request_error"
    return OpenAIProblem(
        error=OpenAIError(
            message=problem.detail,
            type=_TYPES.get(problem.status, server_fault),
            code=_CODES.get(problem.code, problem.code),
            param=parameter,
            turn_id=problem.turn_id or UNSET,
        )
    )


def response(
    problem: Problem, parameter: str | None = None, headers: Mapping[str, str] | None = None
) -> Response[bytes]:
    return Response(
        msgspec.json.encode(of_problem(problem, parameter)),
        status_code=problem.status,
        media_type=MediaType.JSON,
        headers=dict(headers or {}),
    )


def answer_error(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """The exception handler of the whole application: `/v1` in this shape, the rest in ours."""
    ours = problems.answer_error(request, error)
    if not request.scope["path"].startswith(PREFIX):
        return ours
    return response(problems.problem_of(error), _parameter(error), ours.headers)


def _parameter(error: Exception) -> str | None:
    """The member of the body that is at fault, where the error knows it."""
    if isinstance(error, ParameterRefused):
        return error.parameter
    if isinstance(error, ValidationException) and isinstance(error.extra, list) and error.extra:
        return str(error.extra[0].get("key", "")).removeprefix("data.") or None
    return None
