"""What speaks against a data source is told all at once, without a word of its login."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import MigratedDatabase, ValkeyUrl
from tests.integration.figures_stage import MODEL, Figures, figures_stage

#: What every login of a test holds, and nothing else.
LOGIN = "the-password-of-a-client"


@pytest.fixture(scope="module")
def figures(
    module_database: MigratedDatabase,
    _valkey: ValkeyUrl,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Figures]:
    with figures_stage(module_database, _valkey, tmp_path_factory.mktemp("files")) as opened:
        yield opened


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no server there": (
        {"engine": "postgresql", "dsn": f"postgresql://u:{LOGIN}@127.0.0.1:1/sales"},
        "source_unreachable",
    ),
    "no such host": (
        {"engine": "postgresql", "dsn": f"postgresql://u:{LOGIN}@no.such.host.invalid/sales"},
        "source_unreachable",
    ),
    "no DSN": ({"engine": "postgresql", "dsn": f"{LOGIN} at home"}, "source_unreachable"),
    "an address that cannot be split": (
        {"engine": "postgresql", "dsn": f"postgresql://u:{LOGIN}@[::1/sales"},
        "source_unreachable",
    ),
    "letters that are no host": (
        {"engine": "sqlite", "dsn": f"sqlite://u:{LOGIN}\u2100@h/sales"},
        "source_refused",
    ),
    "a file elsewhere": ({"dsn": "sqlite:////etc/passwd"}, "source_refused"),
    "a relative path": ({"dsn": "sqlite:///sales.sqlite"}, "source_refused"),
    "a way out": ({"dsn": "sqlite:///FOLDER/../../etc/passwd"}, "source_refused"),
    "no file": ({"dsn": "sqlite:///FOLDER/none.sqlite"}, "source_unreachable"),
    "no DuckDB file": (
        {"engine": "duckdb", "dsn": "duckdb:///FOLDER/none.duckdb"},
        "source_unreachable",
    ),
    "another kind of file": ({"engine": "duckdb"}, "source_unreachable"),
    "MySQL": (
        {"engine": "mysql", "dsn": f"mysql://u:{LOGIN}@127.0.0.1/sales"},
        "engine_not_executed",
    ),
    "SQL Server": (
        {"engine": "mssql", "dsn": f"mssql://u:{LOGIN}@127.0.0.1/sales"},
        "engine_not_executed",
    ),
    "no YAML": ({"model": "name: [shop"}, "model_invalid"),
    "a function of the server's": (
        {"model": MODEL.replace("sum(amount)", "pg_sleep(10)")},
        "model_invalid",
    ),
    "a sum without end": (
        {"model": MODEL.replace("sum(amount)", f"sum(amount{' + amount' * 900})")},
        "model_invalid",
    ),
    "a text without end": (
        {"model": MODEL.replace("sum(amount)", f"sum(amount{' + amount' * 9_000})")},
        "model_invalid",
    ),
    "a table that is not there": (
        {"model": MODEL.replace("relation: sold", "relation: solt")},
        "model_misfit",
    ),
    "a column that is not there": (
        {"model": MODEL.replace("region: text", "region: text, seller: text")},
        "model_misfit",
    ),
}


@pytest.mark.parametrize(("changes", "code"), REFUSED.values(), ids=list(REFUSED))
def test_what_cannot_be_used_is_refused_with_the_reason_and_not_stored(
    figures: Figures, changes: dict[str, Any], code: str
) -> None:
    body = figures.body("refused", **changes)
    body["dsn"] = body["dsn"].replace("FOLDER", str(figures.folder))
    answer = figures.post("/data-sources", body, key=figures.on.a.admin)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, code), problem
    assert problem["problems"]
    assert problem["detail"] in problem["problems"]
    assert LOGIN not in answer.text
    assert LOGIN not in json.dumps(figures.on.logs, default=str)
    assert figures.get("/data-sources", key=figures.on.a.admin).json() == {"data_sources": []}


def test_every_problem_of_a_model_is_told_with_its_line_and_a_remedy(
    figures: Figures,
) -> None:
    model = MODEL.replace("column: region", "column: regiom").replace("sold.day", "sold.dai")
    body = figures.body("refused", model=model)
    answer = figures.post("/data-sources", body, key=figures.on.a.admin)
    problems = answer.json()["problems"]
    assert len(problems) == 2, problems
    assert any("did you mean 'region'?" in each for each in problems)
    lines = {each.split(":")[1] for each in problems}
    named = {
        str(number)
        for number, line in enumerate(model.splitlines(), 1)
        if "regiom" in line or "sold.dai" in line
    }
    assert lines == named
