"""The sales tool over a real database: the demo company, asked by 32 turns at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest

from backend.domain.trace import ToolOutcome
from backend.semantic.layer import SemanticLayer
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import PostgresCluster, demo_source
from tests.unit.plugin_stage import a_scope, demo_model, tools_of

pytestmark = pytest.mark.integration

REVENUE = """
    SELECT date_trunc('month', o.ordered_on)::date, sum(l.amount)
      FROM sales.order_lines l JOIN sales.orders o ON o.id = l.order_id
     WHERE o.status <> 'cancelado' AND o.ordered_on BETWEEN '2026-01-01' AND '2026-10-31'
     GROUP BY 1 ORDER BY 1
"""


@pytest.fixture(scope="module")
def dsn(postgres: PostgresCluster) -> Iterator[str]:
    with demo_source(postgres) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def layer(dsn: str) -> Iterator[SemanticLayer]:
    database = ClientDatabase(dsn)
    yield SemanticLayer(demo_model(), database, "demo")
    database.close()


def test_32_turns_get_the_databases_own_figures(layer: SemanticLayer, dsn: str) -> None:
    arguments = {
        "metrics": ["revenue"],
        "grain": "month",
        "from": "2026-01-01",
        "to": "2026-10-31",
    }

    def ask(_: int) -> ToolOutcome:
        scope = replace(a_scope(), sales=layer)
        outcome = tools_of(scope)["sales_query_metrics"].call(arguments)
        assert [call.name for call in scope.calls] == ["sales_query_metrics"]
        return outcome

    with psycopg.connect(dsn) as conn:
        expected = [amount for _, amount in conn.execute(REVENUE).fetchall()]
    with ThreadPoolExecutor(32) as callers:
        outcomes = list(callers.map(ask, range(32)))
    for outcome in outcomes:
        assert [Decimal(str(figure.value)) for figure in outcome.figures] == expected
        assert outcome.rows == 10


def test_the_sql_of_an_answer_runs_as_printed(layer: SemanticLayer, dsn: str) -> None:
    arguments = {"metrics": ["orders"], "dimensions": ["region"], "filters": {"region": "sudeste"}}
    outcome = tools_of(replace(a_scope(), sales=layer))["sales_query_metrics"].call(arguments)
    assert outcome.ok
    assert outcome.sql is not None
    with psycopg.connect(dsn) as conn:
        rows = conn.execute(outcome.sql.encode()).fetchall()
    [figure] = outcome.figures
    assert rows == [("Sudeste", int(figure.value))]


def test_a_database_that_is_gone_is_a_source_that_is_down(dsn: str) -> None:
    gone = ClientDatabase(psycopg.conninfo.make_conninfo(dsn, port=1))
    scope = replace(a_scope(), sales=SemanticLayer(demo_model(), gone, "demo"))
    outcome = tools_of(scope)["sales_query_metrics"].call({"metrics": ["revenue"]})
    gone.close()
    assert (outcome.ok, outcome.error) == (False, "source_unavailable")
    assert "demo_" not in outcome.content
