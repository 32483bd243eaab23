"""Rows that were read are told again where nothing can have changed, and to nobody who may not see them."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
import redis

from backend.answering import result_cache
from backend.answering.result_cache import CachedLayer
from backend.answering.world import Source
from backend.domain.identity import Role
from backend.domain.sales import MetricQuery
from backend.live.kept_rows import KeptRows
from backend.semantic.query_arguments import query_from_arguments
from backend.store import people
from tests.conftest import LOOPBACK, MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.link import free_port
from tests.integration.road_stage import TODAY, Road, a_road

OCTOBER = "Qual foi o faturamento de outubro?"
ROLES = frozenset({"manager"})


@pytest.fixture(scope="module")
def road(
    postgres: PostgresCluster, module_database: MigratedDatabase, _valkey: ValkeyUrl
) -> Iterator[Road]:
    with a_road(postgres, module_database, _valkey) as road:
        yield road


@pytest.fixture(scope="module")
def redis_url(_valkey: ValkeyUrl) -> str:
    return _valkey.url


def test_the_same_rows_are_not_read_twice(road: Road) -> None:
    question = "Quantos pedidos tivemos em maio de 2025?"
    first = road.ask(question, user_id="cache-1")
    again = road.ask("pedidos de maio de 2025", user_id="cache-2")
    assert (first["cached"], again["cached"]) == (False, True)
    assert again["figures"] == first["figures"]
    assert again["cache"]["age_seconds"] >= 0
    assert first["cache"] is None
    assert road.ask("pedidos de junho de 2025", user_id="cache-2")["cached"] is False


def test_a_total_is_told_from_what_was_read_beside_it(road: Road) -> None:
    both = road.ask("Quais foram as vendas de abril de 2025?", user_id="beside")
    alone = road.ask("Qual foi o faturamento de abril de 2025?", user_id="beside")
    assert {figure["metric"] for figure in both["figures"]} == {"revenue", "contracts_closed"}
    assert (both["cached"], alone["cached"]) == (False, True)
    read = replace(road, world=replace(road.world, kept_rows=None))
    again = read.ask("Qual foi o faturamento de abril de 2025?", user_id="beside-2")
    assert again["cached"] is False
    assert again["figures"] == alone["figures"]


def test_what_an_answer_cost_is_spared_where_its_rows_are_told_again(road: Road) -> None:
    question = "Quantos pedidos tivemos em novembro de 2025?"
    first = road.ask(question, user_id="spared")
    source = _source(road)
    layer = _remembering(road, source)
    query = query_from_arguments(first["tool_calls"][0]["arguments"])
    assert layer.answer(query, role="manager", attributes={}, permitted_roles=ROLES).cached
    assert layer.told_cost_nano == 0

    other = replace(query, metrics=("units",))
    dear = _remembering(road, source)
    assert not dear.answer(other, role="manager", attributes={}, permitted_roles=ROLES).cached
    # Kept only when its answer stands.
    assert (
        not _remembering(road, source)
        .answer(other, role="manager", attributes={}, permitted_roles=ROLES)
        .cached
    )
    dear.keep(2_500_000)
    again = _remembering(road, source)
    assert again.answer(other, role="manager", attributes={}, permitted_roles=ROLES).cached
    assert again.told_cost_nano == 2_500_000


def test_behind_another_login_lie_other_rows(road: Road) -> None:
    source = _source(road)
    query = MetricQuery(metrics=("discount_amount",), to_date=date(2025, 12, 31))
    first = _remembering(road, source)
    first.answer(query, role="manager", attributes={}, permitted_roles=ROLES)
    first.keep(0)
    assert (
        _remembering(road, source)
        .answer(query, role="manager", attributes={}, permitted_roles=ROLES)
        .cached
    )
    changed = replace(source, stamp="set up anew")
    assert (
        not _remembering(road, changed)
        .answer(query, role="manager", attributes={}, permitted_roles=ROLES)
        .cached
    )


@pytest.mark.parametrize(
    ("to_date", "seconds"),
    [
        (date(2026, 10, 31), result_cache.CLOSED_SECONDS),
        (date(2026, 11, 23), result_cache.OPEN_SECONDS),
        (date(2026, 11, 30), result_cache.OPEN_SECONDS),
        (None, result_cache.OPEN_SECONDS),
        # Before the company was there: nothing, and perhaps not yet.
        (date(1990, 1, 31), result_cache.OPEN_SECONDS),
    ],
)
def test_what_may_still_change_is_kept_for_less(
    road: Road, redis_url: str, to_date: date | None, seconds: float
) -> None:
    client = redis.Redis.from_url(redis_url)
    client.flushdb()
    layer = _remembering(road, _source(road))
    layer.answer(
        MetricQuery(metrics=("revenue",), to_date=to_date),
        role="manager",
        attributes={},
        permitted_roles=ROLES,
    )
    layer.keep(0)
    [key] = client.scan_iter("sales:rows:*")
    left = client.pttl(key)
    assert isinstance(left, int)
    assert seconds * 0.9 < left / 1000 <= seconds


def test_bytes_that_somebody_planted_are_not_believed(road: Road, redis_url: str) -> None:
    question = "Quantos pedidos tivemos em março de 2025?"
    true = road.ask(question, user_id="planted")["figures"]
    client = redis.Redis.from_url(redis_url)
    keys = list(client.scan_iter("sales:rows:*"))
    assert keys
    for key in keys:
        kept = client.get(key)
        assert isinstance(kept, bytes)
        client.set(key, kept[:32] + kept[32:].replace(b"1", b"9").replace(b"2", b"8"))
    again = road.ask(question, user_id="planted")
    assert again["cached"] is False
    assert again["figures"] == true


def test_moved_bytes_are_not_believed(road: Road, redis_url: str) -> None:
    """A value of another key is as wrong as a made-up one."""
    client = redis.Redis.from_url(redis_url)
    client.flushdb()
    road.ask("Quantos pedidos tivemos em janeiro de 2025?", user_id="moved")
    [january] = client.scan_iter("sales:rows:*")
    kept = client.get(january)
    assert isinstance(kept, bytes)
    february = road.ask("Quantos pedidos tivemos em fevereiro de 2025?", user_id="moved")
    for key in client.scan_iter("sales:rows:*"):
        client.set(key, kept)
    again = road.ask("Quantos pedidos tivemos em fevereiro de 2025?", user_id="moved")
    assert again["figures"] == february["figures"]
    assert again["cached"] is False


def test_without_redis_there_is_no_cache_and_no_failure(
    postgres: PostgresCluster, database: MigratedDatabase
) -> None:
    nowhere = ValkeyUrl(url=f"redis://127.0.0.1:{free_port()}/0")
    with a_road(postgres, database, nowhere) as road:
        first = road.ask(OCTOBER)
        assert first["cached"] is road.ask(OCTOBER)["cached"] is False


def test_two_askers_of_different_scope_share_no_entry(road: Road) -> None:
    """A seller's own rows and everybody's are two questions."""
    tenant_id = road.tenant_id
    with road.world.database.tenant(tenant_id) as conn:
        sellers = road.world.sources.find(conn, tenant_id, None)().layer
        assert sellers is not None
        one, other, *_ = sellers.members.of("seller")
        for user_id, name in (("own-1", one), ("own-2", other)):
            people.describe(
                conn, tenant_id, user_id, role=Role.SELLER, name=None, attributes={"seller": name}
            )
    question = "Qual foi o faturamento de agosto de 2025?"
    told = [road.ask(question, user_id=user) for user in ("everybody", "own-1", "own-2")]
    assert [body["cached"] for body in told] == [False, False, False]
    assert len({body["figures"][0]["value"] for body in told}) == 3
    assert [road.ask(question, user_id=user)["cached"] for user in ("own-1", "own-2")] == [True] * 2


def test_with_the_scope_left_out_of_the_statement_they_would_share(
    road: Road, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: the statement in the key is what tells them apart."""
    monkeypatch.setattr(result_cache, "key_of", lambda *_: "one key for all")
    first = road.ask("Qual foi o faturamento de julho de 2025?", user_id="everybody")
    second = road.ask("Qual foi o faturamento de junho de 2025?", user_id="own-1")
    assert second["cached"] is True
    assert second["figures"][0]["value"] == first["figures"][0]["value"]


def test_a_redis_that_does_not_answer_is_not_asked_again_at_once() -> None:
    with socket.create_server((LOOPBACK[0], 0)) as deaf:
        kept = KeptRows(f"redis://{LOOPBACK[0]}:{deaf.getsockname()[1]}/0", "a secret")
        assert kept.get("1") is None
        assert kept.get("2") is None
        kept.put("3", b"rows", 60)
        deaf.settimeout(0.2)
        deaf.accept()[0].close()
        with pytest.raises(TimeoutError):
            deaf.accept()
        kept.close()


def _source(road: Road) -> Source:
    with road.world.database.tenant(road.tenant_id) as conn:
        return road.world.sources.find(conn, road.tenant_id, None)()


def _remembering(road: Road, source: Source) -> CachedLayer:
    assert source.layer is not None
    assert road.world.kept_rows is not None
    return CachedLayer(
        layer=source.layer,
        kept=road.world.kept_rows,
        tenant_id=road.tenant_id,
        source_id=source.id,
        source_stamp=source.stamp,
        today=TODAY,
    )
