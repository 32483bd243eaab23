"""What is too much to recall folds into digests, and nothing of it is left behind."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.identity import ConversationId, PersonId, TaskId, TenantId, new_id
from backend.jobs.fold_memories import MARGIN, fold_memories, want_fold
from backend.memory import terms
from backend.memory.recall import Asked, search
from backend.store import folding, memories, people, tasks
from backend.store.database import Database
from backend.store.memories import NewMemory
from backend.store.tasks import NewTask
from tests.conftest import MigratedDatabase
from tests.integration.stage import Tenant, a_tenant, claim, opened

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
MOST = 20


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn, size=2) as app:
        yield app


@pytest.fixture
def tenant(database: MigratedDatabase) -> Tenant:
    with opened(database.owner_dsn, size=1) as owner:
        return a_tenant(owner)


def talk(app: Database, tenant_id: TenantId, user_id: str, said: list[str]) -> PersonId:
    """One a day, the person's and the assistant's by turns."""
    with app.tenant(tenant_id) as conn:
        person_id = people.lock(conn, tenant_id, user_id, "web").person_id
        conversation_id = ConversationId(new_id())
        conn.execute(
            "INSERT INTO conversations (tenant_id, id, person_id, channel, agent) VALUES (%s, %s, %s, 'web', 'sales')",
            [tenant_id, conversation_id, person_id],
        )
        memories.remember(
            conn,
            tenant_id,
            person_id,
            [
                NewMemory(
                    id=new_id(),
                    conversation_id=conversation_id,
                    turn_id=None,
                    role="assistant" if number % 2 else "user",
                    text=text,
                    at=BEGAN + timedelta(days=number),
                    terms=terms.terms_of(tenant_id, text),
                    vector=None,
                )
                for number, text in enumerate(said)
            ],
            terms_version=terms.VERSION,
            embedding_model="none",
        )
    return person_id


def fold(app: Database, tenant_id: TenantId, person_id: PersonId, most_exchanges: int) -> None:
    with app.tenant(tenant_id) as conn:
        tasks.add(
            conn,
            NewTask(
                id=TaskId(new_id()),
                kind="fold",
                lane="bulk",
                tenant_id=tenant_id,
                subject_id=person_id,
            ),
        )
    fold_memories(app, "none", most_exchanges, claim(app, "bulk"))


def found(app: Database, tenant_id: TenantId, person_id: PersonId, text: str) -> list[str]:
    with app.tenant(tenant_id) as conn:
        memories_found = search(conn, tenant_id, person_id, Asked(text, None), limit=40)
    return [memory.line.text for memory in memories_found if memory.rank.lexical > 0]


def counted(app: Database, tenant_id: TenantId, person_id: PersonId) -> tuple[int, int, set[int]]:
    """Memories and words as they are counted, and the numbers that terms name."""
    with app.tenant(tenant_id) as conn:
        [size] = conn.execute(
            "SELECT memories, words FROM memory_sizes WHERE tenant_id = %s AND person_id = %s",
            [tenant_id, person_id],
        )
        [there] = conn.execute(
            "SELECT count(*) AS memories, coalesce(sum(words), 0) AS words,"
            " coalesce(array_agg(no), '{}') AS nos FROM memories WHERE tenant_id = %s AND person_id = %s",
            [tenant_id, person_id],
        )
        rows = conn.execute(
            "SELECT nos, counts FROM memory_terms WHERE tenant_id = %s AND person_id = %s",
            [tenant_id, person_id],
        ).fetchall()
    assert (size["memories"], size["words"]) == (there["memories"], there["words"])
    assert all(len(row["nos"]) == len(row["counts"]) > 0 for row in rows)
    named = {no for row in rows for no in row["nos"]}
    assert named <= set(there["nos"])
    return size["memories"], size["words"], named


SAID = [f"A padaria {number} pediu desconto de doze por cento" for number in range(60)]


def test_the_oldest_fold_into_a_digest_of_each_month(app: Database, tenant: Tenant) -> None:
    ana = talk(app, tenant.id, "ana", SAID)
    fold(app, tenant.id, ana, MOST)
    memories_left, _, _ = counted(app, tenant.id, ana)
    assert memories_left <= 2 * MOST + 2
    texts = found(app, tenant.id, ana, "desconto da padaria")
    assert SAID[59] in texts
    assert SAID[0] not in texts
    [digest] = [text for text in texts if text.startswith("2026-01-01")]
    assert f"2026-01-01: {SAID[0]} · 2026-01-03: {SAID[2]}" in digest


def test_what_is_folded_once_is_not_folded_again(app: Database, tenant: Tenant) -> None:
    ana = talk(app, tenant.id, "ana", SAID)
    fold(app, tenant.id, ana, MOST)
    before = counted(app, tenant.id, ana)
    fold(app, tenant.id, ana, 2 * MOST)
    assert counted(app, tenant.id, ana) == before


def test_nobody_else_loses_anything(app: Database, tenant: Tenant) -> None:
    ana, bia = (talk(app, tenant.id, name, SAID) for name in ("ana", "bia"))
    before = counted(app, tenant.id, bia)
    fold(app, tenant.id, ana, MOST)
    assert counted(app, tenant.id, bia) == before


def test_a_fold_is_wanted_above_the_bound_and_its_margin_only(
    app: Database, tenant: Tenant
) -> None:
    ana = talk(app, tenant.id, "ana", ["oi"] * (MARGIN + 20))
    with app.tenant(tenant.id) as conn:
        want_fold(conn, tenant.id, ana, 10)
        [row] = conn.execute("SELECT count(*) AS wanted FROM tasks")
        assert row["wanted"] == 0
        want_fold(conn, tenant.id, ana, 9)
        want_fold(conn, tenant.id, ana, 9)
        [row] = conn.execute("SELECT count(*) AS wanted FROM tasks")
        assert row["wanted"] == 1


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.sampled_from(["desconto", "padaria união", "x y z w", "?"]), max_size=12))
def test_whatever_is_removed_leaves_neither_terms_nor_counts(
    app: Database, tenant: Tenant, said: list[str]
) -> None:
    person = talk(app, tenant.id, f"user-{new_id()}", [*said, "fim"])
    with app.tenant(tenant.id) as conn:
        nos = [old.no for old in folding.oldest(conn, tenant.id, person, len(said))]
        folding.remove(conn, tenant.id, person, nos)
    assert counted(app, tenant.id, person)[0] == 1
