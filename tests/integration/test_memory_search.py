"""Recall in the database: what is found, what comes with it, and whose it is."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.domain.identity import ConversationId, PersonId, TenantId, new_id
from backend.llm.embeddings import LocalEmbedder
from backend.memory import terms
from backend.memory.recall import Asked, Memory, Period, meaning_of, search
from backend.store import memories, people
from backend.store.database import Database
from backend.store.memories import NewMemory
from tests.conftest import MigratedDatabase
from tests.integration.stage import Tenant, a_tenant, opened

MODEL = LocalEmbedder.model
EMBEDDER = LocalEmbedder()
BEGAN = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def app(database: MigratedDatabase) -> Iterator[Database]:
    with opened(database.app_dsn, size=2) as app:
        yield app


@pytest.fixture
def tenant(database: MigratedDatabase) -> Tenant:
    with opened(database.owner_dsn, size=1) as owner:
        return a_tenant(owner)


def talk(
    app: Database,
    tenant_id: TenantId,
    user_id: str,
    said: list[str],
    *,
    with_vectors: bool = True,
    external: bool = False,
    new: int | None = None,
) -> PersonId:
    """A conversation of its own, question and answer by turns."""
    vectors = EMBEDDER.embed(said) if with_vectors else [None] * len(said)
    with app.tenant(tenant_id) as conn:
        person_id = people.lock(conn, tenant_id, user_id, "web").person_id
        conversation_id = ConversationId(new_id())
        conn.execute(
            "INSERT INTO conversations (tenant_id, id, person_id, channel, agent) VALUES (%s, %s, %s, 'web', 'sales')",
            [tenant_id, conversation_id, person_id],
        )
        lines = [
            NewMemory(
                id=new_id(),
                conversation_id=conversation_id,
                turn_id=None,
                role="assistant" if number % 2 else "user",
                text=text,
                at=BEGAN + timedelta(minutes=number),
                terms=terms.terms_of(tenant_id, text),
                vector=vector,
                external_id=f"{user_id}-{number}" if external else None,
            )
            for number, (text, vector) in enumerate(zip(said, vectors, strict=True))
        ]
        kept = memories.remember(
            conn, tenant_id, person_id, lines, terms_version=terms.VERSION, embedding_model=MODEL
        )
    assert kept == (len(said) if new is None else new)
    return person_id


def found(
    app: Database,
    tenant_id: TenantId,
    person_id: PersonId,
    question: str,
    *,
    limit: int = 1,
    by_meaning: bool = True,
    periods: Sequence[Period] = (),
    except_ids: Sequence[UUID] = (),
) -> list[Memory]:
    meaning = meaning_of(EMBEDDER, question) if by_meaning else None
    asked = Asked(question, meaning, periods)
    with app.tenant(tenant_id) as conn:
        return search(conn, tenant_id, person_id, asked, except_ids=except_ids, limit=limit)


TALK = [
    "Bom dia, tudo certo por aí?",
    "Tudo ótimo, e com você?",
    "A Padaria União pediu desconto de 12% no pedido de março",
    "Anotei: 12% para a Padaria União, com entrega na quinta",
    "Preciso remarcar a visita ao Mercado Central",
    "Visita ao Mercado Central remarcada para sexta às 15h",
]


def test_the_best_comes_with_what_was_said_before_and_after(app: Database, tenant: Tenant) -> None:
    person = talk(app, tenant.id, "ana", TALK)
    memories_found = found(app, tenant.id, person, "qual desconto a Padaria União pediu?")
    best = memories_found[0]
    assert best.line.text == TALK[2]
    assert not best.beside
    assert {memory.line.text for memory in memories_found} == set(TALK[1:4])
    assert TALK[1] in {memory.line.text for memory in memories_found if memory.beside}


def test_neighbours_are_of_the_same_conversation(app: Database, tenant: Tenant) -> None:
    talk(app, tenant.id, "ana", ["Qual a cor favorita do diretor?", "Azul"])
    person = talk(app, tenant.id, "ana", ["O contrato vence em maio", "Combinado"])
    texts = {
        memory.line.text for memory in found(app, tenant.id, person, "quando vence o contrato?")
    }
    assert texts > {"O contrato vence em maio", "Combinado"}
    assert "Azul" not in texts


def test_what_names_nobody_is_found_by_what_was_said_before_it(
    app: Database, tenant: Tenant
) -> None:
    said = ["Falei com a Padaria União", "Sim?", "Só recebem às quintas", "Anotado"]
    chat = ["E o Mercado Central?", "Nada de novo", "Eles vão pintar a loja"]
    person = talk(app, tenant.id, "ana", chat + said, with_vectors=False)
    texts = [memory.line.text for memory in found(app, tenant.id, person, "Padaria União", limit=9)]
    assert texts.index(said[2]) < min(map(texts.index, chat))


def test_what_was_said_in_a_period_that_is_asked_for_comes_first(
    app: Database, tenant: Tenant
) -> None:
    person = talk(app, tenant.id, "ana", [f"Visita número {number}" for number in range(30)])
    since = BEGAN + timedelta(minutes=11)
    period = (since, since + timedelta(minutes=1))
    best = found(app, tenant.id, person, "o que houve na visita?", periods=[period])[0]
    assert best.line.at == since
    assert best.rank.dated


def test_what_is_told_already_is_not_found_again(app: Database, tenant: Tenant) -> None:
    person = talk(app, tenant.id, "ana", TALK)
    best = found(app, tenant.id, person, "desconto da Padaria União")[0]
    others = found(
        app, tenant.id, person, "desconto da Padaria União", except_ids=[best.line.id], limit=9
    )
    assert {memory.line.text for memory in others} == set(TALK) - {best.line.text}


def test_long_messages_are_as_many_as_asked_for_and_no_more(app: Database, tenant: Tenant) -> None:
    person = talk(app, tenant.id, "ana", [f"{number} " + "desconto " * 100 for number in range(9)])
    assert len(found(app, tenant.id, person, "desconto", limit=2)) == 2


def test_nothing_is_found_where_nothing_was_said(app: Database, tenant: Tenant) -> None:
    person = talk(app, tenant.id, "ana", [])
    assert found(app, tenant.id, person, "desconto") == []


def test_without_vectors_it_is_found_by_its_words(app: Database, tenant: Tenant) -> None:
    person = talk(app, tenant.id, "ana", TALK, with_vectors=False)
    for by_meaning in (True, False):
        best = found(app, tenant.id, person, "visitas ao mercado", by_meaning=by_meaning)[0]
        assert "Mercado Central" in best.line.text
        assert best.rank.semantic is None


def test_by_meaning_across_languages(app: Database, tenant: Tenant) -> None:
    person = talk(app, tenant.id, "ana", TALK)
    best = found(app, tenant.id, person, "postpone the meeting with the supermarket")[0]
    assert "Mercado Central" in best.line.text


def test_the_same_line_is_kept_once(app: Database, tenant: Tenant) -> None:
    person = talk(app, tenant.id, "ana", TALK[:2], external=True)
    assert talk(app, tenant.id, "ana", TALK[:2], external=True, new=0) == person
    assert len(found(app, tenant.id, person, "bom dia", limit=10)) == 2


def test_nobody_recalls_what_another_person_said(app: Database, tenant: Tenant) -> None:
    talk(app, tenant.id, "ana", TALK)
    bia = talk(app, tenant.id, "bia", ["Olá", "Oi, Bia"])
    texts = {memory.line.text for memory in found(app, tenant.id, bia, TALK[2], limit=10)}
    assert texts == {"Olá", "Oi, Bia"}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(question=st.text(max_size=200))
def test_whatever_is_asked_only_the_persons_own_words_come(
    app: Database, tenant: Tenant, question: str
) -> None:
    talk(app, tenant.id, "canary", ["canário secreto 8731", "sim, 8731"])
    eva = talk(app, tenant.id, "eva", ["uma linha de Eva"])
    texts = {
        memory.line.text
        for memory in found(app, tenant.id, eva, f"{question} canário secreto 8731", limit=10)
    }
    assert texts == {"uma linha de Eva"}
