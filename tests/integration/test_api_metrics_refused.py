"""What is wrong with a metric query or a question is told with a code; nothing is guessed."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.figures_stage import Figures, figures_stage

OCTOBER = {"metrics": ["revenue"], "from": "2026-10-01", "to": "2026-10-31"}


@pytest.fixture(scope="module")
def figures(
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Figures]:
    with figures_stage(module_database, _valkey, tmp_path_factory.mktemp("files")) as opened:
        opened.add()
        yield opened


WRONG: dict[str, tuple[str, dict[str, Any], int, str]] = {
    "no metric": ("query", {"metrics": []}, 400, "invalid_request"),
    "no body of a query": ("query", {}, 400, "invalid_request"),
    "a member of no query": ("query", {"metrics": ["revenue"], "sql": "1"}, 400, "invalid_request"),
    "a day that is none": ("query", {**OCTOBER, "to": "2026-02-30"}, 400, "invalid_request"),
    "a grain that is none": ("query", {**OCTOBER, "grain": "decade"}, 400, "invalid_request"),
    "one member for many": (
        "query",
        {**OCTOBER, "filters": {"region": "North"}},
        400,
        "invalid_request",
    ),
    "members without end": (
        "query",
        {**OCTOBER, "filters": {"region": [str(number) for number in range(2_000)]}},
        400,
        "invalid_request",
    ),
    "a limit of nothing": ("query", {**OCTOBER, "limit": 0}, 400, "invalid_request"),
    "an operator that is none": (
        "query",
        {**OCTOBER, "having": [{"metric": "revenue", "op": "=", "value": 1}]},
        400,
        "invalid_request",
    ),
    "a metric of no model": ("query", {"metrics": ["profit"]}, 422, "metric_not_defined"),
    "SQL for a metric": (
        "query",
        {"metrics": ["revenue; DROP TABLE sold"]},
        422,
        "metric_not_defined",
    ),
    "a dimension of no model": (
        "query",
        {**OCTOBER, "dimensions": ["seller"]},
        422,
        "metric_not_defined",
    ),
    "a period that ends before it begins": (
        "query",
        {**OCTOBER, "to": "2026-09-01"},
        422,
        "metric_not_defined",
    ),
    "an unknown source": ("query", {**OCTOBER, "data_source": "nowhere"}, 404, "not_found"),
    "an unknown source of a question": (
        "parse",
        {"question": "vendas", "data_source": "nowhere"},
        404,
        "not_found",
    ),
    "no question": ("parse", {}, 400, "invalid_request"),
    "a blank question": ("parse", {"question": "  "}, 400, "invalid_request"),
    "a language that is not spoken": (
        "parse",
        {"question": "ventes", "language": "fr"},
        400,
        "invalid_request",
    ),
}


@pytest.mark.parametrize(("call", "body", "status", "code"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_is_told_with_a_code(
    figures: Figures, call: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = figures.post(f"/metrics/{call}", body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code), problem
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert problem["detail"]


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("nowhere", 404, "not_found"),
        ("%ff", 404, "not_found"),
        ("%00", 400, "invalid_request"),
        ("a" * 500, 400, "invalid_request"),
    ],
)
def test_a_source_that_is_not_there_has_no_catalog(
    figures: Figures, name: str, status: int, code: str
) -> None:
    answer = figures.get(f"/metrics/catalog?data_source={name}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
