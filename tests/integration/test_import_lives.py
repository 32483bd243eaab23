"""Imports that meet each other, that lose what they were to read, and that nobody finishes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest

from backend.jobs.import_history import give_up, import_history
from backend.jobs.rounds import go_round
from backend.llm.embeddings import LocalEmbedder
from backend.store import imports, tasks
from backend.store.database import Database
from tests.conftest import MigratedDatabase
from tests.integration.stage import Tenant, a_tenant, opened

MODEL = LocalEmbedder.model


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn, size=8) as app:
        yield app


@pytest.fixture
def tenant(database: MigratedDatabase) -> Tenant:
    with opened(database.owner_dsn, size=1) as owner:
        return a_tenant(owner)


def chunks(users: Sequence[str], *, count: int = 6, each: int = 40) -> list[list[dict[str, Any]]]:
    """Chunks in which the users take turns; a user's lines have the same names in every import."""
    lines = [
        {
            "no": number,
            "user_id": users[number % len(users)],
            "conversation_id": f"talk-{number // 50}",
            "role": "user",
            "text": f"pedido número {number} da padaria",
            "at": "2026-03-02T09:00:00+00:00",
            "external_id": f"line-{number // len(users)}",
        }
        for number in range(count * each)
    ]
    return [lines[start : start + each] for start in range(0, len(lines), each)]


def received(app: Database, tenant: Tenant, said: Sequence[list[dict[str, Any]]]) -> UUID:
    import_id = imports.begin(app, tenant.id)
    for no, chunk in enumerate(said):
        imports.add_chunk(app, tenant.id, import_id, no, chunk)
    lines = sum(map(len, said))
    imports.received(app, tenant.id, import_id, lines=lines, accepted=lines, rejected=0)
    return import_id


def work(app: Database) -> bool:
    """Do the next import to its end; whether there was one."""
    claim = tasks.claim(app, "bulk")
    if claim is None or claim.kind != "import":
        return False
    import_history(app, MODEL, claim)
    return True


def rows(app: Database, tenant: Tenant, query: str) -> list[tuple[Any, ...]]:
    with app.tenant(tenant.id) as conn:
        return [tuple(row.values()) for row in conn.execute(query.encode())]


def progress(app: Database, tenant: Tenant, import_id: UUID) -> imports.Progress:
    state = imports.progress(app, tenant.id, import_id)
    assert state is not None
    return state


def test_two_files_of_the_same_persons_at_once_keep_each_line_once(
    app: Database, tenant: Tenant
) -> None:
    said = chunks(["ana", "bia", "caio"])
    other = chunks(["caio", "bia", "ana"])
    both = [received(app, tenant, said), received(app, tenant, other)]
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda _: work(app), both)) == [True, True]
    states = [progress(app, tenant, each) for each in both]
    assert {state.status for state in states} == {"done"}
    assert sum(state.stored for state in states) == 240
    assert sum(state.repeated for state in states) == 240
    assert rows(
        app,
        tenant,
        "SELECT count(*), count(DISTINCT (person_id, external_id)) AS names FROM memories",
    ) == [(240, 240)]
    assert rows(app, tenant, "SELECT sum(memories)::int FROM memory_sizes") == [(240,)]
    assert rows(app, tenant, "SELECT count(*) FROM import_chunks") == [(0,)]


@pytest.mark.parametrize(
    "loss",
    ["DELETE FROM import_chunks", "UPDATE import_chunks SET lines = '[]'"],
)
def test_lines_that_were_taken_away_before_their_turn_are_not_counted_as_kept(
    app: Database, tenant: Tenant, loss: str
) -> None:
    import_id = received(app, tenant, chunks(["ana"]))
    with app.tenant(tenant.id) as conn:
        conn.execute(loss.encode())
    assert work(app)
    state = progress(app, tenant, import_id)
    assert (state.status, state.accepted, state.stored, state.repeated) == ("done", 240, 0, 0)
    assert rows(app, tenant, "SELECT count(*) FROM persons") == [(0,)]


def test_of_a_person_taken_out_of_the_lines_nothing_comes_back(
    app: Database, tenant: Tenant
) -> None:
    received(app, tenant, chunks(["ana", "bia"]))
    with app.tenant(tenant.id) as conn:
        conn.execute(
            "UPDATE import_chunks SET lines = (SELECT jsonb_agg(line) FROM jsonb_array_elements(lines) line"
            " WHERE line ->> 'user_id' <> 'bia')"
        )
    assert work(app)
    assert rows(app, tenant, "SELECT user_id FROM persons") == [("ana",)]


def test_who_was_erased_may_be_brought_again_by_the_same_names(
    app: Database, tenant: Tenant
) -> None:
    said = chunks(["ana"])
    received(app, tenant, said)
    assert work(app)
    with app.tenant(tenant.id) as conn:
        for table in ("memories", "memory_terms", "memory_sizes", "conversations", "identities"):
            conn.execute(f"DELETE FROM {table} WHERE tenant_id = %s".encode(), [tenant.id])
        conn.execute("DELETE FROM persons WHERE tenant_id = %s", [tenant.id])
    again = received(app, tenant, said)
    while progress(app, tenant, again).status != "done":
        claim = tasks.claim(app, "bulk")
        assert claim is not None
        if claim.kind == "import":
            import_history(app, MODEL, claim)
    assert progress(app, tenant, again).stored == 240


def test_an_import_that_is_given_up_keeps_nobodys_words(app: Database, tenant: Tenant) -> None:
    import_id = received(app, tenant, chunks(["ana"]))
    claim = tasks.claim(app, "bulk")
    assert claim is not None
    give_up(app, claim, "internal")
    assert progress(app, tenant, import_id).status == "failed"
    assert rows(app, tenant, "SELECT count(*) FROM import_chunks") == [(0,)]


def test_what_a_caller_left_in_the_middle_goes_after_a_day_and_not_before(
    app: Database, tenant: Tenant
) -> None:
    old, young = imports.begin(app, tenant.id), imports.begin(app, tenant.id)
    for each in (old, young):
        imports.add_chunk(app, tenant.id, each, 0, chunks(["ana"])[0])
    with app.tenant(tenant.id) as conn:
        conn.execute(
            "UPDATE imports SET created_at = now() - interval '25 hours' WHERE tenant_id = %s AND id = %s",
            [tenant.id, old],
        )
    go_round(app, MODEL)
    assert rows(app, tenant, "SELECT import_id FROM import_chunks") == [(young,)]


def test_progress_tells_which_model_made_how_many(app: Database, tenant: Tenant) -> None:
    import_id = received(app, tenant, chunks(["ana"]))
    assert work(app)
    with app.tenant(tenant.id) as conn:
        conn.execute(
            "UPDATE memories SET embedding = %s::halfvec, embedding_model = 'old' WHERE tenant_id = %s AND no <= 10",
            [json.dumps([0.5] * 512), tenant.id],
        )
    state = progress(app, tenant, import_id)
    expected: Mapping[str, int] = {"old": 10}
    assert (state.without_vector, state.vectors) == (230, expected)
