"""The sales tool over a real database: the demo company, asked by 32 turns at once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import psycopg
import pytest

from backend.domain.identity import Role
from backend.domain.trace import ToolOutcome
from backend.semantic.layer import SemanticLayer
from backend.semantic.source import ClientDatabase
from tests.integration.semantic_source import PostgresCluster, demo_source
from tests.unit.plugin_stage import a_scope, content_of, demo_model, tools_of

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
    database = ClientDatabase(dsn, most_waiting=32)
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
        *months, total = [Decimal(str(figure.value)) for figure in outcome.figures]
        assert months == expected
        assert total == sum(expected)
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


def test_a_metric_is_asked_shared_compared_and_bounded_at_once(layer: SemanticLayer) -> None:
    arguments = {
        "metrics": ["revenue", "orders"],
        "dimensions": ["region"],
        "from": "2026-09-01",
        "to": "2026-09-30",
        "compare": "previous_period",
        "share": True,
        "order": "desc",
        "exclude": {"region": ["norte"]},
        "having": [{"metric": "revenue_share", "op": ">", "value": 0.01}],
    }
    outcome = tools_of(replace(a_scope(), sales=layer))["sales_query_metrics"].call(arguments)
    assert outcome.ok, outcome.content
    content = content_of(outcome)
    assert outcome.chart is not None
    assert content["compared_with"] == {"from": "2026-08-01", "to": "2026-08-31"}
    told = {figure.text for figure in outcome.figures}
    for place, row in enumerate(content["rows"], start=1):
        assert row.pop("rank") == place
        assert row.pop("region") != "Norte"
        assert {value for value in row.values() if value is not None} <= told


def test_members_are_found_and_a_seller_finds_nobody_else(layer: SemanticLayer) -> None:
    manager = tools_of(replace(a_scope(), sales=layer))["sales_find_value"]
    first, second, *_ = layer.members.all()["seller"]
    for name in (first, second):
        found = content_of(manager.call({"dimension": "seller", "text": name[:-2]}))
        assert name in found["members"]

    own = a_scope(role=Role.SELLER, attributes={"seller": first})
    seller = tools_of(replace(own, sales=layer))["sales_find_value"]
    assert content_of(seller.call({"dimension": "seller", "text": first}))["members"] == [first]
    assert content_of(seller.call({"dimension": "seller", "text": second}))["members"] in (
        [],
        [first],
    )
    assert seller.call({"dimension": "customer", "text": "a"}).error == "not_permitted"


def test_a_database_that_is_gone_is_a_source_that_is_down(dsn: str) -> None:
    gone = ClientDatabase(psycopg.conninfo.make_conninfo(dsn, port=1))
    scope = replace(a_scope(), sales=SemanticLayer(demo_model(), gone, "demo"))
    outcome = tools_of(scope)["sales_query_metrics"].call({"metrics": ["revenue"]})
    gone.close()
    assert (outcome.ok, outcome.error) == (False, "source_unavailable")
    assert "demo_" not in outcome.content
