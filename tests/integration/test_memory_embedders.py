"""Another embedder, a failing one, and one that comes back: words are found all the while."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from backend.domain.identity import TenantId
from backend.domain.ports import Embedder
from backend.jobs.learn_facts import learn_facts
from backend.jobs.recollection import recollection
from backend.jobs.remember_turn import remember_turn
from backend.jobs.renew_memories import renew_memories
from backend.jobs.rounds import go_round
from backend.llm.embeddings import LocalEmbedder
from backend.store import tasks
from backend.store.tasks import Claim
from tests.conftest import MigratedDatabase, PostgresCluster, ValkeyUrl
from tests.integration.road_stage import Road, a_road
from tests.wire.embedding_server import EmbeddingServer

LOCAL = LocalEmbedder()
OPENAI = "text-embedding-3-small"
SAID = "meu time favorito é o Bahia"
ASKED = "qual é o meu time favorito?"


@pytest.fixture
def server() -> Iterator[EmbeddingServer]:
    with EmbeddingServer() as server:
        yield server


@pytest.fixture
def road(
    postgres: PostgresCluster,
    database: MigratedDatabase,
    valkey: ValkeyUrl,
    server: EmbeddingServer,
) -> Iterator[Road]:
    with a_road(
        postgres,
        database,
        valkey,
        llm_provider="offline",
        embedding_provider="openai",
        openai_api_key="k",
        openai_base_url=server.base_url("openai"),
    ) as road:
        yield road


@contextmanager
def other_embedder(road: Road, embedder: Embedder) -> Iterator[Road]:
    """The same road with another embedder, as after a restart."""
    yield replace(road, world=replace(road.world, embedder=embedder))


def remember_all(road: Road) -> None:
    while road.follow_ups:
        remember_turn(road.world.database, road.world.embedder, road.follow_ups.pop())


def rows(road: Road, query: str) -> list[tuple[Any, ...]]:
    with road.world.database.tenant(road.tenant_id) as conn:
        return [tuple(row.values()) for row in conn.execute(query.encode())]


def made_by(road: Road) -> dict[str | None, int]:
    return dict(
        rows(road, "SELECT embedding_model, count(*) FROM memories GROUP BY embedding_model")
    )


def renewal(road: Road) -> Claim | None:
    """The renewal that is due, as a worker takes it."""
    claimed = tasks.claim(road.world.database, "bulk")
    while claimed is not None and claimed.kind == "learn":
        learn_facts(road.world, claimed)
        claimed = tasks.claim(road.world.database, "bulk")
    assert claimed is None or claimed.kind == "renew"
    return claimed


def let_time_pass(road: Road) -> None:
    with road.world.database.open() as conn:
        conn.execute("UPDATE tasks SET run_at = now()")


def renew_all(road: Road) -> None:
    while (claim := renewal(road)) is not None:
        renew_memories(road.world.database, road.world.embedder, claim)


def recalled(road: Road, question: str) -> list[dict[str, Any]]:
    found = recollection(
        road.world, TenantId(road.tenant_id), {"query": question, "user_id": "123", "k": 5}
    )
    return list(found["items"])


def gathered(road: Road) -> dict[str, Any]:
    """What the trace of the last turn says of what it gathered."""
    found = rows(
        road, "SELECT detail FROM steps WHERE name = 'recall' ORDER BY turn_id DESC LIMIT 1"
    )
    detail: dict[str, Any] = found[0][0]
    return detail


def test_a_turn_is_recalled_and_remembered_by_the_provider_and_pays_for_it(
    road: Road, server: EmbeddingServer
) -> None:
    road.ask(SAID)
    remember_all(road)
    assert made_by(road) == {OPENAI: 2}
    calls = rows(
        road,
        "SELECT purpose, provider, model, state, input_tokens, cost_nano, priced FROM llm_calls",
    )
    # The question's vector serves twice; the answer's is the second call.
    assert len(calls) == len(server.asked) == 2
    assert {call[:4] for call in calls} == {("embed", "openai", OPENAI, "ok")}
    assert all(call[6] and call[5] == call[4] * 20 for call in calls)
    assert sum(call[5] for call in calls) == rows(road, "SELECT cost_nano FROM turns")[0][0] > 0


def test_with_the_embedder_down_the_turn_is_answered_and_its_words_are_recalled(
    road: Road, server: EmbeddingServer
) -> None:
    server.refusing = 401
    road.ask(SAID)
    assert gathered(road)["embedder"] == "unavailable"
    remember_all(road)
    assert made_by(road) == {None: 2}
    items = recalled(road, ASKED)
    assert SAID in [item["text"] for item in items]
    assert {item["semantic"] for item in items} == {None}
    with other_embedder(road, LOCAL) as later:
        later.ask("bom dia, tudo bem?")
    assert gathered(road)["embedder"] == "ok"


def test_vectors_follow_when_the_embedder_is_back_and_nobody_asks_it_meanwhile(
    road: Road, server: EmbeddingServer
) -> None:
    server.refusing = 401
    road.ask(SAID)
    remember_all(road)
    claim = renewal(road)
    assert claim is not None
    renew_memories(road.world.database, road.world.embedder, claim)
    asked = len(server.asked)
    # Put off, not given up, and not tried again at once.
    assert renewal(road) is None
    assert rows(
        road, "SELECT kind, state, failures FROM tasks WHERE run_at > now() + interval '30 seconds'"
    ) == [("renew", "ready", 0)]
    server.refusing = None
    let_time_pass(road)
    renew_all(road)
    assert len(server.asked) > asked
    assert made_by(road) == {OPENAI: 2}
    assert rows(road, "SELECT count(*) FROM tasks") == [(0,)]


def test_with_the_embedder_up_nothing_is_put_off(road: Road) -> None:
    """The twin of the two above."""
    road.ask(SAID)
    assert gathered(road)["embedder"] == "ok"
    remember_all(road)
    assert renewal(road) is None
    assert {item["semantic"] is None for item in recalled(road, ASKED)} == {False}


class Broken:
    model = "broken"

    def embed(self, texts: list[str]) -> list[list[float]]:
        raise MemoryError if not texts else RuntimeError("the weights are gone")


def test_a_library_that_breaks_costs_the_vectors_and_not_the_turn(road: Road) -> None:
    with other_embedder(road, Broken()) as broken:
        broken.ask(SAID)
        remember_all(broken)
        assert made_by(road) == {None: 2}
        assert SAID in [item["text"] for item in recalled(broken, ASKED)]


def test_a_switch_is_made_in_the_background_and_words_are_found_meanwhile(
    road: Road, server: EmbeddingServer
) -> None:
    with other_embedder(road, LOCAL) as before:
        for number in range(3):
            before.ask(f"{SAID} {number}")
        remember_all(before)
    assert made_by(road) == {LOCAL.model: 6}

    # The worker starts with another provider: its first look asks for the renewal.
    go_round(road.world.database, road.world.embedder.model)
    items = recalled(road, ASKED)
    assert {item["semantic"] for item in items} == {None}
    assert any(SAID in item["text"] for item in items)

    # The provider limits us in the middle: what is left waits.
    server.answers.append((429, {"error": {"message": "slow down"}}, {"retry-after": "600"}))
    claim = renewal(road)
    assert claim is not None
    renew_memories(road.world.database, road.world.embedder, claim)
    assert made_by(road) == {LOCAL.model: 6}
    assert renewal(road) is None
    # A turn of meanwhile has the new model's vectors; both are found.
    road.ask("o pedido da padaria saiu ontem")
    remember_all(road)
    assert made_by(road) == {LOCAL.model: 6, OPENAI: 2}
    found = {item["semantic"] is None for item in recalled(road, f"{ASKED} pedido da padaria")}
    assert found == {True, False}

    let_time_pass(road)
    renew_all(road)
    assert made_by(road) == {OPENAI: 8}
    assert all(item["semantic"] is not None for item in recalled(road, ASKED))


def test_nobody_who_needs_no_renewal_is_asked_for_one(road: Road) -> None:
    road.ask(SAID)
    remember_all(road)
    go_round(road.world.database, road.world.embedder.model)
    assert renewal(road) is None
