"""Every error of ours has a status of its own and a code that stays."""

import msgspec
import pytest
from litestar.exceptions import ClientException, HTTPException, NotFoundException

from backend.api import errors as door_errors
from backend.api import problems
from backend.domain import errors
from backend.domain.errors import SalesCrewError

#: Codes that callers match on, with the statuses they come with.
PUBLIC = {
    "invalid_request": 400,
    "unauthenticated": 401,
    "not_allowed": 403,
    "not_found": 404,
    "request_timeout": 408,
    "idempotency_conflict": 409,
    "too_large": 413,
    "unsupported_media_type": 415,
    "too_many_requests": 429,
    "headers_too_large": 431,
    "store_unavailable": 503,
    "server_busy": 503,
    "not_ready": 503,
}
OURS = {
    each.code: each
    for module in (errors, door_errors)
    for each in vars(module).values()
    if isinstance(each, type)
    and issubclass(each, SalesCrewError)
    and each is not door_errors.NotReady
}


@pytest.mark.parametrize(("code", "status"), [row for row in PUBLIC.items() if row[0] in OURS])
def test_codes_and_statuses_stay(code: str, status: int) -> None:
    problem = problems.problem_of(OURS[code]())
    assert (problem.code, problem.status) == (code, status)
    assert problem.detail
    assert problem.title


def test_not_ready_says_what_was_looked_at() -> None:
    problem = problems.problem_of(door_errors.NotReady({"database": "away"}))
    assert (problem.status, problem.checks) == (503, {"database": "away"})


@pytest.mark.parametrize(
    "error",
    [RuntimeError("secret"), HTTPException(status_code=500, detail="secret"), KeyError("secret")],
)
def test_what_is_not_ours_says_nothing(error: Exception) -> None:
    problem = problems.problem_of(error)
    assert (problem.status, problem.code) == (500, "internal")
    assert b"secret" not in msgspec.json.encode(problem)


def test_the_frameworks_own_errors_have_codes_too() -> None:
    assert problems.problem_of(NotFoundException()).code == "not_found"
    assert problems.problem_of(ClientException(detail="why")).detail == "why"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("deadline_exceeded", 504),
        ("content_refused", 422),
        ("context_too_long", 422),
        ("model_unavailable", 502),
        ("attempts_exhausted", 502),
        ("internal", 502),
        ("of_a_newer_version", 502),
    ],
)
def test_statuses_of_turns_that_failed(code: str, status: int) -> None:
    assert problems.status_of_turn(code) == status


def test_a_reason_is_cut_before_it_fills_a_screen() -> None:
    assert len(problems.problem_of(errors.InvalidRequest("x" * 10_000)).detail) == 500


def test_who_should_come_back_is_told_when() -> None:
    for error in (
        errors.StoreUnavailable(),
        door_errors.ServerBusy(),
        door_errors.TooManyRequests(),
    ):
        answer = problems.response(problems.problem_of(error))
        assert int(answer.headers["Retry-After"]) > 0
