"""What the alerts on Postgres and Redis look at tells when one of them is away."""

from collections.abc import Iterator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import ValkeyUrl
from tests.integration.api_stage import Stage, stage
from tests.integration.link import Link
from tests.integration.patience import until
from tests.services import MigratedDatabase


@pytest.fixture
def links(database: MigratedDatabase, valkey: ValkeyUrl) -> Iterator[dict[str, Link]]:
    with Link(database.app_dsn) as postgres, Link(valkey.url) as redis:
        yield {"postgres": postgres, "redis": redis}


@pytest.fixture
def on(database: MigratedDatabase, valkey: ValkeyUrl, links: dict[str, Link]) -> Iterator[Stage]:
    with stage(
        database, valkey, app_dsn=links["postgres"].url, redis_url=links["redis"].url
    ) as opened:
        yield opened


def up(client: httpx.Client) -> dict[str, float]:
    return {
        sample.labels["dependency"]: sample.value
        for family in text_string_to_metric_families(client.get("/metrics").text)
        for sample in family.samples
        if sample.name == "sales_dependency_up"
    }


@pytest.mark.parametrize(("away", "stays"), [("postgres", "redis"), ("redis", "postgres")])
def test_what_is_away_is_told_alone_and_until_it_is_back(
    on: Stage, links: dict[str, Link], away: str, stays: str
) -> None:
    with on.door.client() as client:
        until(lambda: up(client) == {away: 1.0, stays: 1.0})
        links[away].cut()
        until(lambda: up(client) == {away: 0.0, stays: 1.0})
        links[away].mend()
        until(lambda: up(client) == {away: 1.0, stays: 1.0})
