"""Two tenants and three people who call themselves alike, each with a word of their own in every store."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
from psycopg import sql

from backend.domain.chat import Purpose
from backend.domain.facts import SELF, Statement
from backend.domain.identity import (
    ConversationId,
    PersonId,
    Role,
    TaskId,
    TenantId,
    TurnId,
    new_id,
)
from backend.domain.trace import Step, ToolCall, ToolOutcome
from backend.domain.usage import Usage
from backend.memory import terms
from backend.store import (
    document_reading,
    documents,
    erasures,
    errands,
    facts,
    imports,
    llm_calls,
    memories,
    people,
    tenants,
    turns,
)
from backend.store.database import Conn, Database
from backend.store.document_reading import NewPassage, Unread
from backend.store.documents import Upload
from backend.store.erasures import Erasure
from backend.store.errands import Errand
from backend.store.facts import NewFact
from backend.store.llm_calls import Payer, Settlement
from backend.store.memories import NewMemory
from backend.store.tasks import Claim
from backend.store.turn_list import Chosen
from backend.store.turns import AnswerRecord
from tests.conftest import MigratedDatabase
from tests.integration.stage import a_record, a_tenant, ask, claim, opened

#: Everybody's names for everything are the same: what tells them apart is whose they are.
USER, TALK, SOURCE, AGENT = "123", "the talk", "the source", "sales"
MOMENT = datetime(2026, 11, 24, 12, tzinfo=UTC)
VECTOR = [1.0] + [0.0] * 511
ALWAYS = Chosen(start=MOMENT - timedelta(days=4000), end=MOMENT + timedelta(days=4000))
END = Settlement(
    model="stage-1",
    usage=Usage(llm_calls=1, input_tokens=1),
    time_ms=1,
    finish_reason="stop",
    error_code=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """What is somebody's: the ids of their things, and the word that only they have."""

    tenant_id: TenantId
    person_id: PersonId
    conversation_id: ConversationId
    turn_id: TurnId
    #: A turn that is still to be answered, and its task.
    open_turn: TurnId
    work: Claim
    call_id: UUID
    errand_id: UUID
    #: One that has its answer.
    told_errand_id: UUID
    import_id: UUID
    source_id: UUID
    fact_id: UUID
    #: One that serves, and one that is still to be read.
    document_id: UUID
    unread_document_id: UUID
    erasure_id: UUID
    canary: str

    def claim(self, subject_id: UUID) -> Claim:
        """A task about something of theirs."""
        return Claim(
            id=TaskId(new_id()),
            kind="answer",
            lane="interactive",
            tenant_id=self.tenant_id,
            subject_id=subject_id,
            conversation_id=self.conversation_id,
            attempt=self.work.attempt,
            failures=0,
        )

    @property
    def erasure(self) -> Erasure:
        return Erasure(
            id=self.erasure_id, tenant_id=self.tenant_id, person_id=self.person_id, user_id=USER
        )


def populate(app: Database, tenant_id: TenantId, canary: str, user: str = USER) -> Owned:
    """Let somebody have something of every kind, each with their word in it."""
    asked = ask(
        app, tenant_id, f"pergunta {canary}", user_id=user, conversation=TALK, key=f"{user}-key"
    )
    work = claim(app)
    while work.subject_id != asked.turn_id:
        # What is left to do for those who came before stays so.
        work = claim(app)
    begun = turns.begin(app, work)
    assert begun is not None
    person_id = begun.asker.person_id
    payer = Payer(
        tenant_id=tenant_id, turn_id=work.turn_id, person_id=person_id, attempt=work.attempt
    )
    call_id = llm_calls.open_call(
        app, payer, purpose=Purpose.ANSWER, provider="stage", model=canary
    )
    turns.record_answer(app, work, _record(canary))
    with app.tenant(tenant_id) as conn:
        people.describe(
            conn, tenant_id, user, role=Role.SELLER, name=canary, attributes={"city": canary}
        )
        for number in range(3):
            memories.remember(
                conn,
                tenant_id,
                person_id,
                [
                    a_memory(
                        tenant_id, begun.conversation_id, f"{canary} lembrança {number}", VECTOR
                    )
                ],
                terms_version=terms.VERSION,
                embedding_model="fixed",
            )
        # To be found by its words only, as yet.
        memories.remember(
            conn,
            tenant_id,
            person_id,
            [a_memory(tenant_id, begun.conversation_id, f"{canary} sem vetor", None)],
            terms_version=terms.VERSION,
            embedding_model="fixed",
        )
        fact = facts.write(conn, tenant_id, person_id, a_fact(f"gosta de {canary}"))
    document = documents.add(
        app,
        tenant_id,
        Upload(title=f"título {canary}", source=canary, content=canary.encode()),
    )
    with app.tenant(tenant_id) as conn:
        document_reading.begin_reading(
            conn,
            _about(work, document.id),
            [a_passage(tenant_id, canary)],
            terms_version=terms.VERSION,
            format_name="txt",
            pages=None,
        )
        document_reading.make_ready(
            conn,
            _about(work, document.id),
            Unread(title=f"título {canary}", source=canary, content=None, status="reading"),
        )
    unread = documents.add(
        app, tenant_id, Upload(title=f"novo {canary}", source=canary, content=canary.encode())
    )
    errand_id = new_id()
    errands.begin(
        app, tenant_id, errand_id, Errand(kind="recall", asked={"user_id": user, "query": canary})
    )
    told_errand_id = new_id()
    errands.begin(app, tenant_id, told_errand_id, Errand(kind="recall", asked={}))
    with app.tenant(tenant_id) as conn:
        conn.execute(
            "UPDATE errands SET status = 'answered', answer = to_json(%s::text)"
            " WHERE tenant_id = %s AND id = %s",
            [canary, tenant_id, told_errand_id],
        )
    import_id = imports.begin(app, tenant_id)
    imports.add_chunk(app, tenant_id, import_id, 0, [{"user_id": user, "text": canary}])
    ask(app, tenant_id, f"mais {canary}", user_id=user, conversation=TALK)
    with app.tenant(tenant_id) as conn:
        [last] = conn.execute(
            "SELECT id FROM turns WHERE tenant_id = %s AND person_id = %s AND status = 'queued'",
            [tenant_id, person_id],
        ).fetchall()
        [source] = conn.execute("SELECT id FROM data_sources").fetchall() or [{"id": new_id()}]
    return Owned(
        tenant_id=tenant_id,
        person_id=person_id,
        conversation_id=begun.conversation_id,
        turn_id=work.turn_id,
        open_turn=TurnId(last["id"]),
        work=work,
        call_id=call_id,
        errand_id=errand_id,
        told_errand_id=told_errand_id,
        import_id=import_id,
        source_id=source["id"],
        fact_id=fact.id,
        document_id=document.id,
        unread_document_id=unread.id,
        erasure_id=erasures.begin(app, tenant_id, user, canary.encode()),
        canary=canary,
    )


def _record(canary: str) -> AnswerRecord:
    call = ToolCall(
        name="sales_query_metrics",
        arguments={"metrics": [canary]},
        outcome=ToolOutcome(content=canary, ok=True, rows=1, sql=canary),
        started_ms=1,
        time_ms=1,
    )
    step = Step(kind="gather", name="memory", started_ms=0, time_ms=1, detail={"said": canary})
    plain = a_record(f"resposta {canary}")
    return AnswerRecord(
        text=plain.text,
        body=plain.body,
        query={"metrics": [canary]},
        model="offline",
        cached=False,
        time_ms=5,
        steps=(step,),
        tool_calls=(call,),
    )


def _about(work: Claim, subject_id: UUID) -> Claim:
    return Claim(
        **{**{name: getattr(work, name) for name in Claim.__slots__}, "subject_id": subject_id}
    )


def a_passage(tenant_id: TenantId, canary: str) -> NewPassage:
    text = f"{canary} passagem"
    return NewPassage(
        section=canary,
        page=1,
        language="pt",
        text=text,
        terms=terms.terms_of(tenant_id, text),
    )


def a_fact(text: str) -> NewFact:
    return NewFact(
        statement=Statement(subject=SELF, topic="gosto", text=text, noted_by="operator"),
        said_at=MOMENT,
    )


def a_memory(
    tenant_id: TenantId, conversation_id: ConversationId, text: str, vector: list[float] | None
) -> NewMemory:
    return NewMemory(
        id=new_id(),
        conversation_id=conversation_id,
        turn_id=None,
        role="user",
        text=text,
        at=MOMENT,
        terms=terms.terms_of(tenant_id, text),
        vector=vector,
    )


class OfAnother:
    """Says one tenant to the database, whatever tenant a statement names."""

    def __init__(self, database: Database, wall: TenantId) -> None:
        self._inner, self._wall = database, wall

    def tenant(self, tenant_id: TenantId) -> AbstractContextManager[Conn]:
        """The wall of the one, for a statement about the other."""
        del tenant_id
        return self._inner.tenant(self._wall)

    def open(self) -> AbstractContextManager[Conn]:
        return self._inner.open()


@contextmanager
def two_tenants(database: MigratedDatabase) -> Iterator[tuple[Database, Owned, Owned]]:
    """The application, what is mine, and what is another tenant's."""
    with opened(database.app_dsn) as app, opened(database.owner_dsn) as owner:
        owned = []
        for word in ("mine4417", "theirs8823"):
            tenant_id = a_tenant(owner, word).id
            with owner.tenant(tenant_id) as conn:
                tenants.add_data_source(
                    conn,
                    tenant_id,
                    name=SOURCE,
                    sealed_dsn=word.encode(),
                    model=word,
                    is_default=True,
                )
            owned.append(populate(app, tenant_id, word))
        yield app, owned[0], owned[1]


def without_policies(superuser_dsn: str) -> None:
    """Take row-level security away: only what a statement itself says is left."""
    with psycopg.connect(superuser_dsn) as conn:
        for (table,) in conn.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relrowsecurity"
        ).fetchall():
            conn.execute(
                sql.SQL("ALTER TABLE {} DISABLE ROW LEVEL SECURITY").format(sql.Identifier(table))
            )


def rows_of(superuser_dsn: str, tenant_id: TenantId) -> str:
    """A digest of all that a tenant has behind the wall."""
    found = hashlib.sha256()
    with psycopg.connect(superuser_dsn) as conn:
        tables = conn.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')"
            " AND NOT c.relispartition AND a.attname = 'tenant_id'"
            " AND c.relname NOT IN ('tasks', 'api_keys') ORDER BY 1"
        ).fetchall()
        for (table,) in tables:
            rows = conn.execute(
                sql.SQL("SELECT held::text FROM {} held WHERE tenant_id = %s ORDER BY 1").format(
                    sql.Identifier(table)
                ),
                [tenant_id],
            ).fetchall()
            found.update(repr((table, rows)).encode())
    return found.hexdigest()
